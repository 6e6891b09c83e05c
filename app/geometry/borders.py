"""The nearest border of the current cell, in words; and what changed where the cell begins."""

from functools import partial

import streamlit as st
from language.catalogue import say
from torch import Tensor
from ui.asking import show_standing

from geometry import computing, gate_names, sentences
from geometry.choices import NORMS, WalkPoint
from geometry.plane import Walk
from geometry.views import Scene


def show_nearest(scene: Scene, walk: Walk, place: WalkPoint, norm: str) -> None:
    """The distance to the nearest border in any direction, not only in the plane."""
    card, x = scene.card, scene.plane.input(walk.at(place.share))
    st.subheader(say("The nearest border"), anchor=False)
    facts, slot = computing.facts(card), st.empty()
    known = not facts.big or computing.nearest_is_kept(card, x, NORMS[norm])
    if not known and not slot.button(say("Find the nearest border"), key="nearest"):
        st.caption(say("In any direction among all pixels. In this network that takes some seconds."))
        return
    found = computing.nearest(card, x, NORMS[norm], partial(show_standing, slot))
    slot.empty()
    if found.gate is None:
        st.markdown(say("The cell has no border: it is the whole space."))
        return
    sentence = gate_names.words(found.gate, facts.layer_names)
    st.markdown(sentences.nearest_words(sentence, found.step, norm))
    st.caption(say(sentences.NEAREST_HELP))


def crossing_words(scene: Scene, before: Tensor | None, after: Tensor) -> str:
    """What decided otherwise in the cell before; Markdown."""
    names = computing.facts(scene.card).layer_names
    units = [] if before is None else computing.changed(scene.card, before, after)
    return sentences.crossing_words([gate_names.words(unit, names) for unit in units])
