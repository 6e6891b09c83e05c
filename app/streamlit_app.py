"""The app of OpenBox; start it from the root of the repository with ``streamlit run app``."""

import sys
from importlib import import_module
from pathlib import Path

import streamlit as st
from language.catalogue import say
from language.switch import choose
from ui import asking, config, demo, linked

UI = Path(__file__).parent / "ui"
# a picture of our own: Streamlit would fetch a named icon from the internet
st.set_page_config("OpenBox", page_icon=str(UI / "icon.png"), layout="wide", initial_sidebar_state=270)
st.html(UI / "page.css")
with st.sidebar:
    choose()
if warning := config.problem(st.get_option(config.SENTINEL)):
    st.warning(warning)
first = demo.asked(sys.argv)
explain = st.Page("app_pages/explain.py", title=say("Explain"), default=not first)
lesson = st.Page("app_pages/lesson.py", title=say("Lesson"), default=first)
geometry = st.Page("app_pages/geometry.py", title=say("Geometry"))
text = st.Page("app_pages/text.py", title=say("Text"))
gallery = st.Page("app_pages/gallery.py", title=say("Gallery"))
whole = st.Page("app_pages/whole.py", title=say("Whole network"))
models = st.Page("app_pages/models.py", title=say("Models"))
leaderboard = st.Page("app_pages/leaderboard.py", title=say("Leaderboard"))
page = st.navigation([explain, geometry, text, whole, models, gallery, leaderboard, lesson], position="top")
asking.desk()  # its processes import what they need while this one does
starting = st.empty()  # always, or everything below it would move up when it is gone, and stand there twice
if "torch" not in sys.modules:
    starting.caption("OpenBox is starting …")
    import_module("ui.loading")
    starting.empty()
linked.note_page(page.url_path)
page.run()
