"""The Lesson page: seven steps for a class, one at a time; it can walk through them by itself."""

import sys
import time

import streamlit as st
from language.catalogue import count, held, lasting, say
from lesson import drawings, handout
from lesson.drawings import Figure
from lesson.showing import SHOWN, Classroom, draw_guess
from lesson.steps import MINUTES, STEPS, steps
from ui import demo, linked, loading, opening, sources, widgets
from ui.sources import Catalogue

from openbox.zoo.checkpoints import Card

STEP, SINCE = "step", "lesson step since"
SECONDS = 30  # that a step stands in the demonstration
LARGE = """
.stSidebar, [data-testid="stSidebarCollapsedControl"] { display: none; }
.stMainBlockContainer p, .stMainBlockContainer li, .lesson-said, .lesson-row, .lesson-table td,
.lesson-row small { font-size: 1.45rem !important; line-height: 1.4; }
.stMainBlockContainer h2 { font-size: 2.4rem !important; }
.lesson-row figure { width: 250px; }
.lesson-plane img { width: min(560px, 100%); }
.lesson-chart img { width: min(1100px, 100%); }
"""


def _lesson(catalogue: Catalogue) -> None:
    room = _classroom(catalogue)
    if room is None:
        st.error(
            say("The lesson needs the network of the digits (digits-cnn-seed0) in the checkpoint folder.")
        )
        return
    alone = demo.asked(sys.argv)
    with st.sidebar:
        st.markdown(say("**OpenBox** · a lesson"))
        st.caption(
            say(
                "{steps} steps, {minutes} minutes. The arrow keys turn the pages; after moving "
                "a slider, click beside the figure first."
            ).format(steps=len(STEPS), minutes=MINUTES)
        )
        _offer(room)
    number = _current()
    large = _turn(number, alone)
    st.html(f"<style>{drawings.STYLE}{LARGE if large else ''}</style>")
    step = steps()[number - 1]
    st.header(f"{number}. {step.title}", anchor=False)
    if alone or not large:
        st.markdown(step.text)
    _figure(number, room, large)
    st.markdown(f"**{step.question}**")
    with st.expander(say("Answer"), expanded=alone, key=f"answer{number}", bind="query-params"):
        st.markdown(step.answer)
    for label, link in () if alone else step.links:
        st.markdown(f"[{label}]({lasting(link)})")
    if not large:
        title = count("For the teacher ({number} minute)", "For the teacher ({number} minutes)", step.minutes)
        with st.expander(title, key=f"notes{number}", bind="query-params"):
            st.markdown(step.notes)
    if alone:
        _go_on(number)


@st.fragment
def _figure(number: int, room: Classroom, large: bool) -> None:
    """What can be moved, and the figure; moving draws nothing else again."""
    ask, draw = SHOWN[number - 1]
    st.caption(steps()[number - 1].task)
    if large:
        with st.expander(say("Controls"), key=f"controls{number}", bind="query-params"):
            chosen = ask()
    else:
        chosen = ask()
    st.html(draw(room, *chosen).html)


def _classroom(catalogue: Catalogue) -> Classroom | None:
    """The digits network of the zoo, whatever model of one's own there is."""
    cards = [card for card in catalogue.networks.get(widgets.MAIN_DATA, []) if isinstance(card, Card)]
    if not cards:
        return None
    test = loading.read_test_images(widgets.MAIN_DATA)
    samples = loading.samples(cards[0].data, cards[0].shape)
    return Classroom(cards[0], test, sources.references(widgets.MAIN_DATA, test, samples))


def _current() -> int:
    """The step that the link says; the first, if it says nonsense."""
    said = linked.read(STEP)
    return int(said) if said.isdecimal() and 1 <= int(said) <= len(STEPS) else 1


def _to(number: int) -> None:
    linked.write(STEP, str(number))


def _turn(number: int, alone: bool) -> bool:
    """Buttons for the step before and the next, which the arrow keys press; whether a projector shows it."""
    with st.container(horizontal=True, vertical_alignment="center"):
        turns = (say("◀ back"), "Left", number - 1), (say("next ▶"), "Right", number + 1)
        for label, key, to in turns:
            there = 1 <= to <= len(STEPS)
            st.button(
                label, key=f"turn {key}", shortcut=key, disabled=not there, on_click=_to, args=(to,),
                type="tertiary",
            )  # fmt: skip
        st.caption(say("step {step} of {steps}").format(step=number, steps=len(STEPS)), width="content")
        return st.toggle(say("For the projector"), alone, key="presenter", bind="query-params")


@st.fragment(run_every=1.0)
def _go_on(number: int) -> None:
    """The demonstration: every so often the next step, and from the last one the first."""
    shown, since = st.session_state.get(SINCE, (0, 0.0))
    if shown != number:
        since = time.monotonic()
        st.session_state[SINCE] = number, since
    left = SECONDS - (time.monotonic() - since)
    st.caption(say("The next step comes in {seconds} s.").format(seconds=f"{max(0, left):.0f}"))
    if left <= 0:
        _to(number % len(STEPS) + 1)
        st.rerun()


def _offer(room: Classroom) -> None:
    """The lesson on paper, made when it is asked for."""
    for label, name, teacher in (
        (say("Hand-out to print"), "openbox-handout.html", False),
        (say("Notes for the teacher"), "openbox-teacher.html", True),
    ):
        st.download_button(
            label, held(lambda teacher=teacher: handout.handout(_figures(room, teacher), teacher)),
            name, "text/html", key=name, on_click="ignore", width="stretch",
        )  # fmt: skip


def _figures(room: Classroom, teacher: bool) -> list[Figure]:
    """As they stand at first; whose map is whose only for the teacher."""
    return [
        draw_guess(room, revealed=True) if teacher and draw is draw_guess else draw(room) for _, draw in SHOWN
    ]


opening.with_networks(_lesson)
