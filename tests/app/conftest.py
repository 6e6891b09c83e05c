"""SHAP 0.51 warns while it is imported (matplotlib's ``set_bad``): import it before warnings are errors."""

import warnings

import pytest
import streamlit as st

with warnings.catch_warnings():
    warnings.simplefilter("ignore")
    import shap  # noqa: F401


@pytest.fixture(autouse=True)
def empty_caches():
    """What one test computed answers no question of another."""
    st.cache_data.clear()
