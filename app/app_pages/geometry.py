"""The Geometry page: the cells of a network on a plane, a walk through them, and the nearest borders."""

from dataclasses import dataclass

import streamlit as st
import torch
from geometry import borders, choices, computing, counterfactuals, sentences, views
from geometry import walk as walks
from geometry.plane import Walk, span
from geometry.views import Scene
from language.catalogue import say
from torch import Tensor
from ui import charts, loading, opening, sources, widgets, words
from ui.sources import AnyNetwork
from ui.uploads import UploadError
from ui.widgets import Picked

from openbox.errors import CaptureError


@dataclass(frozen=True)
class Choices:
    """How many cells at most, the class and kind of the map, and the norm of distances."""

    budget: int
    target: int
    contributions: bool
    norm: str


def _geometry(catalogue: sources.Catalogue) -> None:
    """Read the choices, then show the plane, the walk, the nearest border and the nearest decision."""
    with st.sidebar:
        st.markdown(say("**OpenBox** · its geometry"))
        card = widgets.choose_card(catalogue)
        if refused := sources.refusal(card):
            said = say("This network has no geometry of cells. {reason}").format(reason=refused)
            raise CaptureError(words.plain(said))
        facts = computing.facts(card)
        problem = say("Choose a picture file at the left.")
        try:
            pictures = _choose_pictures(card)
        except UploadError as error:
            pictures, problem = [], str(error)
        budget = choices.choose_budget(250 if facts.big else 2000)
        target = choices.choose_class(card.classes)
        chosen = Choices(budget, target, choices.choose_map(), choices.choose_norm())
    if not pictures:
        st.header(say("No picture yet"), anchor=False)
        st.info(problem)
        return
    if len(pictures) == 1:
        pictures += _neighbours(card, pictures[0].x, chosen.norm)
    a, b, c = (picked.x for picked in pictures)
    first, last = (card.classes[int(computing.logits(card, x).argmax())] for x in (a, b))
    title = say("The cells between “{first}” and “{last}”").format(first=first, last=last)
    scene = Scene(card, span(a, b, c), (pictures[0].words, pictures[1].words, pictures[2].words), title)
    st.header(title, anchor=False)
    st.caption(f"{say(sentences.INTRODUCTION)} {say(sentences.UNIT)}")
    _explore(scene, chosen)
    _decide_otherwise(card, a, chosen.norm)


def _choose_pictures(card: AnyNetwork) -> list[Picked]:
    """Pictures A, B and C; only A where the others follow from it, none while A is not there."""
    test, samples = loading.pictures_of(card), loading.samples(card.data, card.shape)
    first = widgets.choose_picture(card, test, samples)
    if first is None:
        return []
    _thumbnail(card, first.x, "A")
    if choices.choose_plane():
        return [first]
    pictures = [first]
    for place, letter in enumerate("BC", start=1):
        pictures.append(widgets.choose_other(card, test, samples, letter, place))
        _thumbnail(card, pictures[-1].x, letter)
    return pictures


def _neighbours(card: AnyNetwork, x: Tensor, norm: str) -> list[Picked]:
    """The counterfactual of x, and x with noise of the same size."""
    with st.sidebar:
        seed = choices.choose_seed()
    found = counterfactuals.find(card, x, norm, st.empty())
    noise = torch.randn(x.shape, generator=torch.Generator().manual_seed(seed), dtype=torch.float64)
    noise *= (found.point - x).norm() / noise.norm()
    pictures = [
        Picked(found.point, say("the counterfactual of A ({norm})").format(norm=norm)),
        Picked((x + noise).clamp(0, 1), say("A with noise (seed {seed})").format(seed=seed)),
    ]
    with st.sidebar:
        for letter, picked in zip("BC", pictures, strict=True):
            _thumbnail(card, picked.x, letter)
    return pictures


@st.fragment
def _explore(scene: Scene, chosen: Choices) -> None:
    place, buttons = choices.choose_place(computing.first_change(scene.card, scene.plane))
    walk = Walk(scene.plane, place.rise)
    half = views.show_plane(scene, walk, place, chosen.budget)
    st.subheader(say("The walk"), anchor=False)
    walks.show_walk(scene, walk, place, half, buttons, chosen.target, chosen.contributions)
    borders.show_nearest(scene, walk, place, chosen.norm)
    st.subheader(say("The whole walk"), anchor=False)
    walks.show_line(scene, walk, place)


@st.fragment
def _decide_otherwise(card: AnyNetwork, x: Tensor, norm: str) -> None:
    counterfactuals.show_counterfactual(card, x, norm)


def _thumbnail(card: AnyNetwork, x: Tensor, name: str) -> None:
    best = charts.answers(computing.logits(card, x), card.classes, 1)[0]
    share = words.percent(best.probability)
    choices.thumbnail(x, name, say("“{name}”, {share}").format(name=best.name, share=share))


opening.with_networks(_geometry)
