"""The place on a page where what it shows is saved: alike on all pages."""

from dataclasses import replace

import streamlit as st
from language.catalogue import held, say
from ui import linked

from export.files import files
from export.view import SavedView


def offer_view(view: SavedView) -> None:
    """A row of buttons, each of which makes its file when it is clicked; the files say by what link the view
    is found again."""
    with st.container(horizontal=True, vertical_alignment="center", gap="small", key="save"):
        st.caption(say("Save this view:"), width="content")
        for one in files(replace(view, link=linked.whole())):
            st.download_button(
                say(one.label), held(one.make), one.name, one.mime, key=f"file-{one.name}", on_click="ignore"
            )
