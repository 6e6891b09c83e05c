"""The nearest border of the current cell, in words; and what changed where the cell begins."""

import streamlit as st
from torch import Tensor

from geometry import computing, gate_names, points, sentences
from geometry.choices import NORMS, WalkPoint
from geometry.plane import Walk
from geometry.views import Scene


def show_nearest(scene: Scene, walk: Walk, place: WalkPoint, norm: str) -> None:
    """The distance to the nearest border in any direction, not only in the plane."""
    card, x = scene.card, scene.plane.input(walk.at(place.share))
    key = (card.sha256, scene.plane.key, place.rise, place.share, norm)
    st.subheader("The nearest border", anchor=False)
    slow = computing.big(computing.network(card))
    slot = st.empty()
    if slow and not points.nearest_is_kept(key) and not slot.button("Find it", key="nearest"):
        st.caption("In any direction among all pixels. In this network that takes some seconds.")
        return

    def show(done: int, total: int) -> None:
        slot.progress(min(1.0, done / total), "Measuring the distance to every border …")

    found = points.nearest(card, x, NORMS[norm], key, show)
    slot.empty()
    if found.gate is None:
        st.markdown("The cell has no border: it is the whole space.")
        return
    names = gate_names.layer_names(computing.network(card).program)
    sentence = gate_names.words(found.gate, names)
    st.markdown(sentences.nearest_words(sentence, found.step, norm))
    st.caption(sentences.NEAREST_HELP)


def crossing_words(scene: Scene, before: Tensor | None, after: Tensor) -> str:
    """What decided otherwise in the cell before; Markdown."""
    names = gate_names.layer_names(computing.network(scene.card).program)
    units = [] if before is None else points.changed(scene.card, before, after)
    return sentences.crossing_words([gate_names.words(unit, names) for unit in units])
