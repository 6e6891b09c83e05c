"""The place on a page where what it shows is saved: alike on all pages."""

from collections.abc import Sequence
from dataclasses import replace
from urllib.parse import urlencode

import streamlit as st

from export.files import ExportFile, files
from export.view import SavedView


def offer(made: Sequence[ExportFile], what: str = "view") -> None:
    """A row of buttons; a file is made when its button is clicked."""
    with st.container(horizontal=True, vertical_alignment="center", gap="small", key="save"):
        st.caption(f"Save this {what}:", width="content")
        for one in made:
            st.download_button(
                one.label, one.make, one.name, one.mime, key=f"file-{one.name}", on_click="ignore"
            )


def offer_view(view: SavedView) -> None:
    """The files of a view, which say by what link it is found again."""
    pairs = [(name, value) for name in st.query_params for value in st.query_params.get_all(name)]
    offer(files(replace(view, link=f"{view.page}?{urlencode(pairs)}" if pairs else view.page)))
