"""A long job that the rest of a page needs: where it stands, a button that stops it, one that begins it
again."""

from typing import Any

import streamlit as st
from language.catalogue import say
from streamlit.delta_generator import DeltaGenerator
from work.job import Job
from work.ticket import Ticket

from ui import asking

HALTED = "halted jobs"


def answer_or_stop(job: Job, name: str) -> Any:
    """As ``asking.answer``; where the reader cancels it, the page ends there. ``name``: the buttons' own."""
    slot = st.empty()
    halted: set[object] = st.session_state.setdefault(HALTED, set())
    if job.name in halted and not asking.desk().knows(job):
        with slot.container():
            st.caption(say("Cancelled."))
            st.button(say("Start"), key=f"start-{name}", on_click=halted.discard, args=(job.name,))
        st.stop()
    line: DeltaGenerator | None = None

    def show(ticket: Ticket) -> None:
        nonlocal line
        if line is None:
            with slot.container():
                line = st.empty()
                st.button(say("Cancel"), key=f"cancel-{name}", on_click=_halt, args=(ticket,))
        asking.show_standing(line, ticket)

    try:
        return asking.answer(job, show)
    finally:
        slot.empty()


def _halt(ticket: Ticket) -> None:
    st.session_state[HALTED].add(ticket.job.name)
    asking.cancel(ticket)
