"""``Line``: jobs of one kind, made by a few processes, while the others wait, each session in its turn."""

import atexit
import threading
import time
from abc import ABC, abstractmethod
from collections import Counter
from collections.abc import Sequence
from functools import partial

from work.process import Process, WorkerDiedError
from work.reporting import reporting
from work.ticket import GivenUpError, Ticket

HOUSE = ""  # the session of what is computed before anybody asks
QUIET = 5.0  # seconds without anybody's job, after which the house's own may begin
FULL = "too many are waiting already ({room}); try again in a while"
DIED = "the process that computed it ended, perhaps for want of memory"


class Line(ABC):
    """Where tickets wait."""

    @abstractmethod
    def add(self, ticket: Ticket) -> None:
        """Raises ``GivenUpError`` if there is no room."""

    def place(self, ticket: Ticket) -> int:
        """How many are made before it; 0 if it is next, or under way."""
        del ticket
        return 0

    def give_up(self, ticket: Ticket, reason: str) -> None:
        """Take it out, or stop it."""
        del ticket, reason

    def unfinished(self) -> list[Ticket]:
        """All that wait or are under way."""
        return []


class Inline(Line):
    """Without processes: a job is made where it is asked for. For tests."""

    def add(self, ticket: Ticket) -> None:
        ticket.started = time.monotonic()
        try:
            with reporting(ticket.tell):
                ticket.finish(ticket.job.function(*ticket.job.args))
        except Exception as error:
            ticket.fail(error)


class Workers(Line):
    """``count`` processes of so many ``threads``, which import ``modules`` as they start; at most ``room``
    tickets wait."""

    def __init__(self, count: int, room: int, threads: int, modules: Sequence[str] = ()) -> None:
        self._room = room
        self._changed = threading.Condition()
        self._waiting: list[Ticket] = []
        self._running: dict[Process, Ticket] = {}
        self._processes: list[Process] = []
        self._stopped = False
        self._asked_at = time.monotonic()  # when somebody's job was added or ended
        for _ in range(count):
            process = Process(threads, modules)
            self._processes.append(process)
            threading.Thread(target=self._work, args=(process,), daemon=True).start()
        atexit.register(self.stop)

    def start(self) -> None:
        """Start the processes now, not when they are needed."""
        for process in self._processes:
            process.start()

    def stop(self) -> None:
        """End the processes, and what they are at; nothing is made any more."""
        with self._changed:
            self._stopped = True
            self._changed.notify_all()
        for process in self._processes:
            process.kill()

    def add(self, ticket: Ticket) -> None:
        with self._changed:
            if len(self._waiting) >= self._room:
                raise GivenUpError(FULL.format(room=self._room))
            self._waiting.append(ticket)
            self._note(ticket)
            self._changed.notify_all()

    def place(self, ticket: Ticket) -> int:
        with self._changed:
            order = self._in_order()
            return order.index(ticket) if ticket in order else 0

    def give_up(self, ticket: Ticket, reason: str) -> None:
        with self._changed:
            ticket.reason = reason
            if ticket in self._waiting:
                self._waiting.remove(ticket)
                ticket.fail(GivenUpError(reason))
            for process, running in self._running.items():
                if running is ticket:
                    process.kill()

    def unfinished(self) -> list[Ticket]:
        with self._changed:
            return [*self._waiting, *self._running.values()]

    def _in_order(self) -> list[Ticket]:
        """Who has the fewest tickets before it comes first, so that many of one session hold up no other."""
        before = Counter(ticket.owner for ticket in self._running.values())
        ranked: list[tuple[int, int, Ticket]] = []
        for number, ticket in enumerate(self._waiting):
            ranked.append((before[ticket.owner], number, ticket))
            before[ticket.owner] += 1
        return [ticket for *_, ticket in sorted(ranked, key=lambda entry: entry[:2])]

    def _note(self, ticket: Ticket) -> None:
        if ticket.owner != HOUSE:
            self._asked_at = time.monotonic()

    def _next(self) -> Ticket | None:
        """The next one that may begin: the house opens whole networks, which takes seconds, and nobody's map
        is to wait for that."""
        order = self._in_order()
        for ticket in order:
            if ticket.sessions != {HOUSE}:
                return ticket
        calm = time.monotonic() - self._asked_at > QUIET
        return order[0] if order and calm else None

    def _work(self, process: Process) -> None:
        while True:
            with self._changed:
                if self._stopped:
                    return
                ticket = self._next()
                if ticket is None:
                    self._changed.wait(QUIET / 5 if self._waiting else None)
                    continue
                self._waiting.remove(ticket)
                self._running[process] = ticket
                ticket.started = time.monotonic()
            try:
                end = partial(ticket.finish, process.call(ticket.job, ticket.tell))
            except WorkerDiedError:
                process.start()  # the next one need not wait for its imports
                end = partial(ticket.fail, GivenUpError(ticket.reason or DIED))
            except BaseException as error:
                end = partial(ticket.fail, error)
            with self._changed:
                del self._running[process]
                self._note(ticket)
            end()
