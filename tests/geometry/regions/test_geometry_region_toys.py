"""Regions of toy networks known by hand, and of small ones by dense algebra and by linear programs."""

import math
from itertools import product

import numpy as np
import pytest
import torch
from scipy.optimize import linprog, minimize
from torch import Tensor, nn

import openbox
from openbox import Crossing, GateUnit
from openbox.geometry.regions import minimal
from openbox.geometry.regions.region import Region


class Square(nn.Module):
    """The region of the origin is |x| < 1, |y| < 1 and x + y < 1.5; x < 3 and x + y < 2.5 are redundant."""

    def __init__(self) -> None:
        super().__init__()
        self.walls = nn.Linear(2, 7)
        rows = [[1.0, 0], [-1, 0], [0, 1], [0, -1], [1, 1], [1, 0], [1, 1]]
        with torch.no_grad():
            self.walls.weight.copy_(torch.tensor(rows))
            self.walls.bias.copy_(torch.tensor([-1.0, -1, -1, -1, -1.5, -3, -2.5]))
        self.relu = nn.ReLU()

    def forward(self, x: Tensor) -> Tensor:
        return self.relu(self.walls(x))


def region(model: nn.Module, *x: float) -> Region:
    return openbox.capture(model, torch.zeros(1, len(x))).region(torch.tensor(x, dtype=torch.float64))


def unit(crossing: Crossing) -> GateUnit:
    assert crossing.gate is not None
    return crossing.gate


def test_a_square_with_a_corner_cut_off() -> None:
    at_origin = region(Square(), 0, 0)
    a, c = at_origin.halfspaces().a, at_origin.halfspaces().c
    assert a.shape == (7, 2)
    assert torch.equal(c, torch.tensor([1, 1, 1, 1, 1.5, 3, 2.5], dtype=torch.float64))
    facets = at_origin.minimal()
    assert [gate.channel for gate in facets.gates] == [0, 1, 2, 3, 4]
    assert torch.equal(facets.a, a[:5])
    assert torch.equal(facets.c, c[:5])
    within = at_origin.minimal(bounds=(-0.5, 2))
    assert [gate.channel for gate in within.gates] == [0, 2, 4]
    assert at_origin.chebyshev().radius == pytest.approx(1, abs=1e-9)
    ball = at_origin.chebyshev(bounds=(0, 2))  # touches both axes and the cut
    radius = 1.5 / (2 + math.sqrt(2))
    assert ball.radius == pytest.approx(radius, abs=1e-9)
    assert ball.centre.tolist() == [pytest.approx([radius, radius], abs=1e-9)]
    found = at_origin.facets(rays=2000)
    assert sorted(gate.unit for gate in found.gates) == [0, 1, 2, 3, 4]
    assert found.escaped == 0
    assert int(found.hits.sum()) == found.rays == 2000
    shares = dict(zip([gate.unit for gate in found.gates], (found.hits / 2000).tolist(), strict=True))
    # seen from the origin: a whole side takes a quarter of all directions, the cut what lies between its ends
    cut = 2 * (math.pi / 4 - math.atan(0.5)) / (2 * math.pi)
    assert shares[1] == pytest.approx(0.25, abs=0.04)
    assert shares[4] == pytest.approx(cut, abs=0.03)
    for gate, point in zip(found.gates, found.points, strict=True):
        assert abs(float(a[gate.unit] @ point + c[gate.unit])) <= 1e-12


def test_exit_of_the_square() -> None:
    at_origin = region(Square(), 0, 0)
    crossing = at_origin.exit(torch.tensor([2.0, 0.5]))
    assert crossing.step == 0.5
    assert crossing.gap == 0
    gate = unit(crossing)
    assert gate == GateUnit(0, "relu", "relu", 0, (), 0, 0, 1)
    assert gate.words() == "unit 0 of relu (relu) switches on"
    assert gate.words("the wall") == "unit 0 of the wall (relu) switches on"
    assert at_origin.exit(torch.tensor([1.0, 1.0])).step == 0.75
    inside = region(Square(), 0.25, -0.5)
    assert [inside.distance(n).step for n in (1, 2, math.inf)] == [0.5, 0.5, 0.5]
    assert unit(inside.distance()).unit == 3
    corner = region(Square(), 0.7, 0.7)
    assert corner.distance(1).step == pytest.approx(0.1)
    assert corner.distance(2).step == pytest.approx(0.1 / math.sqrt(2))
    assert corner.distance(math.inf).step == pytest.approx(0.05)


def test_a_region_without_end() -> None:
    far = region(Square(), 9, 9)
    assert math.isinf(far.exit(torch.tensor([1.0, 1.0])).step)
    assert far.exit(torch.tensor([1.0, 1.0])).gate is None
    with pytest.raises(openbox.InputError, match=r"region.chebyshev: the region is unbounded.*bounds="):
        far.chebyshev()
    assert far.chebyshev(bounds=(-10, 10)).radius == pytest.approx(3.5)  # 3 <= x <= 10
    assert [gate.unit for gate in far.minimal().gates] == [2, 5]
    with pytest.raises(openbox.InputError, match="no point of the region lies within the bounds"):
        far.chebyshev(bounds=(0, 1))


def test_on_a_border() -> None:
    """x = (1, 0): the wall is off there; outwards the step is 0, inwards it is not."""
    on = region(Square(), 1, 0)
    assert on.exit(torch.tensor([1.0, 0.0])).step == 0
    assert on.exit(torch.tensor([-1.0, 0.0])).step == 2
    assert on.distance().step == 0
    assert unit(on.distance()).unit == 0
    assert on.distance(ties=False).step == pytest.approx(0.5 / math.sqrt(2))
    assert sorted(gate.unit for gate in on.facets(rays=1000).gates) == [0, 1, 2, 3, 4]
    assert on.contains(torch.tensor([[0.0, 0.0], [1.0, 0.0], [1.1, 0.0]])).tolist() == [True, True, False]


def test_a_flat_region_is_refused() -> None:
    class Flat(nn.Module):
        def forward(self, x: Tensor) -> Tensor:
            return torch.relu(x) + torch.relu(-x)

    flat = region(Flat(), 0, 0)
    with pytest.raises(openbox.InputError, match="minimal: the region is flat"):
        flat.minimal()
    with pytest.raises(openbox.InputError, match="facets: x lies on 4 borders"):
        flat.facets()
    assert flat.chebyshev(bounds=(-1, 1)).radius == pytest.approx(0, abs=1e-9)


class Small(nn.Module):
    """Written for hand: two layers with a residual, a clamp, a leaky relu and overlapping maxima."""

    def __init__(self, inputs: int = 4) -> None:
        super().__init__()
        with torch.random.fork_rng(devices=[]):
            torch.manual_seed(3)
            self.one, self.two, self.three = nn.Linear(inputs, 8), nn.Linear(8, 8), nn.Linear(7, 5)
        self.double()

    def pieces(self, x: Tensor) -> tuple[Tensor, list[Tensor]]:
        """The output, and what every gate compares, each positive on this side."""
        one = self.one(x)
        hidden = nn.functional.leaky_relu(one, 0.1)
        two = self.two(hidden)
        middle = two.clamp(-0.3, 0.4) + hidden
        pairs = torch.maximum(middle[1:], middle[:-1])
        return self.three(pairs).relu(), [
            one,
            two + 0.3,
            0.4 - two,
            middle[1:] - middle[:-1],
            self.three(pairs),
        ]

    def forward(self, x: Tensor) -> Tensor:
        hidden = nn.functional.leaky_relu(self.one(x), 0.1)
        middle = nn.functional.hardtanh(self.two(hidden), -0.3, 0.4) + hidden
        return nn.functional.max_pool1d(middle[:, None], 2, 1)[:, 0].matmul(self.three.weight.T).add(
            self.three.bias).relu()  # fmt: skip


def by_autograd(model: Small, x: Tensor) -> tuple[np.ndarray, np.ndarray]:
    """Rows and offsets of what the gates compare, by PyTorch's own derivatives of the hand-written pieces."""
    values = torch.cat(model.pieces(x)[1]).detach()
    rows = torch.autograd.functional.jacobian(lambda p: torch.cat(model.pieces(p)[1]), x)
    assert isinstance(rows, Tensor)
    signs = values.sign()
    two = model.two(nn.functional.leaky_relu(model.one(x), 0.1)).detach()
    neighbour = torch.ones_like(values, dtype=torch.bool)  # beyond one border of a clamp the other is far
    neighbour[8:16], neighbour[16:24] = two < 0.4, two > -0.3
    rows, values = rows * signs[:, None], values * signs
    moves = neighbour & (rows.abs().sum(1) > 0)
    return rows[moves].numpy(), (values[moves] - rows[moves] @ x).detach().numpy()


@pytest.mark.parametrize("seed", range(6))
def test_a_small_network_against_dense_rows_and_linear_programs(seed: int) -> None:
    model = Small()
    x = torch.randn(4, generator=torch.Generator().manual_seed(seed), dtype=torch.float64)
    rows, offsets = by_autograd(model, x)
    found = openbox.capture(model, torch.zeros(1, 4, dtype=torch.float64)).region(x)
    a, c = (found.halfspaces().a.numpy(), found.halfspaces().c.numpy())
    assert sorted_rows(a, c) == pytest.approx(sorted_rows(rows, offsets), abs=1e-9)
    # the distance, by a program over all points of the border
    for norm in (1, 2, math.inf):
        expected = min(
            to_hyperplane(row, offset, x.numpy(), norm) for row, offset in zip(rows, offsets, strict=True)
        )
        assert found.distance(norm).step == pytest.approx(expected, rel=1e-5 if norm == 2 else 1e-8)
    # each row on its own: redundant if the others keep it from being negative
    expected = []
    for i in range(len(a)):
        others = np.delete(np.arange(len(a)), i)
        limits = [(-5, 5)] * 4
        least = linprog(a[i], -a[others], c[others], bounds=limits, method="highs-ds")
        assert least.status == 0
        if least.fun + c[i] < -1e-7:
            expected.append(i)
    facets = found.minimal(bounds=(-5, 5))
    assert np.abs(facets.a.numpy() - a[expected]).max(initial=0) == 0
    assert np.array_equal(facets.c.numpy(), c[expected])
    # shot facets are among them
    minimal = {(gate.layer, gate.unit, gate.after) for gate in found.minimal().gates}
    shot = found.facets(rays=300, seed=seed)
    assert {(gate.layer, gate.unit, gate.after) for gate in shot.gates} <= minimal
    # the ball: no corner of the cross-polytope and no random point of it leaves, and it touches
    ball = found.chebyshev(bounds=(-5, 5))
    noise = torch.randn(200, 4, generator=torch.Generator().manual_seed(9), dtype=torch.float64)
    points = ball.centre + (1 - 1e-6) * ball.radius * noise / noise.norm(dim=1, keepdim=True)
    assert bool(found.contains(points).all())
    assert bool((points.abs() <= 5).all())
    touches = (a @ ball.centre[0].numpy() + c) / np.linalg.norm(a, axis=1)
    walls = 5 - ball.centre.abs().max()
    assert min(touches.min(), float(walls)) == pytest.approx(ball.radius, abs=1e-8)


def sorted_rows(a: np.ndarray, c: np.ndarray) -> np.ndarray:
    both = np.column_stack((a, c)).round(10) + 0.0
    return both[np.lexsort(both.T)]


def to_hyperplane(row: np.ndarray, offset: float, x: np.ndarray, norm: float) -> float:
    """The smallest ||v|| with row (x + v) + offset = 0, by a solver."""
    size, value = len(x), float(row @ x + offset)
    if norm == 2:
        equal = {"type": "eq", "fun": lambda v: row @ v + value, "jac": lambda v: row}
        solved = minimize(
            lambda v: v @ v, np.zeros(size), jac=lambda v: 2 * v, constraints=[equal], tol=1e-14
        )
        return math.sqrt(solved.fun)
    bars = size if norm == 1 else 1  # |v_j| <= s_j, or all below one s
    cost = np.r_[np.zeros(size), np.ones(bars)]
    pick = np.eye(size) if norm == 1 else np.ones((size, 1))
    limits = np.vstack((np.hstack((np.eye(size), -pick)), np.hstack((-np.eye(size), -pick))))
    solved = linprog(cost, limits, np.zeros(2 * size), np.r_[row, np.zeros(bars)][None], [-value],
                     bounds=[(None, None)] * size + [(0, None)] * bars)  # fmt: skip
    assert solved.status == 0
    return float(solved.fun)


@pytest.mark.parametrize("rays", [1, 64])
def test_symmetric_polytopes_keep_all_their_facets(rays: int, monkeypatch: pytest.MonkeyPatch) -> None:
    """Rays into their corners cross several facets at once; redundant rows touch corners and edges."""
    monkeypatch.setattr(minimal, "_RAYS", rays)
    octahedron = np.array(list(product((-1.0, 1.0), repeat=3)))
    cube = np.vstack((np.eye(3), -np.eye(3)))
    a, c = np.vstack((octahedron, cube)), np.r_[np.ones(8), np.full(6, 1.0)]
    free = np.tile([-np.inf, np.inf], (3, 1))
    assert minimal.irredundant(a, c, free, None).tolist() == list(range(8))
    assert minimal.irredundant(a, np.r_[np.full(8, 3.0), np.ones(6)], free, None).tolist() == list(
        range(8, 14)
    )
    both = minimal.irredundant(a, np.r_[np.full(8, 2.0), np.ones(6)], free, None)
    assert both.tolist() == list(range(14))
    twice = np.vstack((a, 2 * a)), np.r_[np.full(8, 2.0), np.ones(6), np.full(8, 5.0), np.full(6, 2.0)]
    assert minimal.irredundant(*twice, free, None).tolist() == list(range(14))
    inside = np.tile([-0.6, 0.6], (3, 1))
    assert minimal.irredundant(a, np.r_[np.full(8, 1.7), np.ones(6)], inside, None).tolist() == list(range(8))


@pytest.mark.parametrize(("depth", "facets"), [(1e-3, 5), (1e-6, 5), (1e-10, 4)])
def test_a_corner_is_cut_off_if_it_is_deeper_than_a_hundred_millionth(depth: float, facets: int) -> None:
    sides = np.vstack((np.eye(2), -np.eye(2), [[-math.sqrt(0.5)] * 2]))
    offsets = np.r_[np.ones(4), math.sqrt(2) - depth]
    free = np.tile([-np.inf, np.inf], (2, 1))
    assert minimal.irredundant(sides, offsets, free, None).tolist() == list(range(facets))


def test_clamps_with_far_and_with_equal_borders() -> None:
    """A border at 1e9 does not set the scale of what counts as rounding; equal borders leave no middle."""

    class Clamps(nn.Module):
        def forward(self, x: Tensor) -> Tensor:
            return x.clamp(-1e9, 1e9) + x.clamp(1e-7, 3e38) + nn.functional.hardtanh(x, 0.5, 0.5)

    on = region(Clamps(), 0.3, 0.4)
    assert on.distance().step == pytest.approx(0.1, rel=1e-12)
    crossing = on.exit(torch.tensor([-1.0, 0.0]))
    assert crossing.step == pytest.approx(0.3 - 1e-7, rel=1e-12)
    gate = unit(crossing)
    assert (gate.kind, gate.before, gate.after) == ("clamp", 1, 0)
    jump = unit(on.exit(torch.tensor([0.0, 1.0])))
    assert (jump.kind, jump.before, jump.after) == ("hardtanh", 0, 2)


def test_corners_of_a_cube_all_at_once() -> None:
    """Six gates cross at the same step: the first in the network is named, whatever the signs."""

    class Cube(nn.Module):
        def forward(self, x: Tensor) -> Tensor:
            return x.abs() + torch.relu(x) + x.clamp(-2, 2)

    for signs in product((-1.0, 1.0), repeat=3):
        on = region(Cube(), *signs)
        crossing = on.exit(-torch.tensor(signs))
        assert crossing.step == 1
        gate = unit(crossing)
        assert (gate.layer, gate.unit, gate.kind) == (0, 0, "abs")


def test_a_unit_a_billion_times_smaller_than_its_layer_is_seen() -> None:
    class Uneven(nn.Module):
        def forward(self, x: Tensor) -> Tensor:
            return ((x - 1) * torch.tensor([1.0, 1e-9]).to(x)).relu()

    on = region(Uneven(), 0.25, 0.5)
    crossing = on.exit(torch.tensor([0.0, 1.0]))
    assert crossing.step == pytest.approx(0.5, rel=1e-9)
    assert unit(crossing).unit == 1
    assert on.distance().step == pytest.approx(0.5, rel=1e-9)
    assert len(on.halfspaces().a) == 2
