"""What the page Explain asks: which class, by which methods, drawn how; keys are names in the link."""

import streamlit as st
from ui.tiles import Look
from ui.widgets import DEFAULT_METHODS, RELATIVE

from openbox.explainers.explanation import Contrast
from openbox.explainers.table import EXPLAINERS

PREDICTED, ONE, PAIR = "the predicted class", "one class", "A rather than B"


def choose_target(classes: tuple[str, ...], ranking: list[int]) -> Contrast | int:
    """The predicted class, another one, or why A rather than B; ``ranking`` the classes, best first.

    A and B start as "prediction" and "runner-up", not as classes: a default that changed with the
    picture would be left out of the link, and the link would restore another question.
    """
    mode = st.radio("Explain", [PREDICTED, ONE, PAIR], key="explain", bind="query-params")
    every = list(range(len(classes)))
    if mode == ONE:
        return _choose_class("Class", "class", every, [*classes])
    if mode == PAIR and len(classes) > 1:
        preferred = _choose_class("A", "A", [RELATIVE, *every], [*classes, "prediction"])
        preferred = ranking[0] if preferred == RELATIVE else preferred
        others = [k for k in every if k != preferred]
        other = _choose_class("rather than B", "B", [RELATIVE, *others], [*classes, "runner-up"])
        other = next(k for k in ranking if k != preferred) if other == RELATIVE else other
        return Contrast(preferred, other)
    return ranking[0]


def _choose_class(label: str, key: str, options: list[int], names: list[str]) -> int:
    chosen = st.selectbox(label, options, format_func=names.__getitem__, key=key, bind="query-params")
    return chosen if chosen in options else options[0]


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
