"""What every test of the app starts from."""

import os
import sys

import pytest
import streamlit as st
from gallery import others
from text import jobs
from ui import asking
from whole import paths
from work import explaining, networks

os.environ["OPENBOX_APP_INLINE"] = "1"  # what a page asks for is made in the test's own process


@pytest.fixture(scope="module", autouse=True)
def empty_caches():
    """What one file computed answers no question of another."""
    forget()


@pytest.fixture(autouse=True)
def own_caches(request):
    """Nor does anything from before or after a test that changes the app or its surroundings."""
    changes = "monkeypatch" in request.fixturenames
    if changes:
        forget()
    yield
    if changes:
        forget()


def forget():
    """Nothing that the app keeps is kept."""
    st.cache_data.clear()
    asking.desk.clear()
    for kept in (
        networks.module, networks.opened, explaining._explainer, jobs.reader, others._reader, paths._shipped,
    ):  # fmt: skip
        kept.cache_clear()


@pytest.fixture(autouse=True)
def no_options():
    """The options of pytest are not those of the app."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(sys, "argv", ["app"])
        yield
