"""One tile per method, in a grid: the map with its scale, receipt and cost, or a grey picture."""

import html
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import streamlit as st
from language.catalogue import say
from streamlit.delta_generator import DeltaGenerator

from openbox.explainers.entry import Entry
from openbox.explainers.explanation import Contrast, Explanation
from openbox.explainers.table import EXPLAINERS
from ui import figures, regions, words


@dataclass(frozen=True)
class Look:
    """``shared``: one colour scale for maps of one unit; ``native``: Grad-CAM before its upsampling."""

    shared: bool
    native: bool


PLAIN = Look(shared=False, native=False)


def place(methods: Sequence[str]) -> dict[str, DeltaGenerator]:
    """A grid of tiles as wide as the page, in the order given; returns the slot of each."""
    slots: dict[str, DeltaGenerator] = {}
    with st.container(key="maps"):
        for name in methods:
            with st.container(key=f"tile-{name}"):
                slots[name] = st.empty()
    return slots


def blank(shape: tuple[int, int, int]) -> None:
    """What stands where a map will come."""
    picture = figures.enlarge(figures.blank(*shape[1:]))
    st.image(picture, width="stretch", output_format="PNG", alt=say("waiting for the map"))


def draw(
    slot: DeltaGenerator, name: str, explanation: Explanation, target: Contrast | int,
    classes: tuple[str, ...], look: Look, limit: float | None = None,
) -> None:  # fmt: skip
    """Fill a slot with a map; ``limit`` replaces the map's own end of the colour scale."""
    entry = EXPLAINERS[name]
    plane, native = shown(explanation, look)
    limit = figures.limit(plane) if limit is None else limit
    picture = painted(entry, explanation, plane, limit)
    supporting, opposing = regions.strongest(plane, False, 1)
    alt = words.alt_map(entry, words.score(target, classes), supporting, opposing)
    receipt = html.escape(words.receipt(explanation, target, classes))
    with slot.container(gap="xsmall"):
        head(name)
        st.image(picture, width="stretch", output_format="PNG", alt=alt)
        st.html(
            '<div style="font-size:0.85rem;line-height:1.35">'
            f"{scale(entry, limit, native)}"
            f'<div class="receipt">{receipt}</div>'
            f'<div class="cost" style="opacity:0.75;margin-top:4px">{words.cost(explanation)}</div></div>'
        )


def painted(
    entry: Entry, explanation: Explanation, plane: np.ndarray, limit: float, side: int = figures.SIDE
) -> np.ndarray:
    """The coloured map, at least ``side`` wide; with the borders of its patches where it has any."""
    colour = figures.diverging if entry.signed else figures.sequential
    picture = figures.enlarge(colour(plane, limit), side)
    if explanation.segments is None:
        return picture
    return figures.with_borders(picture, explanation.segments[0].cpu().numpy())


def scale(entry: Entry, limit: float, native: bool = False, unit: bool = True) -> str:
    """The colour scale with its ends, and its unit where there is room, as HTML."""
    left, middle, right = (html.escape(part) for part in words.legend(entry, limit, native))
    middle = middle if unit else ""
    return (
        f'<div style="height:9px;border-radius:2px;background:{figures.gradient(entry.signed)}"></div>'
        f'<div style="display:flex;justify-content:space-between;gap:6px;margin-bottom:6px">'
        f'<span>{left}</span><span style="text-align:center">{middle}</span><span>{right}</span></div>'
    )


def fail(name: str, message: str) -> None:
    """The reason why there is no map."""
    head(name)
    st.error(message)


def shown(explanation: Explanation, look: Look) -> tuple[np.ndarray, bool]:
    """The map (H, W) as it is drawn, and whether it is the method's own coarse grid."""
    if look.native and explanation.grid is not None:
        return explanation.grid[0].cpu().double().numpy(), True
    return figures.plane(explanation.values[0], explanation.unit), False


def head(name: str) -> None:
    """The title and the summary of a method."""
    entry = EXPLAINERS[name]
    summary = html.escape(say(entry.summary).replace("*", "·"))
    st.html(
        f'<div style="height:3.7rem;line-height:1.3;overflow:hidden"><b>{html.escape(entry.title)}</b><br>'
        f'<span style="font-size:0.8rem;opacity:0.8">{summary}</span></div>'
    )
