"""``Desk``: where pages ask; what is known is found, what is asked twice is made once, what nobody wants is
given up.
"""

import threading
import time
from collections.abc import Callable, Hashable, Mapping
from typing import Any

from work.answers import Answers
from work.job import Job, Lane
from work.line import Line
from work.ticket import GivenUpError, Ticket

SWEEP = 0.5  # seconds between two looks at what is unfinished
GRACE = 3.0  # seconds for which a job without a session goes on: a page that runs again asks again


class Desk:
    """Lines by name, and the ``kept`` last answers of each function."""

    def __init__(self, lines: Mapping[Lane, Line], kept: int = 300) -> None:
        self._lines = lines
        self._lock = threading.Lock()
        self._tickets: dict[tuple[str, Hashable], Ticket] = {}
        self._answers = Answers(kept)

    def watch(self, alive: Callable[[str], bool]) -> None:
        """From now on give up what takes too long and what nobody wants; ``alive(session)``: whether its
        browser tab is still there."""
        threading.Thread(target=self._sweep, args=(alive,), daemon=True).start()

    def ask(self, job: Job, session: str) -> Ticket:
        """A ticket that is done where the answer is known; errors are not kept. Raises ``GivenUpError``."""
        with self._lock:
            known = self._answers.find(job)
            if known is not None:
                return known
            ticket = self._tickets.get(job.name)
            if ticket is not None and not ticket.failed:
                ticket.sessions.add(session)
                return ticket
            ticket = self._tickets[job.name] = Ticket(job, session)
        try:
            self._lines[job.lane].add(ticket)
        except GivenUpError as error:
            with self._lock:
                del self._tickets[job.name]
            ticket.fail(error)  # who joined it meanwhile does not wait for ever
            raise
        if ticket.done:
            self._file(ticket)
        return ticket

    def knows(self, job: Job) -> bool:
        """Whether the answer is there already."""
        with self._lock:
            return self._answers.find(job) is not None

    def place(self, ticket: Ticket) -> int:
        """How many are made before it."""
        return self._lines[ticket.job.lane].place(ticket)

    def leave(self, ticket: Ticket, session: str) -> None:
        """The session does not want it any more."""
        with self._lock:
            ticket.sessions.discard(session)
            ticket.left_at = time.monotonic()

    def cancel(self, ticket: Ticket, session: str) -> None:
        """As ``leave``, and at once if no other session wants it."""
        self.leave(ticket, session)
        if not ticket.sessions:
            self._lines[ticket.job.lane].give_up(ticket, "cancelled")

    def collect(self, ticket: Ticket) -> Any:
        """The answer of a ticket that is done, which is kept from now on. Raises what the job raised."""
        self._file(ticket)
        return ticket.answer()

    def _file(self, ticket: Ticket) -> None:
        with self._lock:
            if self._tickets.get(ticket.job.name) is ticket:
                del self._tickets[ticket.job.name]
                self._answers.put(ticket)

    def _sweep(self, alive: Callable[[str], bool]) -> None:
        while True:
            time.sleep(SWEEP)
            for line in self._lines.values():
                for ticket in line.unfinished():
                    self._look_at(line, ticket, alive)
            with self._lock:
                ended = [ticket for ticket in self._tickets.values() if ticket.done]
            for ticket in ended:
                self._file(ticket)

    def _look_at(self, line: Line, ticket: Ticket, alive: Callable[[str], bool]) -> None:
        with self._lock:
            gone = {session for session in ticket.sessions if not alive(session)}
            if gone:
                ticket.sessions -= gone
                ticket.left_at = time.monotonic()
            wanted = bool(ticket.sessions) or time.monotonic() - ticket.left_at < GRACE
        if not wanted:
            line.give_up(ticket, "nobody waited for it any more")
        elif ticket.seconds > ticket.job.limit:
            line.give_up(ticket, f"it took more than {ticket.job.limit:.0f} s and was given up")
