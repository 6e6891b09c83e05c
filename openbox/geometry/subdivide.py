"""Cut a window of one or two dimensions into the regions of a network, gate by gate.

Not by stepping from a region to its neighbours: whatever is cut off a cell stays a cell, so nothing is
missed, nothing is found twice, and cells that agree on the first gates go through them together. Two limits
stand for rounding, ``WIDTH`` and ``NOISE`` in ``envelope``: cells thinner than 1e-11 of the window are not
told apart, nor are units that are 1e-12 times smaller than the largest number their gate reads.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

import numpy as np
import torch
from torch import Tensor

from openbox.errors import InputError
from openbox.geometry.convex import Array, distances
from openbox.geometry.envelope import Pieces, cut
from openbox.geometry.front import Front, Opened, Ready, open_front, passed
from openbox.geometry.layouts import Layouts, live_layouts
from openbox.geometry.view import View
from openbox.patterns import no_decision
from openbox.step import Layout

TOGETHER = 128  # cells that go through the network at once
GROUP, NEAR_GROUP = 256, 16  # cells that are cut at once; few, if those near y = 0 are wanted first


@dataclass(frozen=True)
class Leaves:
    """``cells`` (n, V, m) in the coordinates of the window, the output on each as affine ``functions``
    (n, K, m + 1), constant first, and the ``ids`` of their regions."""

    cells: Array
    functions: Array
    ids: list[str]


@dataclass
class _Stage:
    """What waits at one gate: cells that it may still cut, and cells that may pass.

    ``sorted``: those near the origin of the window first.
    """

    layout: Layout
    sorted: bool
    cutting: list[tuple[Opened, Pieces]] = field(default_factory=list)
    ready: list[Ready] = field(default_factory=list)

    @property
    def waiting(self) -> int:
        return sum(len(some.owner) for some in self.ready)


def subdivide(
    view: View, base: Tensor, directions: Tensor, window: Array, near_first: bool = False
) -> Iterator[Leaves]:
    """All regions of the window {base + sum_i y_i directions[i], y in ``window``}, a few at a time.

    base (*input_shape), directions (m, *input_shape), window (V, m), within [-1, 1]: m is 1 or 2.
    ``near_first``: regions close to y = 0 come early, which costs some time.
    """
    corners = len(directions) + 1
    count = max(1, min(TOGETHER, view.at_once // corners))
    layouts = live_layouts(view.program, view.constants, view.input_shape, base.device)
    stages = [_Stage(step.layout, near_first) for step in view.program.gates]
    points = torch.cat((base[None], base + directions))
    walk = view.program.walk(points.repeat(count, *(1,) * base.ndim), view.constants)
    front = Front(walk, walk.advance(), window[None], [no_decision()], count)
    yield from _arrive(front, 0, stages, layouts, view)
    while (level := _next(stages, count)) is not None:
        stage = stages[level]
        if stage.waiting >= count or not stage.cutting:
            front = passed(_take(stage, count), layouts, stage.layout, count)
            yield from _arrive(front, level + 1, stages, layouts, view)
        else:
            _cut(stage)


def _next(stages: Sequence[_Stage], count: int) -> int | None:
    """The deepest gate with a full batch, else the deepest that cuts, else the deepest with anything."""
    for wanted in (
        lambda stage: stage.waiting >= count,
        lambda stage: bool(stage.cutting),
        lambda stage: stage.waiting > 0,
    ):
        for level in range(len(stages) - 1, -1, -1):
            if wanted(stages[level]):
                return level
    return None


def _arrive(front: Front, level: int, stages: list[_Stage], layouts: Layouts, view: View) -> Iterator[Leaves]:
    if front.step is None:
        output = view.program.result(front.walk).view(front.count, front.corners, -1)[: len(front.cells)]
        values = output.transpose(1, 2).cpu().numpy()
        if not np.isfinite(values).all():
            raise InputError("segment, slice: the network's output is NaN or infinite in a region")
        functions = np.concatenate((values[..., :1], values[..., 1:] - values[..., :1]), 2)
        yield Leaves(front.cells, functions, [digest.hexdigest() for digest in front.digests])
        return
    _sort(stages[level], *open_front(front, layouts, stages[level].layout), whole=True)


def _sort(stage: _Stage, opened: Opened, pieces: Pieces, whole: bool) -> None:
    """Cells that nothing cuts are ready; the others wait, nearest to the middle on top."""
    order = np.argsort(distances(pieces.vertices), kind="stable") if stage.sorted else np.arange(len(pieces))
    uncut = np.bincount(pieces.cell, minlength=len(pieces))[order] == 0
    ready, rest = order[uncut], order[~uncut]
    if len(ready):
        stage.ready.append(Ready(opened, pieces.owner[ready], pieces.vertices[ready], whole))
    group = NEAR_GROUP if stage.sorted else GROUP
    for start in reversed(range(0, len(rest), group)):
        stage.cutting.append((opened, pieces.part(rest[start : start + group])))


def _cut(stage: _Stage) -> None:
    opened, pieces = stage.cutting.pop()
    _sort(stage, opened, cut(pieces, opened.functions)[0], whole=False)


def _take(stage: _Stage, count: int) -> list[Ready]:
    """Those that have waited longest, or the nearest of them."""
    if stage.sorted:
        stage.ready.sort(key=lambda some: distances(some.cells[:1])[0])
    taken: list[Ready] = []
    while count and stage.ready:
        some = stage.ready.pop(0)
        taken.append(Ready(some.opened, some.owner[:count], some.cells[:count], some.whole))
        if len(some.owner) > count:
            rest = Ready(some.opened, some.owner[count:], some.cells[count:], some.whole)
            stage.ready.insert(0, rest)
        count -= len(taken[-1].owner)
    return taken
