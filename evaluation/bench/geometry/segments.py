"""Part ``segment`` of ``bench geometry``: all breakpoints between two inputs, against a forward pass each."""

from collections.abc import Callable

import torch
from torch import Tensor

from openbox.geometry.partition.segment import Segment

from ..conduct.contest import Contest
from .passes import passes
from .task import OURS, Counts, PreparedNetwork, Task, inputs

FLOOR = "forward"


def segment_task(subject: PreparedNetwork, data: str) -> Task:
    """The floor passes as many inputs as there are breakpoints, in batches of the network's fastest size."""
    a, b = inputs(data, 2, subject.entry).to(subject.device).split(1)
    found: list[Segment] = []

    def ours() -> Tensor:
        found[:] = [subject.net.segment(a, b)]
        return found[0].logits

    def forward() -> Tensor:
        """The module at the breakpoints."""
        some = found[0].t.split(subject.entry.chunk)
        with torch.no_grad():
            return torch.cat([subject.module(found[0].points(t)) for t in some])

    def facts(name: str) -> Counts:
        count = len(found[0].t)
        return Counts(count, count, passes(calls[name], forward))

    calls: dict[str, Callable[[], Tensor]] = {FLOOR: forward, OURS: ours}
    contest = Contest(calls, calls, OURS, ours, _gap, 1e-9)
    return Task("segment", subject, data, "two inputs", contest, FLOOR, facts)


def _gap(_: str, result: Tensor, expected: Tensor) -> float:
    return float((result - expected).abs().max() / expected.abs().max())
