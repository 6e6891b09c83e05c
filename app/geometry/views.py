"""The plane: the sampled overview beside the exact window, and the window as files."""

from dataclasses import dataclass
from functools import partial

import streamlit as st
from export.loaded import named
from export.offer import offer_view
from export.view import SavedMarkup, SavedView, SavedWords
from language.catalogue import count, figure, say
from streamlit.delta_generator import DeltaGenerator
from ui import words
from ui.asking import show_standing
from ui.sources import AnyNetwork, network_label

from geometry import computing, sentences
from geometry.choices import WalkPoint
from geometry.drawing import colours, export, paint
from geometry.drawing.export import DrawingConditions
from geometry.drawing.paint import Mark
from geometry.plane import Plane, Walk
from openbox.geometry.partition.slice import Slice


@dataclass(frozen=True)
class Scene:
    """The network, the plane, what its pictures A, B and C are, in words, and the title of it all."""

    card: AnyNetwork
    plane: Plane
    pictures: tuple[str, str, str]
    title: str


def show_plane(scene: Scene, walk: Walk, place: WalkPoint, budget: int) -> float:
    """Both pictures; returns the half width that the window has at zoom 1."""
    card, plane = scene.card, scene.plane
    left, right = st.columns(2, gap="small")
    with left:
        st.markdown(say("**The whole plane, sampled**"))
        left_slot = st.empty()
    with right:
        st.markdown(say("**The window around the point, exact**"))
        right_slot = st.empty()
    classes = computing.overview(card, plane, partial(show_standing, left_slot))
    usual = computing.half_width(computing.density(card, walk), budget)
    half = min(usual / place.zoom, plane.frame[1])
    share = walk.middle(place.share, half)
    window = (walk.at(share), half)
    overview = paint.paint_overview(classes, card.classes, walk, walk.at(place.share), window)
    with left_slot.container(gap="xsmall"):
        st.image(overview, width="stretch", output_format="PNG", alt=_overview_alt(place))
        st.caption(say(sentences.OVERVIEW_HELP).format(side=len(classes)))
    cut = computing.window(card, walk, share, half, budget, partial(show_standing, right_slot))
    _show_window(scene, walk, place, share, cut, budget, right_slot)
    return usual


def _show_window(
    scene: Scene, walk: Walk, place: WalkPoint, share: float, cut: Slice, budget: int, slot: DeltaGenerator
) -> None:
    card, plane = scene.card, scene.plane
    found = colours.pieces(cut)
    now, centre = walk.at(place.share), walk.at(share)
    here = (now[0] - centre[0], now[1] - centre[1])
    current = cut.cell(here)
    marks = [Mark(here, "")]
    for point, letter in zip(plane.points, "ABC", strict=True):
        at = (point[0] - centre[0], point[1] - centre[1])
        if max(map(abs, at)) <= cut.extent:
            marks.insert(0, Mark(at, letter))
    picture = paint.paint_slice(cut, found, current, marks)
    parts = colours.shares(found)
    with slot.container(gap="xsmall"):
        alt = sentences.slice_alt(cut, parts, card.classes)
        st.image(picture, width="stretch", output_format="PNG", alt=alt)
        larger = paint.magnified(plane, cut.extent)
        said = " ".join(
            (
                sentences.slice_words(cut, budget),
                words.plain(sentences.shares_words(parts, card.classes)),
                sentences.window_words(cut.extent, plane.frame[1], larger),
            )
        )
        st.caption(said)
    title = say("{network}: {regions} around t = {t}").format(
        network=network_label(card),
        regions=count("{number} region", "{number} regions", len(cut.polygons)),
        t=figure(f"{place.share:.4f}"),
    )
    conditions = DrawingConditions(
        named(card), card.sha256, card.data, card.classes,
        dict(zip("ABC", scene.pictures, strict=True)), dict(zip("ABC", plane.points, strict=True)),
        place.rise, share, budget,
    )  # fmt: skip
    drawing = SavedMarkup(partial(export.svg, cut, found, current, marks, title, say("the current point")))
    offer_view(
        SavedView(
            export.PAGE, scene.title, [drawing, SavedWords(said)],
            export.figures(cut, current, here, conditions), export.arrays(cut), drawings=[drawing],
            code=export.code(card, budget),
        )
    )  # fmt: skip


def _overview_alt(place: WalkPoint) -> str:
    return say(
        "The plane through the pictures A, B and C, coloured by the network's answer; the current point is "
        "at t = {t}, {rise} of the way to C."
    ).format(t=figure(f"{place.share:.4f}"), rise=f"{place.rise:.0%}")
