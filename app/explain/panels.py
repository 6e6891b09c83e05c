"""One panel for each method: its map, or where it stands in its line, or what it would cost; none waits for
another."""

import logging
from collections.abc import Sequence
from dataclasses import dataclass

import streamlit as st
from language.catalogue import say
from streamlit.delta_generator import DeltaGenerator
from ui import asking, figures, loading, prices, sources, tiles
from ui.loading import Asked, Setup
from ui.prices import Price
from work.job import Job
from work.ticket import Ticket

from explain import sentences
from openbox.errors import CaptureError, OpenBoxError
from openbox.explainers.explanation import Contrast, Explanation
from openbox.explainers.table import EXPLAINERS

POLL = 0.5  # seconds between two looks at what is not done
WAITED = "panels that waited"
BEGUN, STOPPED = "begun jobs", "stopped jobs"  # what the reader began in spite of its price, or stopped


@dataclass(frozen=True)
class PanelQuestion:
    """What every panel answers: about which picture, why this class, set up and drawn how."""

    subject: Asked
    target: Contrast | int
    setup: Setup
    look: tiles.Look

    def job(self, method: str) -> Job:
        """What has to be computed for one panel."""
        return loading.explanation(method, self.subject, self.target, self.setup)


def show(question: PanelQuestion, methods: Sequence[str]) -> dict[str, Explanation]:
    """All panels; returns the maps that are ready."""
    slots = tiles.place(methods)
    for name, slot in slots.items():
        if name in _names(WAITED):
            slot.empty()  # Streamlit keeps what a panel held until the page is drawn to its end
    _names(WAITED).clear()
    asked = {name: _ask(question, name) for name in methods}
    tickets = {name: found for name, found in asked.items() if isinstance(found, Ticket)}
    asking.want([*tickets.values()])
    ready: dict[str, Explanation] = {}
    for name, found in asked.items():
        if isinstance(found, OpenBoxError):
            with slots[name].container(gap="xsmall"):
                tiles.fail(name, str(found))
        elif isinstance(found, Price):
            _offer(slots[name], question, name, found)
        elif found.done and isinstance(explanation := _collect(slots[name], name, found), Explanation):
            ready[name] = explanation
        elif not found.failed:  # under way, or its price became known just now
            _names(WAITED).add(name)
            with slots[name].container(gap="xsmall"):
                st.fragment(_watch, run_every=POLL)(question, name, found, tuple(tickets.values()))
    limits = shared_limits(ready, question.look) if question.look.shared else {}
    for name, explanation in ready.items():
        _draw(slots[name], question, name, explanation, limits.get(name))
    return ready


def _ask(question: PanelQuestion, name: str) -> Ticket | Price | OpenBoxError:
    """A ticket for the map, or for what it will cost; or its price, where the reader has to begin it; or why
    it cannot be asked for, as too many wait."""
    if sources.refusal(question.subject.card) and EXPLAINERS[name].opens:
        return CaptureError(say(sentences.NOT_OPENED))
    job = question.job(name)
    try:
        if not asking.desk().knows(job) and job.name not in _names(BEGUN):
            price = prices.price(name, question.subject)
            if isinstance(price, Ticket) or price.dear or job.name in _names(STOPPED):
                return price
        return asking.ask_once(job)
    except OpenBoxError as error:
        return error


def _offer(slot: DeltaGenerator, question: PanelQuestion, name: str, price: Price) -> None:
    with slot.container(gap="xsmall"):
        tiles.head(name)
        tiles.blank(question.subject.card.shape)
        st.caption(sentences.priced(price))
        args = (question.job(name),)
        st.button(say("Start"), key=f"start-{name}", on_click=_start, args=args, width="stretch")


def _start(job: Job) -> None:
    _names(BEGUN).add(job.name)
    _names(STOPPED).discard(job.name)


def _stop(job: Job, ticket: Ticket) -> None:
    _names(STOPPED).add(job.name)
    _names(BEGUN).discard(job.name)
    asking.cancel(ticket)


def _names(key: str) -> set[object]:
    return st.session_state.setdefault(key, set())


def _watch(question: PanelQuestion, name: str, ticket: Ticket, every: Sequence[Ticket]) -> None:
    """A panel that is not done, looked at again and again; once all are, the page is drawn as a whole."""
    if all(other.done for other in every):
        st.rerun()
    slot = st.empty()  # the map takes the place of what waits, not one beside it
    if not ticket.done:
        with slot.container(gap="xsmall"):
            tiles.head(name)
            tiles.blank(question.subject.card.shape)
            st.caption(asking.standing(ticket))
            args = question.job(name), ticket
            st.button(say("Cancel"), key=f"cancel-{name}", on_click=_stop, args=args, width="stretch")
        return
    found = _collect(slot, name, ticket)
    if isinstance(found, Explanation):
        _draw(slot, question, name, found, None)
    elif found is not None:
        st.rerun()  # its price is known


def _collect(slot: DeltaGenerator, name: str, ticket: Ticket) -> object:
    """What the ticket brought, a map or its price; what was raised becomes this panel's own message, and
    touches no other."""
    try:
        return asking.desk().collect(ticket)
    except OpenBoxError as error:
        said = str(error)
    except Exception as error:  # a method may fail in any way
        logging.getLogger(__name__).exception("%s failed", name)
        said = f"{type(error).__name__}: {error}"
    with slot.container(gap="xsmall"):
        tiles.fail(name, said)
        args = (ticket,)
        st.button(say("Try again"), key=f"again-{name}", on_click=asking.forget, args=args, width="stretch")
    return None


def _draw(
    slot: DeltaGenerator, question: PanelQuestion, name: str, explanation: Explanation, limit: float | None
) -> None:
    classes = question.subject.card.classes
    tiles.draw(slot, name, explanation, question.target, classes, question.look, limit)


def shared_limits(ready: dict[str, Explanation], look: tiles.Look) -> dict[str, float]:
    """For each signed map the largest limit among the maps of its unit."""
    signed = {name: entry for name in ready if (entry := EXPLAINERS[name]).signed}
    own = {name: figures.limit(tiles.shown(ready[name], look)[0]) for name in signed}
    return {
        name: max(own[other] for other in signed if signed[other].unit == entry.unit)
        for name, entry in signed.items()
    }
