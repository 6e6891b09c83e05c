"""Checking before timing: who answers another thing than this library is not timed; what a row says."""

from collections.abc import Callable, Mapping

import numpy as np
from torch import Tensor

from .memory import free_memory
from .settings import Settings
from .timing import OUT_OF_MEMORY, Timing, warm_up

RESERVE = 2**31  # bytes of memory that a method must leave to the machine
Gap = Callable[[str, Tensor, Tensor], float | None]  # method, its answer, ours: None if it has none to check


def check(
    calls: Mapping[str, Callable[[], Tensor]],
    ours: str,
    reference: Callable[[], Tensor],
    gap: Gap,
    tolerance: float,
    device: str,
    report: Callable[[str], None],
) -> tuple[dict[str, Timing], dict[str, float | None]]:
    """Warm up every method and compare its answer with ours, which ``reference`` computes.

    A ``Timing`` with a failure is not to be timed.
    """
    found = {name: Timing() for name in calls}
    deviations: dict[str, float | None] = dict.fromkeys(calls)
    report(f"check {ours}")
    try:
        expected = warm_up(reference, device)
    except Exception as error:  # any failure is a note: nothing is timed unchecked
        own = Timing()
        own.fail(error)
        for name in calls:
            found[name].failure = f"not timed: {ours} failed the check ({own.failure})"
        return found, deviations
    for name, call in calls.items():
        if name == ours:
            continue
        report(f"check {name}")
        try:
            result = warm_up(call, device)
        except Exception as error:  # a rival may fail in any way: its row says how
            found[name].fail(error)
            continue
        deviations[name] = far = gap(name, result, expected)
        if far is not None and not far <= tolerance:
            found[name].failure = f"wrong: deviates by {far:.1e} from {ours}; not timed"
    return found, deviations


def room(device: str) -> int:
    """Bytes that methods may take on a CPU; 0, no limit, elsewhere."""
    return free_memory() - RESERVE if device == "cpu" else 0


def ratios(above: list[float], below: list[float]) -> list[float]:
    """Quotients round by round; none if one of the two was not timed."""
    return [a / b for a, b in zip(above, below, strict=True)] if above and below else []


def quartiles(values: list[float]) -> tuple[float | None, float | None, float | None]:
    """Median, first and third quartile to four digits; three times None of no values."""
    if not values:
        return None, None, None
    q1, median, q3 = np.quantile(values, [0.25, 0.5, 0.75])
    return rounded(median), rounded(q1), rounded(q3)


def note(measurement: Timing, settings: Settings, free: int) -> str:
    """Why a row has no numbers, or fewer repetitions than asked for."""
    if measurement.failure == OUT_OF_MEMORY and free > 0:
        return f"{OUT_OF_MEMORY} ({free / 2**30:.1f} GiB were free)"
    if measurement.failure or len(measurement.seconds) == settings.repeats:
        return measurement.failure
    return f"{len(measurement.seconds)} of {settings.repeats} repetitions: budget {settings.budget:g} s"


def rounded(value: float | None) -> float | None:
    """To four digits."""
    return None if value is None else float(f"{value:.4g}")
