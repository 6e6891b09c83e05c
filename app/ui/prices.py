"""What a method will cost, before it is asked: its calls of the network times the seconds of one."""

from dataclasses import dataclass

from work import explaining
from work.ticket import Ticket

from ui import asking, calls
from ui.loading import Asked, about

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


def price(method: str, subject: Asked) -> Price | Ticket:
    """What an explanation will cost on this machine, or a ticket for what tells it, or failed to."""
    if not calls.slow(method):
        return Price(0.0, round(calls.counted()[method]))
    whole = method == WHOLE_WAY
    job = (
        about(explaining.way_price, subject.card, (subject.x,), subject.picture, "slow")
        if whole
        else about(explaining.forward_seconds, subject.card)
    )
    ticket = asking.ask_once(job)
    if not ticket.wait(0 if whole else asking.SOON) or ticket.failed:
        return ticket
    found = asking.desk().collect(ticket)
    if whole:
        pieces, seconds = found
        return Price(seconds, pieces, pieces=True)
    count = calls.counted().get(method, calls.MANY)
    return Price(count * found, round(count))
