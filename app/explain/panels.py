"""One panel for each method: its map, or where it stands in its line, or what it would cost; none waits for
another."""

import logging
from collections.abc import Sequence
from dataclasses import dataclass

import streamlit as st
from streamlit.delta_generator import DeltaGenerator
from ui import asking, figures, loading, prices, tiles
from ui.loading import Asked, Setup
from work.job import Job
from work.ticket import Ticket

from explain import sentences
from openbox.errors import OpenBoxError
from openbox.explainers.explanation import Contrast, Explanation
from openbox.explainers.table import EXPLAINERS

POLL = 0.5  # seconds between two looks at what is not done
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
        return loading.explanation(method, self.subject, self.target, self.setup, prices.slow(method))


def show(question: PanelQuestion, methods: Sequence[str]) -> dict[str, Explanation]:
    """All panels; returns the maps that are ready."""
    slots = tiles.place(methods)
    ready: dict[str, Explanation] = {}
    waiting: dict[str, Ticket] = {}
    for name in methods:
        try:
            found = _begin(question, name, slots[name])
        except Exception as error:  # a method may fail in any way, and touches no other
            _fail(slots[name], name, error)
            continue
        if isinstance(found, Ticket):
            waiting[name] = found
        elif found is not None:
            ready[name] = found
    asking.want([*waiting.values()])
    limits = shared_limits(ready, question.look) if question.look.shared else {}
    for name, explanation in ready.items():
        _draw(slots[name], question, name, explanation, limits.get(name))
    for name, ticket in waiting.items():
        with slots[name]:
            st.fragment(_watch, run_every=POLL)(question, name, ticket, tuple(waiting.values()))
    return ready


def _begin(question: PanelQuestion, name: str, slot: DeltaGenerator) -> Explanation | Ticket | None:
    """The map if it is known, a ticket for it or for its price, or None where the reader is asked first."""
    job = question.job(name)
    wanted = asking.desk().knows(job) or _wanted(question, name, job, slot)
    if not isinstance(wanted, bool):
        return wanted
    if not wanted:
        return None
    ticket = asking.ask(job)
    return asking.desk().collect(ticket) if ticket.done else ticket


def _wanted(question: PanelQuestion, name: str, job: Job, slot: DeltaGenerator) -> bool | Ticket:
    """Whether it begins by itself, or a ticket for what it costs; else the panel offers to begin it."""
    begun, stopped = _names(BEGUN), _names(STOPPED)
    if job.name in begun:
        return True
    price = prices.price(name, question.subject) if prices.slow(name) else prices.FREE
    if isinstance(price, Ticket):
        return price
    if job.name not in stopped and not price.dear:
        return True
    with slot.container(gap="xsmall"):
        tiles.head(name)
        tiles.blank(question.subject.card.shape)
        st.caption(sentences.priced(price))
        st.button("Start", key=f"start-{name}", on_click=_start, args=(job,), width="stretch")
    return False


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
    if not ticket.done:
        tiles.head(name)
        tiles.blank(question.subject.card.shape)
        st.caption(asking.standing(ticket))
        args = question.job(name), ticket
        st.button("Cancel", key=f"cancel-{name}", on_click=_stop, args=args, width="stretch")
        return
    try:
        found = asking.desk().collect(ticket)
    except Exception as error:
        _fail(st.container(), name, error)
        return
    if isinstance(found, Explanation):
        _draw(st.container(), question, name, found, None)
    else:
        st.rerun()  # its price is known


def _draw(
    slot: DeltaGenerator, question: PanelQuestion, name: str, explanation: Explanation, limit: float | None
) -> None:
    classes = question.subject.card.classes
    tiles.draw(slot, name, explanation, question.target, classes, question.look, limit)


def _fail(slot: DeltaGenerator, name: str, error: Exception) -> None:
    if not isinstance(error, OpenBoxError):
        logging.getLogger(__name__).error("%s failed", name, exc_info=error)
    said = str(error) if isinstance(error, OpenBoxError) else f"{type(error).__name__}: {error}"
    tiles.fail(slot, name, said)


def shared_limits(ready: dict[str, Explanation], look: tiles.Look) -> dict[str, float]:
    """For each signed map the largest limit among the maps of its unit."""
    signed = {name: entry for name in ready if (entry := EXPLAINERS[name]).signed}
    own = {name: figures.limit(tiles.shown(ready[name], look)[0]) for name in signed}
    return {
        name: max(own[other] for other in signed if signed[other].unit == entry.unit)
        for name, entry in signed.items()
    }
