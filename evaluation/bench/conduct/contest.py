"""``Contest``: the methods of one cell, checked against each other on a few inputs, then timed in turn."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from torch import Tensor

from openbox.module.precision import exact_math

from .check import Gap, check, room
from .memory import limited
from .settings import Settings
from .timing import Timing, measure

Calls = Mapping[str, Callable[[], Tensor]]


@dataclass(frozen=True)
class Contest:
    """By method: ``first``, its calls on a few inputs, which are compared, and ``whole``, which are timed.

    ``reference`` computes the answer of ``ours`` on the few inputs; who is further from it than
    ``tolerance`` by ``gap`` is not timed.
    """

    first: Calls
    whole: Calls
    ours: str
    reference: Callable[[], Tensor]
    gap: Gap
    tolerance: float


@dataclass(frozen=True)
class Outcome:
    """By method what it took and how far it is from ours; ``free`` bytes were there, 0: no limit."""

    measurements: dict[str, Timing]
    deviations: dict[str, float | None]
    free: int


def hold(contest: Contest, settings: Settings, device: str, report: Callable[[str], None]) -> Outcome:
    """Check, then time who passed; whatever fails is a ``Timing`` with the failure."""
    free = room(device)
    with exact_math(), limited(free):
        found, deviations = check(
            contest.first, contest.ours, contest.reference, contest.gap, contest.tolerance, device, report
        )
        passed = {name: contest.whole[name] for name in found if not found[name].failure}
        found |= measure(passed, settings.repeats, settings.budget, device, report)
    return Outcome(found, deviations, free)
