"""What each page about networks does first: read the catalogue, say what is wrong with it, catch messages."""

from collections.abc import Callable

import streamlit as st
from language.catalogue import say

from openbox.errors import OpenBoxError
from ui import asking, loading, own, sources


def with_networks(show: Callable[[sources.Catalogue], None]) -> None:
    """Call ``show`` with the networks that there are; what it raises for people is shown to them."""
    catalogue = own.catalogue()
    if catalogue.error:
        st.error(catalogue.error)
    for problem in catalogue.problems:
        st.warning(problem)
    if not catalogue.networks:
        st.error(say("No trained network was found. Train one: `python -m openbox.zoo.train --help`."))
        return
    try:
        show(catalogue)
        if not asking.inline():
            loading.open_all(card for cards in catalogue.networks.values() for card in cards)
    except OpenBoxError as error:
        st.error(str(error))
