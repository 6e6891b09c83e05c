"""What can be moved in each step of the lesson: the arguments of its figure."""

from typing import Any

import streamlit as st
from language.catalogue import say
from language.mark import mark
from work.deleting import FILLS

from lesson import jobs
from openbox.explainers.table import EXPLAINERS

GUESSED = ("openbox", "guided_backprop", "gradcam")
LOUDEST = 0.1
FIRST = 60  # test pictures to choose from
NAMES = {"black": mark("black"), "mean": mark("mean"), "noise": mark("noise")}  # of the fills


def ask_linear() -> tuple[Any, ...]:
    """A test picture, and a class whose weights are shown."""
    with st.container(horizontal=True):
        index = st.slider(say("Picture"), 0, FIRST, 10, key="lesson_picture", bind="query-params")
        label = st.select_slider(
            say("Weights of the class"), range(10), 0, key="lesson_class", bind="query-params"
        )
    return index, label


def ask_folds() -> tuple[Any, ...]:
    """How many neurons, and how the first one lies."""
    with st.container(horizontal=True):
        count = st.slider(say("Neurons"), 1, jobs.MOST, 2, key="lesson_neurons", bind="query-params")
        angle = st.slider(
            say("Turn the first"), 0, 350, FIRST, 10, format="%d°", key="lesson_angle", bind="query-params"
        )
        offset = st.slider(
            say("Move the first"), -1.2, 1.2, 0.2, 0.1, key="lesson_offset", bind="query-params"
        )
    return count, float(angle), offset


def ask_here() -> tuple[Any, ...]:
    """A test picture."""
    return (st.slider(say("Picture"), 0, FIRST, 4, key="lesson_near", bind="query-params"),)


def ask_walk() -> tuple[Any, ...]:
    """The picture to walk to, and the share of the way."""
    with st.container(horizontal=True):
        to = st.slider(say("Walk to picture"), 0, FIRST, 9, key="lesson_to", bind="query-params")
        place = st.slider(
            say("Where you are"), 0.0, 100.0, 30.0, 0.5, format="%.1f %%", key="lesson_where",
            bind="query-params",
        )  # fmt: skip
    return to, place / 100


def ask_guess() -> tuple[Any, ...]:
    """A method, a test picture, and whether the truth is told."""
    with st.container(horizontal=True, vertical_alignment="bottom"):
        method = st.selectbox(
            say("Method"),
            GUESSED,
            1,
            key="lesson_method",
            bind="query-params",
            format_func=lambda name: EXPLAINERS[name].title,
        )
        index = st.slider(say("Picture"), 0, FIRST, 7, key="lesson_guess", bind="query-params")
        shown = st.toggle(say("Reveal"), key=f"lesson_reveal_{method}_{index}", bind="query-params")
    return method, index, shown


def ask_flip() -> tuple[Any, ...]:
    """What stands where a pixel was, and a test picture."""
    with st.container(horizontal=True, vertical_alignment="bottom"):
        fill = st.segmented_control(
            say("What stands there instead"),
            FILLS,
            default=FILLS[0],
            key="lesson_fill",
            bind="query-params",
            required=True,
            format_func=lambda fill: say(NAMES[fill]),
        )
        index = st.slider(say("Picture"), 0, FIRST, 3, key="lesson_flip", bind="query-params")
    return fill or FILLS[0], index


def ask_noise() -> tuple[Any, ...]:
    """How strong the noise is, and a test picture."""
    with st.container(horizontal=True):
        level = st.slider(
            say("Noise"), 0.0, LOUDEST, 0.03, 0.005, format="%.3f", key="lesson_noise", bind="query-params"
        )
        index = st.slider(say("Picture"), 0, FIRST, 12, key="lesson_beside", bind="query-params")
    return level, index
