"""Part ``slice`` of ``bench geometry``: regions a second in windows of growing size, and a naive rival."""

from collections.abc import Callable

import torch
from torch import Tensor

from ..conduct.contest import Contest
from .naive_slice import naive_slice
from .task import OURS, Counts, PreparedNetwork, Task, inputs

NAIVE = "naive"
_TOLERANCE = 0.01  # of the number of regions: the sketch steps over slivers


def slice_task(subject: PreparedNetwork, data: str, extent: float, rival: bool) -> Task:
    """The plane through three inputs, the window |s|, |t| <= ``extent`` around the first one."""
    corners = inputs(data, 3, subject.entry).to(subject.device)
    plane = corners[:1], corners[1:2] - corners[:1], corners[2:] - corners[:1]
    counts: dict[str, int] = {}

    def ours() -> Tensor:
        found = subject.net.slice(*plane, extent)
        counts[OURS] = len(found.region_ids)
        return torch.tensor([float(counts[OURS]), found.covered])

    def naive() -> Tensor:
        with torch.no_grad():
            counts[NAIVE], covered = naive_slice(subject.net.view(), *plane, extent)
        return torch.tensor([float(counts[NAIVE]), covered])

    def facts(name: str) -> Counts:
        return Counts(counts[name], counts[name])

    calls: dict[str, Callable[[], Tensor]] = {OURS: ours}
    if rival:
        calls = {NAIVE: naive, **calls}
    contest = Contest(calls, calls, OURS, ours, _gap, _TOLERANCE)
    return Task("slice", subject, data, f"extent {extent:g}", contest, NAIVE, facts)


def _gap(_: str, result: Tensor, expected: Tensor) -> float:
    """In the number of regions, relative, and in the share of the window."""
    count, covered = (float(gap) for gap in (result - expected).abs())
    return max(count / float(expected[0]), covered)
