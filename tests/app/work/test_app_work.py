"""Jobs in processes of their own: answers, errors, deaths, turns, cancelling, closed tabs."""

import os
import threading
import time
from collections.abc import Callable, Hashable, Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import calls
import numpy as np
import pytest
from work.desk import Desk
from work.job import Job
from work.line import HOUSE, Workers
from work.ticket import GivenUpError, Ticket

from openbox.errors import InputError

PATIENCE = 60  # seconds; a worker imports torch before its first answer


def job(function: Callable[..., Any], *args: Any, key: Hashable = None, **settings: Any) -> Job:
    return Job(function, args, args if key is None else key, **settings)


def answer(desk: Desk, asked: Job, session: str = "tab") -> Any:
    ticket = desk.ask(asked, session)
    assert ticket.wait(PATIENCE)
    return desk.collect(ticket)


@pytest.fixture(scope="module")
def alive() -> set[str]:
    """The tabs that are open."""
    return {"tab", "other"}


@pytest.fixture(scope="module")
def desk(alive: set[str]) -> Iterator[Desk]:
    line = Workers(1, room=50, threads=1)
    desk = Desk({"quick": line}, kept=5)
    desk.watch(alive.__contains__)
    yield desk
    line.stop()


def test_a_task_is_made_in_another_process_once(desk: Desk) -> None:
    other = answer(desk, job(calls.process))
    assert other != os.getpid()
    assert answer(desk, job(calls.double, 21)) == 42
    assert desk.knows(job(calls.double, 21))
    assert desk.ask(job(calls.double, 21), "other").done, "an equal question, answered from what is kept"


def test_only_so_many_answers_of_a_function_are_kept(desk: Desk) -> None:
    for number in range(7):
        answer(desk, job(calls.double, number))
    assert [desk.knows(job(calls.double, number)) for number in range(7)] == [False] * 2 + [True] * 5
    answer(desk, job(calls.draw, 0, keep=1))
    answer(desk, job(calls.draw, 1, keep=1))
    assert not desk.knows(job(calls.draw, 0))


def test_what_a_library_prints_does_not_come_between(desk: Desk) -> None:
    assert answer(desk, job(calls.chatter)) == "said"


def test_errors_arrive_as_they_were_raised_and_are_not_kept(desk: Desk) -> None:
    with pytest.raises(InputError, match="in plain words"):
        answer(desk, job(calls.refuse, "in plain words"))
    assert not desk.knows(job(calls.refuse, "in plain words"))
    with pytest.raises(RuntimeError, match="StubbornError: one"):
        answer(desk, job(calls.fail))
    with pytest.raises(Exception, match=r"pickle|local object"):
        answer(desk, job(calls.unsendable))
    with pytest.raises(Exception, match=r"pickle|local object"):
        answer(desk, job(calls.double, lambda: 1, key="a lambda"))
    assert answer(desk, job(calls.double, 1)) == 2, "the worker goes on"


def test_a_process_that_dies_is_one_message_and_the_next_task_gets_another(desk: Desk) -> None:
    before = answer(desk, job(calls.process, key="before"))
    with pytest.raises(GivenUpError, match="ended, perhaps for want of memory"):
        answer(desk, job(calls.die))
    assert answer(desk, job(calls.process, key="after")) != before


def test_progress_is_told(desk: Desk) -> None:
    ticket = desk.ask(job(calls.wait, 0.6, "done"), "tab")
    shares = set[float]()
    while not ticket.wait(0.02):
        shares.add(ticket.share)
    assert desk.collect(ticket) == "done"
    assert len(shares) >= 3
    assert ticket.text.startswith("step ")


def test_a_cancelled_task_stops_at_once_and_a_waiting_one_never_begins(desk: Desk) -> None:
    running = desk.ask(job(calls.wait, 60.0, "never"), "tab")
    waiting = desk.ask(job(calls.wait, 61.0, "never"), "tab")
    _until(lambda: running.started is not None)
    assert (desk.place(running), desk.place(waiting)) == (0, 0)
    desk.cancel(waiting, "tab")
    desk.cancel(running, "tab")
    for ticket in (running, waiting):
        assert ticket.wait(5)
        with pytest.raises(GivenUpError, match="cancelled"):
            ticket.answer()
    assert waiting.started is None


def test_who_else_asks_the_same_keeps_it_alive(desk: Desk) -> None:
    asked = job(calls.wait, 0.5, "both")
    mine, theirs = desk.ask(asked, "tab"), desk.ask(asked, "other")
    assert mine is theirs
    desk.cancel(mine, "tab")
    assert theirs.wait(PATIENCE)
    assert theirs.answer() == "both"


def test_a_closed_tab_ends_its_task(desk: Desk, alive: set[str]) -> None:
    alive.add("closing")
    ticket = desk.ask(job(calls.wait, 60.0, "for nobody"), "closing")
    _until(lambda: ticket.started is not None)
    alive.discard("closing")
    assert ticket.wait(10)
    with pytest.raises(GivenUpError, match="nobody waited"):
        ticket.answer()
    assert answer(desk, job(calls.double, 3)) == 6


def test_a_task_has_its_limit(desk: Desk) -> None:
    with pytest.raises(GivenUpError, match="more than 1 s"):
        answer(desk, job(calls.wait, 60.0, "too long", limit=1.0))


def test_many_tasks_of_one_tab_hold_up_no_other_and_a_full_line_says_so() -> None:
    line = Workers(1, room=6, threads=1)
    try:
        desk, order = Desk({"quick": line}), list[str]()
        first = desk.ask(job(calls.wait, 1.0, "first"), "greedy")
        _until(lambda: first.started is not None)
        many = [desk.ask(job(calls.wait, 0.01, f"greedy {n}"), "greedy") for n in range(4)]
        modest = desk.ask(job(calls.wait, 0.01, "modest"), "modest")
        assert desk.place(modest) == 0
        assert [desk.place(ticket) for ticket in many] == [1, 2, 3, 4]
        last = desk.ask(job(calls.double, 5), "modest")
        assert desk.place(last) == 2, "each tab in its turn"
        with pytest.raises(GivenUpError, match=r"too many are waiting already \(6\)"):
            desk.ask(job(calls.double, 6), "late")
        for ticket in (first, *many, modest, last):
            assert ticket.wait(PATIENCE)
            order.append(str(ticket.answer()))
        assert order == ["first", *(f"greedy {n}" for n in range(4)), "modest", "10"]
    finally:
        line.stop()


def test_what_nobody_asked_for_lets_all_others_go_first(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("work.line.QUIET", 1e6)
    line = Workers(1, room=6, threads=1)
    try:
        desk = Desk({"quick": line})
        opening = [desk.ask(job(calls.wait, 0.01, f"network {n}"), HOUSE) for n in range(2)]
        for number in range(3):
            assert answer(desk, job(calls.double, number)) == 2 * number
        assert [ticket.started for ticket in opening] == [None, None]
        monkeypatch.setattr("work.line.QUIET", 0.0)
        assert answer(desk, job(calls.double, 3)) == 6
        assert all(ticket.wait(PATIENCE) for ticket in opening), "they begin once it is quiet"
    finally:
        line.stop()


@pytest.mark.long
def test_ten_thousand_requests_at_once_are_answered_as_one_by_one() -> None:
    line = Workers(2, room=20_000, threads=1)
    try:
        desk = Desk({"quick": line}, kept=100)
        expected = [calls.draw(seed) for seed in range(500)]

        def ask(number: int) -> bool:
            found = answer(desk, job(calls.draw, number % 500), f"tab {number % 30}")
            return np.array_equal(found, expected[number % 500])

        with ThreadPoolExecutor(30) as pool:
            assert all(pool.map(ask, range(10_000)))
    finally:
        line.stop()


def test_threads_that_ask_the_same_share_one_ticket(desk: Desk) -> None:
    asked, tickets = job(calls.wait, 0.3, "shared"), list[Ticket]()
    threads = [threading.Thread(target=lambda: tickets.append(desk.ask(asked, "tab"))) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len({id(ticket) for ticket in tickets}) == 1
    assert tickets[0].wait(PATIENCE)


def _until(met: Callable[[], bool]) -> None:
    limit = time.monotonic() + PATIENCE
    while not met():
        assert time.monotonic() < limit
        time.sleep(0.01)
