"""What a crossing is called, regions of trained networks, brute force by hooks, and refusals."""

import math
import time

import pytest
import torch
from torch import Tensor, nn
from torch.nn import functional as F

import openbox
from openbox.geometry.regions.crossing import GateUnit, changes
from openbox.geometry.regions.distance import DUAL, lower_bounds, row_norms
from openbox.geometry.regions.region import Region
from openbox.zoo import load, load_checkpoint


class Plain(nn.Module):
    """A convolutional network of modules with hooks, overlapping pools and a residual branch."""

    def __init__(self) -> None:
        super().__init__()
        with torch.random.fork_rng(devices=[]):
            torch.manual_seed(1)
            self.conv, self.other = nn.Conv2d(1, 4, 3, padding=1), nn.Conv2d(4, 4, 3, padding=1)
            self.fc = nn.Linear(4 * 3 * 3, 6)
        self.relu, self.leaky, self.last = nn.ReLU(), nn.LeakyReLU(0.2), nn.ReLU()
        self.pool = nn.MaxPool2d(3, 2, return_indices=True)

    def forward(self, x: Tensor) -> Tensor:
        hidden = self.relu(self.conv(x))
        hidden = hidden + self.leaky(self.other(hidden))
        pooled, _ = self.pool(hidden)
        return self.last(self.fc(pooled.flatten(1)))


def signs(model: Plain, points: Tensor) -> Tensor:
    """What every gate module saw, as signs and winners, by forward hooks: (N, units)."""
    seen: list[Tensor] = []

    def sign(module: nn.Module, args: tuple[Tensor], output: Tensor) -> None:
        seen.append((args[0] > 0).flatten(1).long())

    def winner(module: nn.Module, args: tuple[Tensor], output: tuple[Tensor, Tensor]) -> None:
        seen.append(output[1].flatten(1))

    gates = (model.relu, model.leaky, model.last)
    handles = [module.register_forward_hook(sign) for module in gates]
    handles.append(model.pool.register_forward_hook(winner))
    try:
        with torch.no_grad():
            model(points)
    finally:
        for handle in handles:
            handle.remove()
    return torch.cat(seen, 1)


@pytest.mark.parametrize("seed", range(3))
def test_no_sample_of_a_ray_before_the_exit_has_another_pattern(seed: int) -> None:
    model = Plain().double().eval()
    net = openbox.capture(model, torch.zeros(1, 1, 7, 7, dtype=torch.float64))
    generator = torch.Generator().manual_seed(seed)
    x, direction = torch.randn(2, 1, 1, 7, 7, generator=generator, dtype=torch.float64).unbind(0)
    found = net.region(x)
    for ray in (direction, -direction, direction.flip(2), direction.flip(3)):
        crossing = found.exit(ray)
        steps = torch.linspace(0, 2 * crossing.step, 2001, dtype=torch.float64)
        steps = steps[(steps - crossing.step).abs() > 1e-9 * crossing.step]
        patterns = signs(model, x + steps.view(-1, 1, 1, 1) * ray)
        same = (patterns == patterns[0]).all(1)
        assert bool(same[steps < crossing.step].all())
        assert not bool(same[steps > crossing.step].any())


def test_names_of_a_chain() -> None:
    model = nn.Sequential(
        nn.Conv2d(1, 4, 3, padding=1),
        nn.ReLU(),
        nn.MaxPool2d(2),
        nn.Flatten(),
        nn.Linear(36, 5),
        nn.Hardtanh(),
    )
    with torch.no_grad():
        for tensor in model.parameters():
            tensor.copy_(torch.linspace(-1, 1, tensor.numel()).view(tensor.shape).sin() * 0.7)
    net = openbox.capture(model, torch.zeros(1, 1, 6, 6))
    view = net.view()
    x = torch.rand(2, 1, 6, 6, generator=torch.Generator().manual_seed(0), dtype=torch.float64)
    (_, one), (_, two) = view.record(x[:1]), view.record(x[1:])
    found = changes(view, one, two)
    assert changes(view, one, one) == []
    shapes = ((4, 6, 6), (4, 3, 3), (5,))
    for unit in found:
        shape = shapes[unit.layer]
        assert unit.module == ("1", "2", "5")[unit.layer]
        flat = 0
        assert unit.channel is not None
        for size, index in zip(shape, (unit.channel, *unit.position), strict=True):
            flat = flat * size + index
        assert flat == unit.unit
        mine, theirs = (decisions[unit.layer].flatten() for decisions in (one, two))
        assert (unit.before, unit.after) == (int(mine[flat]), int(theirs[flat]))
        if unit.layer == 1:
            _, winners = F.max_pool2d(model[:2](x[:1].float()), 2, return_indices=True)
            row, column = divmod(int(winners.flatten()[flat]), 6)
            assert f"moves from ({row}, {column}) to" in unit.words()
    assert len(found) == sum(int((a != b).sum()) for a, b in zip(one, two, strict=True))


@pytest.mark.parametrize(("unit", "words"), [
    (GateUnit(0, "3", "relu", 5, (3, 7), 9, 1, 0), "channel 5 of 3 (relu) at (3, 7) switches off"),
    (GateUnit(0, "3", "relu", 5, (3, 7), 9, 0, 1), "channel 5 of 3 (relu) at (3, 7) switches on"),
    (GateUnit(0, "fc", "leaky_relu", 5, (), 5, 0, 1), "unit 5 of fc (leaky_relu) turns positive"),
    (GateUnit(0, "", "abs", 2, (1,), 9, 1, 0), "channel 2 (abs) at 1 turns negative"),
    (GateUnit(0, "rnn", "relu", None, (17,), 17, 1, 0), "unit 17 of rnn (relu) switches off"),
    (GateUnit(0, "4", "max_pool2d", 4, (1, 2), 9, 17, 26, (7, 7)),
     "the maximum of window (1, 2), channel 4 of 4 (max_pool2d) moves from (2, 3) to (3, 5)"),
    (GateUnit(0, "p", "max_pool1d", 4, (1,), 9, 1, 2, (7,)),
     "the maximum of window 1, channel 4 of p (max_pool1d) moves from 1 to 2"),
    (GateUnit(0, "", "amin", 4, (), 4, 1, 2, (7,)),
     "the minimum (amin) for unit 4 moves from entry 1 to entry 2"),
    (GateUnit(0, "", "hardtanh", 4, (), 4, 1, 2),
     "unit 4 (hardtanh) moves from its middle piece to its high one"),
    (GateUnit(0, "", "threshold", 4, (), 4, 0, 1), "unit 4 (threshold) rises above its threshold"),
    (GateUnit(0, "", "ge", 4, (), 4, 0, 1), "unit 4 (ge) becomes true"),
    (GateUnit(0, "", "maximum", 4, (), 4, 0, 1),
     "unit 4 (maximum) takes its first operand instead of its second"),
])  # fmt: skip
def test_words(unit: GateUnit, words: str) -> None:
    assert unit.words() == words


def test_a_gate_with_the_batch_inside_has_a_flat_position() -> None:
    class TimeFirst(nn.Module):
        def forward(self, x: Tensor) -> Tensor:
            return F.relu(x.transpose(0, 1) - 0.5).transpose(0, 1).flatten(1)

    net = openbox.capture(TimeFirst(), torch.zeros(1, 3, 4))
    x = torch.zeros(3, 4, dtype=torch.float64)
    direction = torch.zeros(3, 4)
    direction[1, 2] = 1
    crossing = net.region(x).exit(direction)
    assert crossing.step == 0.5
    assert crossing.gate == GateUnit(0, "", "relu", None, (6,), 6, 0, 1)


@pytest.fixture(scope="module")
def digits() -> tuple[openbox.PiecewiseLinearNetwork, Tensor]:
    model = load_checkpoint("digits-cnn-seed0").model
    x = load("digits").batch(slice(0, 4))
    return openbox.capture(model, x), x.double()


def test_a_budget_brackets_the_distance(digits: tuple[openbox.PiecewiseLinearNetwork, Tensor]) -> None:
    net, x = digits
    generator = torch.Generator().manual_seed(0)
    for row in x:
        found = net.region(row + 0.01 * torch.rand(row.shape, generator=generator, dtype=torch.float64))
        for norm in (1, 2, math.inf):
            exact = found.distance(norm)
            assert exact.gap == 0
            gaps = []
            for budget in (4, 16, 48):
                bound = found.distance(norm, budget=budget)
                assert bound.step - bound.gap <= exact.step * (1 + 1e-9)
                assert exact.step <= bound.step * (1 + 1e-9)
                gaps.append(bound.gap)
            assert gaps[2] <= gaps[0]
            assert found.distance(norm, budget=64) == exact


def test_a_budget_too_small_to_find_the_nearest_border_says_how_far_it_may_be_off() -> None:
    model = nn.Sequential(nn.Linear(30, 100), nn.ReLU())
    with torch.no_grad():
        for seed, tensor in enumerate(model.parameters()):
            tensor.copy_(torch.randn(tensor.shape, generator=torch.Generator().manual_seed(seed)))
    net = openbox.capture(model, torch.zeros(1, 30))
    missed = 0
    for x in torch.randn(10, 30, generator=torch.Generator().manual_seed(2), dtype=torch.float64):
        found = net.region(x)
        for norm in (1, 2, math.inf):
            exact, bound = found.distance(norm), found.distance(norm, budget=3)
            assert bound.step - bound.gap <= exact.step * (1 + 1e-9)
            assert exact.step <= bound.step * (1 + 1e-9)
            missed += bound.step > exact.step * (1 + 1e-9)
    assert missed > 5


@pytest.mark.parametrize(("norm", "tight"), [(1, 0.05), (2, 0.3), (math.inf, 0.05)])
def test_bounds_of_all_distances_hold(
    digits: tuple[openbox.PiecewiseLinearNetwork, Tensor], norm: float, tight: float
) -> None:
    """No bound is above the distance of its margin, and they are not idle either."""
    net, x = digits
    cell = net.region(x[1]).local
    norms = row_norms(cell, DUAL[norm])
    exact = torch.cat([(m / n).flatten() for m, n in zip(cell.margins, norms, strict=True)])
    for probes in (2, 8, 64):
        bounds = lower_bounds(cell, DUAL[norm], probes, seed=probes)
        finite = exact.isfinite() & (exact > 0)
        share = bounds[finite] / exact[finite]
        assert float(share.max()) <= 1
        assert bool(bounds[exact.isinf()].isinf().all())
    assert float(share.median()) >= tight


def test_facets_of_a_trained_network_are_irredundant(
    digits: tuple[openbox.PiecewiseLinearNetwork, Tensor],
) -> None:
    """Each shot facet: a point there, moved across, changes that unit first and is inside all others."""
    net, x = digits
    found = net.region(x[0] + 0.01 * torch.rand(x[0].shape, generator=torch.Generator().manual_seed(1)))
    calls: list[tuple[int, int]] = []
    shot = found.facets(rays=200, seed=2, progress=lambda done, total: calls.append((done, total)))
    assert calls[-1] == (200, 200)
    assert int(shot.hits.sum()) + shot.escaped == 200
    assert shot.hits.tolist() == sorted(shot.hits.tolist(), reverse=True)
    a, c = found.halfspaces().a, found.halfspaces().c
    sides = shot.points.flatten(1) @ a.flatten(1).T + c
    assert bool((sides > -1e-9).all())
    assert bool((sides.abs().amin(1) < 1e-9).all())
    for gate, point in zip(shot.gates, shot.points, strict=True):
        outwards = point - shot.origin[0]
        assert found.exit(outwards).gate == gate
        assert found.exit(outwards).step == pytest.approx(1, rel=1e-9)
    again = found.facets(rays=200, seed=2)
    assert again.gates == shot.gates


def test_a_black_image_lies_on_many_borders(digits: tuple[openbox.PiecewiseLinearNetwork, Tensor]) -> None:
    net, x = digits
    black = net.region(torch.zeros_like(x[0]))
    ties = int(net.linearize(torch.zeros_like(x[:1]), classes=[0]).degenerate)
    assert ties > 0
    assert black.distance().step >= 0
    assert black.distance(ties=False).step > 0
    assert bool(black.contains(torch.zeros_like(x[:1])).all())


def test_progress_and_the_memory_of_row_norms(digits: tuple[openbox.PiecewiseLinearNetwork, Tensor]) -> None:
    net, x = digits
    calls: list[tuple[int, int]] = []
    before, net.memory_budget = net.memory_budget, 1  # one input at a time
    try:
        slow = net.region(x[0]).distance(progress=lambda *call: calls.append(call))
    finally:
        net.memory_budget = before
    assert calls == [(done, 64) for done in range(1, 65)]
    assert slow.step == pytest.approx(net.region(x[0]).distance().step, rel=1e-9)


def small() -> Region:
    return openbox.capture(nn.Sequential(nn.Linear(3, 4), nn.ReLU()), torch.zeros(1, 3)).region(torch.ones(3))


@pytest.mark.parametrize(("call", "message"), [
    (lambda r: r.exit(torch.zeros(3)), "region.exit: the direction is zero"),
    (lambda r: r.exit(torch.ones(4)), r"region.exit: direction has shape \(4,\); pass one input, \(3,\)"),
    (lambda r: r.exit(torch.ones(2, 3)), "region.exit: direction: got 2 inputs; pass one"),
    (lambda r: r.exit([1.0, 0, 0]), "region.exit: direction: got list; pass a torch.Tensor"),
    (lambda r: r.contains(torch.ones(3)), r"region.contains: points has shape \(3,\).*add a batch axis"),
    (lambda r: r.distance(3), "region.distance: norm is 3; pass 1, 2 or math.inf"),
    (lambda r: r.distance(budget=1), "region.distance: budget is 1; pass a whole number from 2 on"),
    (lambda r: r.halfspaces(limit=95),
     "4 half-spaces of 3 coordinates take 96 bytes, more than the limit of 95"),
    (lambda r: r.minimal(limit=3), r"region.minimal: 4 half-spaces are more than the limit of 3.*facets\(\)"),
    (lambda r: r.minimal(bounds=(1, 0)), "region.minimal: bounds: low must be below high"),
    (lambda r: r.minimal(bounds=3), "region.minimal: bounds is 3; pass"),
    (lambda r: r.chebyshev(bounds=(torch.zeros(4), 1)), r"numbers or tensors of shape \(3,\)"),
    (lambda r: r.facets(rays=0), "region.facets: rays is 0"),
])  # fmt: skip
def test_refusals(call: object, message: str) -> None:
    assert callable(call)
    with pytest.raises(openbox.InputError, match=message):
        call(small())


def test_refusals_of_region() -> None:
    net = openbox.capture(nn.Sequential(nn.Linear(3, 4), nn.ReLU()), torch.zeros(1, 3))
    with pytest.raises(openbox.InputError, match="region: x: got 2 inputs; pass one"):
        net.region(torch.zeros(2, 3))
    with pytest.raises(openbox.InputError, match="region: x holds NaN or infinity"):
        net.region(torch.full((3,), torch.nan))
    assert net.region(torch.ones(3)).x.dtype == torch.float64
    with torch.inference_mode():
        assert net.region(torch.ones(3)).distance().step > 0


def test_row_norms_cost_a_fraction_of_single_rows(
    digits: tuple[openbox.PiecewiseLinearNetwork, Tensor],
) -> None:
    """All rows by coordinates, against one backward pass for each of 200 of 4,000 rows; a wide margin."""
    net, x = digits
    found = net.region(x[0])
    found.distance()
    start = time.perf_counter()
    found.distance()
    ours = time.perf_counter() - start
    point = x[:1].clone().requires_grad_()
    margins = net.view().margins(point, found.local.pattern)[0]
    flat = torch.cat([m.flatten() for m in margins])
    start = time.perf_counter()
    for margin in flat[flat.isfinite()][:200]:
        torch.autograd.grad(margin, point, retain_graph=True)
    theirs = time.perf_counter() - start
    assert ours < int(flat.isfinite().sum()) / 200 * theirs / 4
