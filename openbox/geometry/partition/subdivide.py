"""Cut a window of one or two dimensions into the regions of a network, gate by gate.

Not by stepping from a region to its neighbours: whatever is cut off a cell stays a cell, so nothing is
missed, nothing is found twice, and cells that agree on the first gates go through them together. Two limits
stand for rounding, ``WIDTH`` and ``NOISE`` in ``tolerances``: cells thinner than 1e-11 of the window are not
told apart, nor are units that are 1e-12 times smaller than the largest number their gate reads.
"""

from collections.abc import Iterator, Sequence

import numpy as np
import torch
from torch import Tensor

from openbox.errors import InputError
from openbox.geometry.partition.convex import Array, distances
from openbox.geometry.partition.frontier import Frontier, passed
from openbox.geometry.partition.layouts import live_layouts
from openbox.geometry.partition.leaves import Leaves, joined
from openbox.geometry.partition.stage import Stage
from openbox.geometry.view import View
from openbox.program.patterns import no_decision

TOGETHER, FEW = 128, 32  # cells that go through the network at once; few, where far ones may not be wanted


def subdivide(
    view: View, base: Tensor, directions: Tensor, window: Array, nearest_first: bool = False
) -> Iterator[Leaves]:
    """All regions of the window {base + sum_i y_i directions[i], y in ``window``}, a few at a time.

    base (*input_shape), directions (m, *input_shape), window (V, m), within [-1, 1]: m is 1 or 2.
    ``nearest_first``: in the order of their distance from y = 0, which takes longer.
    """
    corners = len(directions) + 1
    count = max(1, min(FEW if nearest_first else TOGETHER, view.at_once // corners))
    layouts = live_layouts(view.program, view.constants, view.input_shape, base.device)
    stages = [Stage(step.layout, nearest_first) for step in view.program.gates]
    points = torch.cat((base[None], base + directions))
    interpreter = view.program.interpreter(points.repeat(count, *(1,) * base.ndim), view.constants)
    frontier = Frontier(interpreter, interpreter.advance(), window[None], [no_decision()], count)
    late: list[Leaves] = []  # found, but something that waits may be nearer
    level: int | None = 0
    while level is not None:
        if frontier.step is None:
            late.append(_leaves(frontier, view))
        else:
            stages[level].arrive(frontier, layouts)
        level = _next(stages, count, nearest_first)
        while level is not None and stages[level].waiting < count and stages[level].cuts:
            stages[level].cut()
            level = _next(stages, count, nearest_first)
        if late:
            near, late = _split(late, min((stage.distance for stage in stages), default=np.inf))
            yield near
        if level is not None:
            frontier = passed(stages[level].take(count), layouts, stages[level].layout, count)
            level += 1


def _next(stages: Sequence[Stage], count: int, nearest_first: bool) -> int | None:
    """The stage of the nearest cell; or the deepest one with a full batch, or that cuts, or with anything."""
    if nearest_first:
        level = min(range(len(stages)), key=lambda i: (stages[i].distance, -i), default=None)
        return level if level is not None and stages[level].distance < np.inf else None
    for wanted in (
        lambda stage: stage.waiting >= count,
        lambda stage: stage.cuts,
        lambda stage: stage.waiting > 0,
    ):
        for level in range(len(stages) - 1, -1, -1):
            if wanted(stages[level]):
                return level
    return None


def _leaves(frontier: Frontier, view: View) -> Leaves:
    """The output on cells that are through all gates."""
    output = view.program.result(frontier.interpreter).view(frontier.count, frontier.corners, -1)[
        : len(frontier.cells)
    ]
    values = output.transpose(1, 2).cpu().numpy()
    if not np.isfinite(values).all():
        raise InputError("the network's output is NaN or infinite in a region")
    functions = np.concatenate((values[..., :1], values[..., 1:] - values[..., :1]), 2)
    return Leaves(frontier.cells, functions, [digest.hexdigest() for digest in frontier.digests])


def _split(late: list[Leaves], bound: float) -> tuple[Leaves, list[Leaves]]:
    """Those within ``bound`` of the origin, in order, and the rest."""
    whole = joined(late)
    if bound == np.inf:
        return whole, []
    far = distances(whole.cells)
    order = np.argsort(far, kind="stable")
    reached = int((far <= bound).sum())
    return whole.part(order[:reached]), [whole.part(order[reached:])]
