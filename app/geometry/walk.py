"""The walk: the picture at the current point, its exact map, its jump, the logits."""

import hashlib
from collections.abc import Sequence
from functools import partial

import streamlit as st
import torch
from language.catalogue import count, figure, say
from language.mark import mark
from streamlit.delta_generator import DeltaGenerator
from torch import Tensor
from ui import figures, tiles, words
from ui.asking import show_standing
from ui.widgets import RELATIVE

from geometry import borders, choices, computing, lit, sentences
from geometry.choices import WalkPoint
from geometry.drawing import lines
from geometry.plane import Walk
from geometry.views import Scene
from openbox.explainers.table import EXPLAINERS
from openbox.geometry.partition.segment import Segment

TILE = 190  # pixels on the screen
JUMP = mark("Jump at the cell's start")
FLAT = mark("zero: what changed there does not reach the map")
LOW = 190  # pixels: height of a chart


def show_walk(
    scene: Scene, walk: Walk, place: WalkPoint, half: float, buttons: tuple[DeltaGenerator, ...],
    target: int, contributions: bool,
) -> None:  # fmt: skip
    """The walk around the current point; then, if it is short enough or asked for, all of it."""
    found, ends = computing.stretch(scene.card, walk, place.share, half)
    t = ends[0] + (ends[1] - ends[0]) * found.t
    here = int(found.interval(_within(place.share, ends))[0])
    middles = ((t[1:] + t[:-1]) / 2).tolist()
    _button(buttons[0], say("◀ previous crossing"), "previous", middles, here - 1)
    _button(buttons[1], say("next crossing ▶"), "next", middles, here + 1)
    x = scene.plane.input(walk.at(place.share))
    before = scene.plane.input(walk.at(middles[here - 1])) if here else None
    width = float(t[here + 1] - t[here]) * walk.length
    said = (
        sentences.cell_words(found.region_ids[here], width, walk.length),
        borders.crossing_words(scene, before, scene.plane.input(walk.at(middles[here]))),
    )
    _show_maps(scene, x, before, found.region_ids[here], target, contributions, said)
    drawn = (
        found.logits_at(_within(place.share, ends))[0].topk(min(2, found.logits.shape[1])).indices.tolist()
    )
    classes = scene.card.classes
    st.markdown(
        count(
            "**The logits around the point**: {number} cell; every dot is a crossing",
            "**The logits around the point**: {number} cells; every dot is a crossing",
            len(middles),
        )
    )
    st.altair_chart(
        lines.logits(found, ends, place.share, classes, drawn, LOW), width="stretch",
        alt=say("The largest logits on the stretch of the walk around the point: straight between crossings"),
    )  # fmt: skip


def show_line(scene: Scene, walk: Walk, place: WalkPoint) -> None:
    """The logits along the whole walk."""
    slot = st.empty()
    about = computing.density(scene.card, walk) * walk.length
    if not computing.line_is_kept(scene.card, walk) and about > computing.LONG:
        st.caption(
            count(
                "From end to end the walk crosses about {number} cell.",
                "From end to end the walk crosses about {number} cells.",
                int(round(about, -2)),
            )
        )
        if not slot.button(say("Walk through all of them"), key="all"):
            return
    found = computing.line(scene.card, walk, partial(show_standing, slot))
    slot.empty()
    _draw_line(scene, found, place)


def _draw_line(scene: Scene, found: Segment, place: WalkPoint) -> None:
    classes = scene.card.classes
    drawn = lines.leading(found)
    sentence = sentences.switches_words(found, classes)
    number = int(found.interval(_within(place.share, (0.0, 1.0)))[0]) + 1
    here = say("The point is in cell number {number}.").format(number=figure(f"{number:,}"))
    st.markdown(f"{sentence} {here}")
    chart = lines.logits(found, (0.0, 1.0), place.share, classes, drawn, LOW + 60)
    st.altair_chart(chart, width="stretch", alt=" ".join((say("Logits along the walk."), sentence)))


def _within(share: float, ends: tuple[float, float]) -> Tensor:
    """A share of the walk as one of the stretch: (1,)."""
    return torch.tensor([(share - ends[0]) / (ends[1] - ends[0])], dtype=torch.float64)


def _button(slot: DeltaGenerator, label: str, key: str, middles: list[float], to: int) -> None:
    there = 0 <= to < len(middles)
    slot.button(
        label, key=key, disabled=not there, on_click=choices.go_to,
        args=(middles[to] if there else 0.0,), width="stretch",
    )  # fmt: skip


def _show_maps(
    scene: Scene,
    x: Tensor,
    before: Tensor | None,
    cell: str,
    target: int,
    contributions: bool,
    said: Sequence[str],
) -> None:
    card = scene.card
    logits = computing.logits(card, x)
    answer = int(logits.argmax())
    chosen = answer if target == RELATIVE else target
    every = computing.weights(card, x)
    fingerprint = hashlib.sha256(every.numpy().tobytes()).hexdigest()[:8]
    map_words = sentences.map_words(fingerprint, cell, st.session_state.get("fingerprint"))
    name = "openbox" if contributions else "openbox_weights"
    weights = every[chosen]
    shown = weights * x[0] if contributions else weights
    with st.container(horizontal=True, gap="medium"):
        with st.container(width=TILE, gap="xsmall"):
            picture = figures.enlarge(figures.photograph(x[0]))
            st.markdown(say("**The picture at the point**"))
            st.image(picture, width=TILE, output_format="PNG", alt=say("the picture at the current point"))
            logit = figure(f"{float(logits[answer]):.3f}")
            text = say("The network says “{name}”, logit {logit}.")
            st.caption(text.format(name=words.plain(card.classes[answer]), logit=logit))
        _tile(shown, name, say("Map of “{name}”").format(name=card.classes[chosen]))
        if before is not None:
            jump = weights - computing.weights(card, before)[chosen]
            _tile(jump * x[0] if contributions else jump, name, say(JUMP))
            lit.show(scene, before, x)
        with st.container(width="stretch"):
            for sentence in (*said, map_words):
                st.markdown(sentence)
    st.session_state["fingerprint"] = fingerprint, cell


def _tile(values: Tensor, name: str, title: str) -> None:
    entry = EXPLAINERS[name]
    plane = figures.plane(values, entry.unit)
    limit = figures.limit(plane)
    with st.container(width=TILE, gap="xsmall"):
        st.markdown(f"**{words.plain(title)}**")
        picture = figures.enlarge(figures.diverging(plane, limit))
        st.image(picture, width=TILE, output_format="PNG", alt=f"{title}: {say(entry.unit)}")
        legend = tiles.scale(entry, limit, unit=False) if limit else say(FLAT)
        st.html(f'<div style="width:{TILE}px;font-size:0.85rem">{legend}</div>')
