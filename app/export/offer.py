"""The place on a page where what it shows is saved: alike on all pages."""

from collections.abc import Sequence
from dataclasses import replace
from urllib.parse import urlencode

import streamlit as st
from language.catalogue import held, say
from language.mark import mark

from export.files import ExportFile, files
from export.view import SavedView

ASKED = {"view": mark("Save this view:"), "window": mark("Save this window:")}


def offer(made: Sequence[ExportFile], what: str = "view") -> None:
    """A row of buttons; a file is made when its button is clicked."""
    with st.container(horizontal=True, vertical_alignment="center", gap="small", key="save"):
        st.caption(say(ASKED[what]), width="content")
        for one in made:
            st.download_button(
                say(one.label), held(one.make), one.name, one.mime, key=f"file-{one.name}", on_click="ignore"
            )


def offer_view(view: SavedView) -> None:
    """The files of a view, which say by what link it is found again."""
    pairs = [(name, value) for name in st.query_params for value in st.query_params.get_all(name)]
    offer(files(replace(view, link=f"{view.page}?{urlencode(pairs)}" if pairs else view.page)))
