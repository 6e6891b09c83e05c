"""How a page asks for what is computed elsewhere, and what it shows meanwhile."""

import os
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any

import streamlit as st
from language.catalogue import say
from language.mark import mark
from language.templates import retold
from streamlit.delta_generator import DeltaGenerator
from streamlit.runtime import get_instance
from streamlit.runtime.scriptrunner import get_script_run_ctx
from work.desk import Desk
from work.job import Job
from work.line import HOUSE, Inline, Workers
from work.reporting import CELLS, CHANGE
from work.ticket import Ticket

INLINE = "OPENBOX_APP_INLINE"  # set: everything is computed in the page's own thread, as tests want it
ROOM = 200  # jobs that wait in one line; thirty pupils ask for a handful each
SOON = 0.4  # seconds for which nothing is said
STEP = 0.1
AGAIN = 0.3  # seconds between two messages to a browser that waits
WANTED = "wanted tickets"
COMPUTING = mark("computing")
MODULES = ("work.explaining", "geometry.jobs")


@st.cache_resource(show_spinner=False)
def desk() -> Desk:
    """The one desk of the app; its processes start with it."""
    if inline():
        return Desk({"quick": Inline(), "slow": Inline()})
    cores = os.cpu_count() or 1
    # threads of several processes on the same cores wait for each other: together no more than there are
    quick = Workers(1, ROOM, threads=max(1, cores // 2), modules=MODULES)
    quick.start()
    made = Desk({"quick": quick, "slow": Workers(max(1, cores // 2), ROOM, threads=1, modules=MODULES)})
    made.watch(_alive)
    return made


def inline() -> bool:
    """Whether there are no processes."""
    return bool(os.environ.get(INLINE))


def session() -> str:
    """The browser tab that this page runs for."""
    context = get_script_run_ctx()
    return context.session_id if context is not None else ""


def _alive(name: str) -> bool:
    return name == HOUSE or get_instance().is_active_session(name)


def ask(job: Job) -> Ticket:
    """A ticket, at once. Raises ``GivenUpError`` if too many wait."""
    return desk().ask(job, session())


def cancel(ticket: Ticket) -> None:
    """Nobody at this tab waits for it any more."""
    desk().cancel(ticket, session())


def ask_once(job: Job) -> Ticket:
    """As ``ask``; but what failed at this tab is not asked again before ``forget``: a page that looks again
    and again would have it made again and again."""
    for ticket in st.session_state.get(WANTED, []):
        if ticket.failed and ticket.job.name == job.name:
            return ticket
    return ask(job)


def forget(ticket: Ticket) -> None:
    """Its failure is no reason not to ask again."""
    st.session_state[WANTED] = [other for other in st.session_state[WANTED] if other is not ticket]


def want(tickets: Sequence[Ticket]) -> None:
    """These are what this tab waits for from now on, and nothing that it waited for before."""
    for ticket in st.session_state.get(WANTED, []):
        if ticket not in tickets and not ticket.done:
            cancel(ticket)
    st.session_state[WANTED] = list(tickets)


def answer(job: Job, show: Callable[[Ticket], None] | None = None) -> Any:
    """The answer, waited for. ``show`` is called again and again meanwhile; without it a line says what is
    waited for. Raises what the job raises, and ``GivenUpError``."""
    ticket = ask(job)
    with _meanwhile(show) as showing:
        try:
            due = time.monotonic() + SOON
            while not ticket.wait(STEP):
                if time.monotonic() > due:
                    due = time.monotonic() + AGAIN
                    showing(ticket)  # here Streamlit leaves, if the reader went on to something else
                if not inline() and not _alive(session()):
                    st.stop()
        finally:
            if not ticket.done:
                desk().leave(ticket, session())
    return desk().collect(ticket)


@contextmanager
def _meanwhile(show: Callable[[Ticket], None] | None) -> Iterator[Callable[[Ticket], None]]:
    if show is not None:
        yield show
        return
    slot = st.empty()

    def told(ticket: Ticket) -> None:
        slot.caption(standing(ticket))

    yield told
    slot.empty()


def show_standing(slot: DeltaGenerator, ticket: Ticket) -> None:
    """A bar with where the ticket stands."""
    slot.progress(ticket.share, standing(ticket))


def standing(ticket: Ticket) -> str:
    """Where a ticket stands, in words."""
    if ticket.started is None:
        place = desk().place(ticket)
        return (
            say("next in line …") if place == 0 else say("number {place} in line …").format(place=place + 1)
        )
    text, seconds = retold(ticket.text or COMPUTING, (CELLS, CHANGE)), f"{ticket.seconds:.0f}"
    if not ticket.share:
        return say("{text} … {seconds} s").format(text=text, seconds=seconds)
    share = f"{ticket.share:.0%}".replace("%", " %")
    return say("{text}, {share} … {seconds} s").format(text=text, share=share, seconds=seconds)
