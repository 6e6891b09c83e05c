"""Laws of regions over every case of the table: what lies beyond a border is what was said to."""

import math
from typing import Any

import pytest
import torch
from cases import CASES, gates, maxima, pools
from opened import batch, opened
from torch import Tensor

from openbox.geometry.regions.crossing import changes, units_at
from openbox.geometry.regions.region import Region
from openbox.network import PiecewiseLinearNetwork
from openbox.program.step import Step

PARTS = {*gates.TABLE, *maxima.TABLE, *(name for name in pools.TABLE if "max" in name)}
PARTS |= {
    "cnn",
    "resnet20",
    "overlapping pool",
    "zero weights",
    "duplicated channels",
    "linear",
    "leaky relu",
}
PARTS |= {
    "where between layers",
    "mask of a gate",
    "rnn, time first",
}  # the others differ in affine operations
every_case = pytest.mark.parametrize(
    "name", [pytest.param(name, marks=() if name in PARTS else pytest.mark.long) for name in CASES]
)
JUMPS = {"gt", "ge", "lt", "le", "threshold", "hardshrink", "max", "min"}  # behind them anything may follow
NEAR = 1e-7  # relative steps before and after a crossing
INPUTS = (0, 2, 3)  # random, bordered, black
STILL = {"zero weights", "zeros before every gate", "maximum and minimum of equals", "amax of one value"}


def some(name: str, seed: int) -> list[tuple[Region, Tensor]]:
    """Regions of inputs with and without ties, and a random direction for each."""
    _, net = opened(name)
    generator = torch.Generator().manual_seed(seed)
    rows = batch(name, torch.float64)[list(INPUTS)]
    noise = torch.randn(rows.shape, generator=generator, dtype=torch.float64)
    return [(net.region(row), direction) for row, direction in zip(rows, noise, strict=True)]


@every_case
def test_exit_is_the_first_change_and_names_the_unit_that_changed(name: str) -> None:
    """Before the step all gates decide as at x; after it the named unit decides as ``after`` says.

    In a continuous network nobody else has changed but units whose margins vanish at the same step.
    """
    _, net = opened(name)
    view = net.view()
    for region, direction in some(name, 5):
        crossing = region.exit(direction)
        if crossing.gate is None:
            assert math.isinf(crossing.step)
            assert bool(region.contains(region.x + 1e3 * direction).all())
            continue
        step, at_x = crossing.step, region.local.pattern
        after = region.x + (step * (1 + NEAR) + 1e-9 * (step == 0)) * direction
        changed = changes(view, at_x, view.record(after)[1])
        assert (crossing.gate.layer, crossing.gate.unit) in [(unit.layer, unit.unit) for unit in changed]
        if step == 0:  # of several tied margins one is named
            continue
        shares = torch.tensor([1e-3, 0.5, 1 - NEAR], dtype=torch.float64)
        inside = region.x + step * shares.view(-1, *(1,) * direction.ndim) * direction
        assert bool(region.contains(inside).all()), crossing
        assert crossing.gate in changed
        assert changed[0].layer == crossing.gate.layer
        if not jumps(net):
            margins = view.margins(region.x + step * direction, at_x)[0]
            for unit in changed:
                assert abs(float(margins[unit.layer][0, unit.unit].min())) <= 1e-9 * region.local.reach, unit


def jumps(net: PiecewiseLinearNetwork) -> bool:
    return any(step.gate.kind in JUMPS for step in net.program.gates)


@every_case
def test_every_margin_says_what_lies_beyond_it(name: str) -> None:
    """Of every gate some units are followed along a ray to their own first change, whoever changes before:
    then they decide as was said."""
    checked = 0
    for region, direction in some(name, 6):
        cell = region.local
        here, there = ([m[0] for m in cell.view.margins(x, cell.pattern)[0]]
                       for x in (region.x, region.x + direction))  # fmt: skip
        places, steps = [], []
        for layer, (start, end) in enumerate(zip(here, there, strict=True)):
            speed = torch.where(start.isfinite(), start - end, 0.0)
            reached = torch.where(speed > 1e-9, start / speed, torch.inf)
            first = torch.cat((reached, torch.full_like(reached[:, :1], torch.inf)), 1).sort(1)
            alone = first.values[:, 0].isfinite() & (first.values[:, 0] > 1e-6)
            alone &= first.values[:, 1] > first.values[:, 0] * (1 + 1e-3)
            for unit in alone.nonzero().flatten()[:: max(1, int(alone.sum()) // 4)].tolist():
                places.append((layer, unit, int(first.indices[unit, 0])))
                steps.append(float(first.values[unit, 0]) * (1 + 1e-6))
        if not places:
            continue
        times = torch.tensor(steps, dtype=torch.float64).view(-1, *(1,) * direction.ndim)
        taken = frozen(region, region.x + times * direction)
        for row, unit in enumerate(units_at(cell, torch.tensor(places))):
            assert int(taken[unit.layer][row, unit.unit]) == unit.after, unit
            assert unit.before != unit.after
        checked += len(places)
    assert checked or not opened(name)[1].program.gates or name in STILL


def frozen(region: Region, points: Tensor) -> list[Tensor]:
    """What each gate would decide at points (P, *shape) if all before it stayed as they are: (P, units)."""
    view, found = region.local.view, []
    pattern = view.repeat(region.local.pattern, len(points))
    given = iter(pattern)

    def note(step: Step, args: tuple[Any, ...]) -> Any:
        found.append(step.layout.rows(step.gate.decide(*args), len(points)))
        return step.gate.apply(next(given), *args)

    view.program.run(points, note, view.constants)
    return found


@every_case
def test_contains_is_equality_of_region_ids(name: str) -> None:
    _, net = opened(name)
    x = batch(name, torch.float64)[list(INPUTS)]
    noise = torch.randn(x.shape, generator=torch.Generator().manual_seed(7), dtype=torch.float64)
    points = torch.cat([x + size * noise for size in (0.0, 1e-6, 1e-2)])
    ids = net.linearize(points, classes=[0]).region_ids
    for row in range(len(x)):
        assert net.region(x[row]).contains(points).tolist() == [found == ids[row] for found in ids]


@every_case
def test_halfspaces_bound_the_region_and_the_nearest_is_at_the_distance(name: str) -> None:
    """All A p + c > 0: the same region. One negative: another. The least over ||A|| is the distance."""
    for region, direction in some(name, 8):
        a, c = region.halfspaces().a, region.halfspaces().c
        rows = a.flatten(1)
        left = rows @ region.x.flatten() + c
        assert bool((left >= -1e-9).all())
        sizes = torch.logspace(-8, 1, 12, dtype=torch.float64).view(-1, *(1,) * direction.ndim)
        points = torch.cat((region.x + sizes * direction, region.x - sizes * direction))
        sides = points.flatten(1) @ rows.T + c
        clear = (sides.abs() > 1e-9).all(1)
        assert torch.equal((sides[clear] > 0).all(1), region.contains(points)[clear])
        for norm, dual in ((1, math.inf), (2, 2), (math.inf, 1)):
            crossing = region.distance(norm)
            assert crossing.gap == 0
            least = float((left / torch.linalg.vector_norm(rows, dual, 1)).min()) if len(c) else math.inf
            assert crossing.step == pytest.approx(max(0.0, least), rel=1e-9, abs=1e-9)
            assert (crossing.gate is None) == (len(c) == 0)
