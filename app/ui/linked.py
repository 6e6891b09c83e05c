"""What stands in the link without a widget of its own, kept while another page is visited.

Widgets with ``bind="query-params"`` are kept by Streamlit itself.
"""

import streamlit as st


def read(name: str) -> str:
    """What the link says; after a visit to another page what it said before; "" if nothing."""
    kept = st.session_state.get(_key(name), "")
    if kept and name not in st.query_params:
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
