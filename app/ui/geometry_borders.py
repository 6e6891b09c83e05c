"""The nearest border of the current cell, in words; and what changed where the cell begins."""

import streamlit as st
from torch import Tensor

from ui import geometry_loading, geometry_names, geometry_points, geometry_words
from ui.geometry_plane import Walk
from ui.geometry_views import Scene
from ui.geometry_widgets import NORMS, Place


def show_nearest(scene: Scene, walk: Walk, place: Place, norm: str) -> None:
    """The distance to the nearest border in any direction, not only in the plane."""
    card, x = scene.card, scene.plane.input(walk.at(place.share))
    key = (card.sha256, scene.plane.key, place.rise, place.share, norm)
    st.subheader("The nearest border", anchor=False)
    slow = geometry_loading.big(geometry_loading.network(card))
    slot = st.empty()
    if slow and not geometry_points.nearest_is_kept(key) and not slot.button("Find it", key="nearest"):
        st.caption("In any direction among all pixels. In this network that takes some seconds.")
        return

    def show(done: int, total: int) -> None:
        slot.progress(min(1.0, done / total), "Measuring the distance to every border …")

    found = geometry_points.nearest(card, x, NORMS[norm], key, show)
    slot.empty()
    if found.gate is None:
        st.markdown("The cell has no border: it is the whole space.")
        return
    names = geometry_names.layer_names(geometry_loading.network(card).program)
    sentence = geometry_names.words(found.gate, names)
    st.markdown(geometry_words.nearest_words(sentence, found.step, norm))
    st.caption(geometry_words.NEAREST_HELP)


def crossing_words(scene: Scene, before: Tensor | None, after: Tensor) -> str:
    """What decided otherwise in the cell before; Markdown."""
    names = geometry_names.layer_names(geometry_loading.network(scene.card).program)
    units = [] if before is None else geometry_points.changed(scene.card, before, after)
    return geometry_words.crossing_words([geometry_names.words(unit, names) for unit in units])
