"""Which question is asked of the logits: the predicted class, another one, or why A rather than B."""

import streamlit as st
from language.catalogue import say
from language.mark import mark

from openbox.explainers.explanation import Contrast
from ui.widgets import RELATIVE

PREDICTED, ONE, PAIR = mark("the predicted class"), mark("one class"), mark("A rather than B")


def choose_target(classes: tuple[str, ...], ranking: list[int], page: str = "") -> Contrast | int:
    """The predicted class, another one, or why A rather than B; ``ranking`` the classes, best first.

    A and B start as "prediction" and "runner-up", not as classes: a default that changed with the
    picture would be left out of the link, and the link would restore another question. ``page``: before the
    keys, on a page with other classes than the page Explain.
    """
    mode = st.radio(
        say("Explain"), [PREDICTED, ONE, PAIR], key=f"{page}explain", bind="query-params", format_func=say
    )
    every = list(range(len(classes)))
    if mode == ONE:
        return _choose_class(say("Class"), f"{page}class", every, [*classes])
    if mode == PAIR and len(classes) > 1:
        preferred = _choose_class(say("A"), f"{page}A", [RELATIVE, *every], [*classes, say("prediction")])
        preferred = ranking[0] if preferred == RELATIVE else preferred
        others = [k for k in every if k != preferred]
        names = [*classes, say("runner-up")]
        other = _choose_class(say("rather than B"), f"{page}B", [RELATIVE, *others], names)
        other = next(k for k in ranking if k != preferred) if other == RELATIVE else other
        return Contrast(preferred, other)
    return ranking[0]


def _choose_class(label: str, key: str, options: list[int], names: list[str]) -> int:
    chosen = st.selectbox(label, options, format_func=names.__getitem__, key=key, bind="query-params")
    return chosen if chosen in options else options[0]
