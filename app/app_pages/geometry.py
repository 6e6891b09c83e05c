"""The Geometry page: the cells of a network on a plane, a walk through them, and the nearest borders."""

import streamlit as st
import torch
from torch import Tensor
from ui import (
    charts,
    geometry_loading,
    geometry_views,
    geometry_walk,
    geometry_widgets,
    geometry_words,
    loading,
    opening,
    sources,
    widgets,
    words,
)
from ui.geometry_plane import Walk, span
from ui.geometry_views import Scene
from ui.sources import Network
from ui.uploads import UploadError
from ui.widgets import Picked


def _geometry(catalogue: sources.Catalogue) -> None:
    """Read the choices, then show the plane, the walk, the nearest border and the nearest decision."""
    with st.sidebar:
        st.markdown("**OpenBox** · its geometry")
        card = widgets.choose_card(catalogue)
        net = geometry_loading.network(card)
        try:
            pictures = _choose_pictures(card)
        except UploadError as error:
            pictures, problem = None, str(error)
        else:
            problem = "Choose a picture file at the left."
        budget = geometry_widgets.choose_budget(250 if geometry_loading.big(net) else 2000)
        target = geometry_widgets.choose_class(card.classes)
        contributions = geometry_widgets.choose_map()
    if pictures is None:
        st.header("No picture yet", anchor=False)
        st.info(problem)
        return
    a, b, c = (picked.x for picked in pictures)
    scene = Scene(card, span(a, b, c), (pictures[0].words, pictures[1].words, pictures[2].words))
    st.session_state.setdefault("t", geometry_loading.first_change(card, scene.plane))
    st.header(_heading(card, a, b), anchor=False)
    st.caption(f"{geometry_words.INTRODUCTION} {geometry_words.UNIT}")
    _explore(scene, budget, target, contributions)


def _choose_pictures(card: Network) -> list[Picked] | None:
    test, samples = loading.test_images(card.data), loading.samples(card.shape)
    first = widgets.choose_picture(card, test, samples)
    if first is None:
        return None
    _thumbnail(card, first.x, "A")
    pictures = [first]
    for place, letter in enumerate("BC", start=1):
        pictures.append(widgets.choose_other(card, test, samples, letter, place))
        _thumbnail(card, pictures[-1].x, letter)
    return pictures


@st.fragment
def _explore(scene: Scene, budget: int, target: int, contributions: bool) -> None:
    place, buttons = geometry_widgets.choose_place()
    walk = Walk(scene.plane, place.rise)
    half = geometry_views.show_plane(scene, walk, place, budget)
    st.subheader("The walk", anchor=False)
    geometry_walk.show_walk(scene, walk, place, half, buttons, target, contributions)
    geometry_walk.show_line(scene, walk, place)


def _thumbnail(card: Network, x: Tensor, name: str) -> None:
    best = charts.answers(geometry_loading.logits(card, x), card.classes, 1)[0]
    geometry_widgets.thumbnail(x, name, f"“{best.name}”, {words.percent(best.probability)}")


def _heading(card: Network, a: Tensor, b: Tensor) -> str:
    with torch.no_grad():
        first, last = (card.classes[int(geometry_loading.logits(card, x).argmax())] for x in (a, b))
    return f"The cells between “{first}” and “{last}”"


opening.with_networks(_geometry)
