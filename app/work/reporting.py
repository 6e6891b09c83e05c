"""``report``: how a job says how far it is, wherever it runs."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar

from language.mark import mark

CELLS = mark("{number} cells of the window")
CHANGE = mark("looking for the nearest change of the decision: {number} away")
Tell = Callable[[float, str], None]
_told: ContextVar[Tell | None] = ContextVar("told", default=None)


def report(share: float, text: str = "") -> None:
    """Say that this share of the job is done, and what it is at."""
    tell = _told.get()
    if tell is not None:
        tell(min(1.0, share), text)


@contextmanager
def reporting(tell: Tell) -> Iterator[None]:
    """Inside, ``report`` calls ``tell``."""
    token = _told.set(tell)
    try:
        yield
    finally:
        _told.reset(token)
