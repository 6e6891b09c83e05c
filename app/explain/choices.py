"""What the page Explain asks: by which methods, drawn how; keys are names in the link."""

import streamlit as st
from ui.tiles import Look
from ui.widgets import DEFAULT_METHODS

from openbox.explainers.table import EXPLAINERS


def choose_methods() -> list[str]:
    """The methods, in the order of the table of explainers."""
    chosen = st.multiselect(
        "Methods", list(EXPLAINERS), DEFAULT_METHODS, key="methods", bind="query-params",
        format_func=lambda name: EXPLAINERS[name].title,
    )  # fmt: skip
    return [name for name in EXPLAINERS if name in chosen]


def choose_look() -> Look:
    """How the maps are drawn; nothing is computed again."""
    shared = st.toggle("Shared scale per unit", key="shared", bind="query-params")
    native = st.toggle("Grad-CAM on its own grid", key="native", bind="query-params")
    return Look(shared, native)
