"""What every test of the app starts from."""

import sys

import pytest
import streamlit as st


@pytest.fixture(scope="module", autouse=True)
def empty_caches():
    """What one file computed answers no question of another."""
    st.cache_data.clear()


@pytest.fixture(autouse=True)
def own_caches(request):
    """Nor does anything from before or after a test that changes the app or its surroundings."""
    changes = "monkeypatch" in request.fixturenames
    if changes:
        st.cache_data.clear()
    yield
    if changes:
        st.cache_data.clear()


@pytest.fixture(autouse=True)
def no_options():
    """The options of pytest are not those of the app."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(sys, "argv", ["app"])
        yield
