"""The switch of languages at the top of the sidebar."""

import streamlit as st
from streamlit.components import v2

from language.catalogue import ENGLISH, KEY, LANGUAGES, current

# Streamlit's page says that it is English; a screen reader pronounces what it is told
_JS = "export default function ({ data }) { document.documentElement.lang = data.language; }"
_pronounced = v2.component("openbox_language", html="<span></span>", js=_JS)


def choose() -> None:
    """The switch. Its choice stands in the link, where English alone needs no word: a link is read in the
    language that it was made in, as its choices are. The bare address is read in the browser's own."""
    if KEY not in st.session_state:
        asked = st.query_params.get(KEY, ENGLISH) if st.query_params else _of_browser()
        st.session_state[KEY] = found = asked if asked in LANGUAGES else ENGLISH
        if found != ENGLISH:
            st.query_params[KEY] = found
    st.segmented_control(
        "Language", LANGUAGES, required=True, key=KEY, bind="query-params", label_visibility="collapsed"
    )
    _pronounced(key="pronounced", data={"language": current()}, height=1)


def _of_browser() -> str:
    return (st.context.locale or ENGLISH)[:2].lower()
