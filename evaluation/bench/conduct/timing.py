"""Timing: all methods in turn, round by round, so that whatever drifts hits all of them alike."""

import math
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

import torch
from torch import Tensor

from .memory import is_out_of_memory

OUT_OF_MEMORY = "out of memory"
WARM_UP = 0.2  # seconds
SHORTEST = 0.05  # seconds: a shorter call is repeated within a repetition, and the mean is taken


@dataclass
class Timing:
    """What one method took, one number a repetition, or why there is none."""

    seconds: list[float] = field(default_factory=list)
    failure: str = ""

    def fail(self, error: Exception) -> None:
        """Say why in one line, and keep no number of a method that failed once."""
        self.seconds.clear()
        if is_out_of_memory(error):
            self.failure = OUT_OF_MEMORY
            return
        lines = str(error).strip().splitlines()
        self.failure = f"{type(error).__name__}: {lines[0] if lines else ''}".rstrip(": ")


def measure(
    calls: Mapping[str, Callable[[], object]],
    repeats: int,
    budget: float,
    device: str,
    report: Callable[[str], None],
) -> dict[str, Timing]:
    """Time every call ``repeats`` times, one of each in a round, each round in another order.

    Fewer rounds if the next one would not fit into ``budget`` seconds, but one at least. A call that
    raises is a ``Timing`` with the failure; the others go on. The device is synchronised
    before the clock is read. Warm up before.
    """
    found = {name: Timing() for name in calls}
    times: dict[str, int] = {}
    started = time.perf_counter()
    for number in range(repeats):
        names = [name for name in calls if not found[name].failure]
        turn = number % max(1, len(names))
        for name in names[turn:] + names[:turn]:
            report(f"{name} {number + 1}/{repeats}")
            try:
                seconds = _seconds(calls[name], times.get(name, 1), device)
                if name not in times:  # the first call of all decides, and counts if it is long enough
                    times[name] = max(1, math.ceil(SHORTEST / seconds))
                    if times[name] > 1:
                        seconds = _seconds(calls[name], times[name], device)
            except Exception as error:  # a rival may fail in any way: its row says how
                found[name].fail(error)
                continue
            found[name].seconds.append(seconds)
        spent = time.perf_counter() - started
        if spent * (number + 2) / (number + 1) > budget:
            break
    return found


def warm_up(call: Callable[[], Tensor], device: str) -> Tensor:
    """Call until ``WARM_UP`` seconds have passed, once at least; returns what the last call returned."""
    started = time.perf_counter()
    while True:
        result = call()
        _synchronise(device)
        if time.perf_counter() - started >= WARM_UP:
            return result


def _seconds(call: Callable[[], object], times: int, device: str) -> float:
    _synchronise(device)
    started = time.perf_counter()
    for _ in range(times):
        call()
    _synchronise(device)
    return (time.perf_counter() - started) / times


def _synchronise(device: str) -> None:
    if device == "cuda":
        torch.cuda.synchronize()
