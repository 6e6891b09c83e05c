"""What a method will cost, before it is asked: its calls of the network times the seconds of one."""

import csv
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from work import explaining
from work.job import Job
from work.ticket import Ticket

from ui import asking
from ui.loading import Asked, source

MEASURED = Path(__file__).parents[2] / "evaluation" / "results" / "families" / "leaderboard.csv"
MANY = 50  # calls; a method that makes more waits in the slow line
DEAR = 10.0  # seconds; what takes longer begins when it is asked for twice
WHOLE_WAY = "integrated_gradients"  # whose calls depend on the picture


@dataclass(frozen=True)
class Price:
    """About so many ``seconds``, for as many calls of the network, or exact pieces on the whole way."""

    seconds: float
    calls: int
    pieces: bool = False

    @property
    def dear(self) -> bool:
        """Whether the reader is asked first."""
        return self.seconds > DEAR


FREE = Price(0.0, 0)


@lru_cache
def calls() -> dict[str, float]:
    """The most calls of the network for one image that the committed study ``families`` counted."""
    most: dict[str, float] = {}
    with MEASURED.open(newline="") as file:
        for row in csv.DictReader(file):
            counted = row["model_calls_per_image"]
            if counted:
                most[row["method"]] = max(most.get(row["method"], 0.0), float(counted))
    return most


def slow(method: str) -> bool:
    """Whether it waits in the slow line; what was never counted does."""
    return calls().get(method, MANY + 1) > MANY


def price(method: str, subject: Asked) -> Price | Ticket:
    """What an explanation will cost on this machine, or a ticket for what tells it. Raises what opening the
    network raises."""
    where = source(subject.card)
    if method == WHOLE_WAY:
        job = Job(explaining.way_price, (where, subject.x), (where, subject.picture), lane="slow")
        ticket = asking.ask(job)
        if not ticket.done:
            return ticket
        pieces, seconds = asking.desk().collect(ticket)
        return Price(seconds, pieces, pieces=True)
    count = calls().get(method, 0.0)
    if count <= MANY:
        return Price(0.0, round(count))
    one = asking.answer(Job(explaining.forward_seconds, (where,), where))
    return Price(count * one, round(count))
