"""The choices of the Geometry page; each widget's key is its name in the link that restores the state."""

from collections.abc import Sequence
from dataclasses import dataclass

import streamlit as st
from language.catalogue import say
from language.mark import mark
from streamlit.delta_generator import DeltaGenerator
from torch import Tensor
from ui import figures, words
from ui.widgets import RELATIVE

THREE, NEAREST = mark("three pictures"), mark("its counterfactual and noise")
BUDGETS = (100, 250, 500, 1000, 2000, 4000, 8000)
ZOOMS = (0.25, 0.5, 1.0, 2.0, 4.0, 8.0, 16.0, 64.0, 256.0)
WEIGHTS, CONTRIBUTIONS = mark("weights w"), mark("contributions w·x")
NORMS = {"l2": 2.0, "linf": float("inf")}
STEP = 1e-4  # of the slider; the buttons go to any point
THUMB = 56  # pixels on the screen


@dataclass(frozen=True)
class WalkPoint:
    """Where the current point is: ``share`` of the walk from left to right, ``rise`` of the way to C,
    and how close the window looks."""

    share: float
    rise: float
    zoom: float


def choose_plane() -> bool:
    """Whether the plane goes through the counterfactual of picture A, not through pictures B and C."""
    chosen = st.radio(
        say("The plane goes through A and"),
        [THREE, NEAREST],
        format_func=say,
        key="plane",
        bind="query-params",
    )
    return chosen == NEAREST


def choose_norm(label: str = mark("The nearest, in the norm")) -> str:
    """l2 or linf."""
    names = list(NORMS)
    chosen = st.radio(say(label), names, key="norm", bind="query-params", horizontal=True)
    return chosen if chosen in names else names[0]


def choose_seed() -> int:
    """Of the noise."""
    label = say("C: seed of the noise")
    return int(st.number_input(label, 0, 9999, 0, 1, key="seed", bind="query-params") or 0)


def choose_budget(usual: int) -> int:
    """How many cells a window may hold; ``usual`` depends on how large the network is."""
    chosen = st.select_slider(
        say("Cells in the window, at most"), BUDGETS, usual, key=f"budget{usual}", bind="query-params",
        format_func=lambda count: f"{count:,}",
    )  # fmt: skip
    return chosen if chosen in BUDGETS else usual


def choose_class(classes: Sequence[str]) -> int:
    """The class whose map is shown, ``RELATIVE`` for the network's answer."""
    options, names = [RELATIVE, *range(len(classes))], [*classes, say("the answer at the point")]
    chosen = st.selectbox(
        say("Map of class"), options, format_func=names.__getitem__, key="of", bind="query-params"
    )
    return chosen if chosen in options else RELATIVE


def choose_map() -> bool:
    """Whether the map shows contributions; else weights."""
    chosen = st.radio(
        say("Map shows"), [WEIGHTS, CONTRIBUTIONS], format_func=say, key="map", bind="query-params"
    )
    return chosen == CONTRIBUTIONS


def thumbnail(x: Tensor, name: str, answer: str) -> None:
    """A small picture (1, C, H, W) and what the network says of it."""
    with st.container(horizontal=True, gap="small", vertical_alignment="center"):
        with st.container(width=THUMB):
            picture = figures.enlarge(figures.photograph(x[0]), 2 * THUMB)
            alt = say("Picture {name}: {answer}").format(name=name, answer=answer)
            st.image(picture, width=THUMB, output_format="PNG", alt=alt)
        with st.container(width="stretch"):
            st.markdown(f"**{name}** · {words.plain(answer)}")


def choose_place(usual: float) -> tuple[WalkPoint, tuple[DeltaGenerator, ...]]:
    """The sliders, the first one at ``usual``, and the slots of the two buttons beside it."""
    if "t" not in st.query_params:  # not as the slider's default: the buttons set it too
        st.session_state.setdefault("t", usual)
    with st.container(horizontal=True, vertical_alignment="bottom", gap="small"):
        with st.container(width=164):
            back = st.empty()
        with st.container(width="stretch"):
            share = st.slider(
                say("t: walk from A to B"), 0.0, 1.0, step=STEP, format="%.4f", key="t", bind="query-params"
            )
        with st.container(width=164):
            forth = st.empty()
        with st.container(width=125):
            rise = st.slider(
                say("Rise towards C"), 0.0, 0.9, 0.0, 0.05, format="percent", key="rise", bind="query-params"
            )
        with st.container(width=140):
            zoom = st.select_slider(
                say("Zoom of the window"), ZOOMS, 1.0, key="zoom", bind="query-params",
                format_func=lambda factor: f"{factor:g}x",
            )  # fmt: skip
    zoom = zoom if zoom in ZOOMS else 1.0
    return WalkPoint(min(max(float(share), 0.0), 1.0), min(max(float(rise), 0.0), 0.9), zoom), (back, forth)


def go_to(share: float) -> None:
    """Move the point; a callback of the buttons."""
    st.session_state["t"] = share
