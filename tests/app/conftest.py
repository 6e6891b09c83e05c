"""What every test of the app starts from."""

import sys

import pytest
import streamlit as st


@pytest.fixture(autouse=True)
def empty_caches():
    """What one test computed answers no question of another."""
    st.cache_data.clear()


@pytest.fixture(autouse=True)
def no_options(monkeypatch):
    """The options of pytest are not those of the app."""
    monkeypatch.setattr(sys, "argv", ["app"])
