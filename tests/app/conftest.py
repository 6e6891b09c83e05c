"""What every test of the app starts from."""

import pytest
import streamlit as st


@pytest.fixture(autouse=True)
def empty_caches():
    """What one test computed answers no question of another."""
    st.cache_data.clear()
