"""The Gallery page: the families of explanation that are no maps, each with a real example."""

import dataclasses

import streamlit as st
from export.offer import offer_view
from export.view import SavedWords
from gallery.claims import CLAIMS
from gallery.sections import SECTIONS
from language.catalogue import say
from ui import words

from openbox.errors import OpenBoxError


def _page() -> None:
    with st.sidebar:
        st.markdown(say("**OpenBox** · opened exactly"))
        names = list(CLAIMS)
        family = st.radio(
            say("Family"), names, format_func=lambda name: say(CLAIMS[name].title), key="family",
            bind="query-params",
        )  # fmt: skip
        st.caption(say("Explanations that are no maps of a picture. Everything here comes with OpenBox."))
    claim = CLAIMS[family if family in names else names[0]]
    st.header(say(claim.question), anchor=False)
    can = say("**What it can claim.** {claim}").format(claim=say(claim.can))
    cannot = say("**What it cannot.** {claim}").format(claim=say(claim.cannot))
    said = f"{can}\n\n{cannot}"
    st.markdown(said)
    try:
        view = SECTIONS[family if family in names else names[0]]()
        offer_view(dataclasses.replace(view, parts=[SavedWords(said), *view.parts]))
    except OpenBoxError as error:
        st.error(words.plain(str(error)))


_page()
