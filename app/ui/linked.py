"""What stands in the link without a widget of its own, kept while another page is visited.

Widgets with ``bind="query-params"`` are kept by Streamlit itself.
"""

from urllib.parse import urlencode

import streamlit as st

PAGE, ARRIVED = "page of the last run", "arrived from another page"


def note_page(path: str) -> None:
    """Before a page is run. (On the page itself the browser's Back may take a name out of the link.)"""
    st.session_state[ARRIVED] = st.session_state.get(PAGE) != path
    st.session_state[PAGE] = path


def whole() -> str:
    """The link of this view, below the address of the app."""
    pairs = [(name, value) for name in st.query_params for value in st.query_params.get_all(name)]
    return f"{st.session_state[PAGE]}?{urlencode(pairs)}" if pairs else st.session_state[PAGE]


def read(name: str) -> str:
    """What the link says; after a visit to another page what it said before; "" if nothing."""
    kept = st.session_state.get(_key(name), "")
    if kept and name not in st.query_params and st.session_state.get(ARRIVED):
        st.query_params[name] = kept
    said = st.query_params.get(name, "")
    st.session_state[_key(name)] = said
    return said


def write(name: str, value: str) -> None:
    """Into the link; "" takes it out."""
    st.session_state[_key(name)] = value
    if value:
        st.query_params[name] = value
    else:
        st.query_params.pop(name, None)


def _key(name: str) -> str:
    return f"{name} of the link"
