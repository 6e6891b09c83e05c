"""Projections against SciPy's own solvers, and a linear classifier, where the answer is one of them."""

import math

import numpy as np
import pytest
import torch
from scipy.optimize import linprog, minimize
from torch import Tensor, nn

import openbox
from openbox.geometry.counterfactuals.polytope import nearest_in_polytope
from openbox.geometry.counterfactuals.projection import Domain, nearest_in_halfspaces

NORMS = (2.0, math.inf)


def oracle(domain: Domain, rows: Tensor, offsets: Tensor, inner: Tensor) -> float:
    """The distance, by SLSQP from a point inside (l2) or as one linear programme (linf)."""
    x, a, c = domain.centre.numpy(), rows.numpy(), offsets.numpy()
    n = len(x)
    box = list(zip(domain.lower.numpy(), domain.upper.numpy(), strict=True))
    if domain.norm == 2:
        inside = {"type": "ineq", "fun": lambda y: a @ y + c, "jac": lambda _: a}
        solved = minimize(
            lambda y: ((y - x) ** 2).sum(), inner.numpy(), jac=lambda y: 2 * (y - x), method="SLSQP",
            bounds=box, constraints=inside, options={"ftol": 1e-15, "maxiter": 500},
        )  # fmt: skip
        return math.sqrt(solved.fun)
    ones = np.ones((n, 1))
    inequalities = np.block([[-a, np.zeros((len(a), 1))], [np.eye(n), -ones], [-np.eye(n), -ones]])
    solved = linprog(
        np.append(np.zeros(n), 1), inequalities, np.concatenate((c, x, -x)), bounds=[*box, (0, None)]
    )
    return float(solved.fun)


def problem(seed: int, count: int) -> tuple[Tensor, Tensor, Tensor, Tensor]:
    """x, some of it at the border, unit rows, offsets, and a point of the box that satisfies them."""
    generator = torch.Generator().manual_seed(seed)

    def rand(*size: int) -> Tensor:
        return torch.rand(size, dtype=torch.float64, generator=generator)

    n = 2 + seed % 6
    x, inner, rows = rand(n), rand(n), 2 * rand(count, n) - 1
    rows = rows / rows.norm(dim=1, keepdim=True)
    return (x.round() if seed % 3 == 0 else x), rows, 0.05 * rand(count) - rows @ inner, inner


def box(x: Tensor, norm: float) -> Domain:
    return Domain(x, torch.zeros_like(x), torch.ones_like(x), norm)


@pytest.mark.parametrize("norm", NORMS)
def test_polytopes_in_a_box(norm: float) -> None:
    clipped = 0
    for seed in range(120):
        x, rows, offsets, inner = problem(seed, 1 + seed % 7)
        domain = box(x, norm)
        found = nearest_in_polytope(domain, rows, offsets, torch.zeros_like(offsets))
        distance = float(domain.distance(found.point[None]))
        assert distance == pytest.approx(oracle(domain, rows, offsets, inner), abs=1e-6)
        assert distance == pytest.approx(found.bound, abs=1e-9)
        assert float((rows @ found.point + offsets).min()) >= -1e-9
        assert 0 <= float(found.point.min()) <= float(found.point.max()) <= 1
        clipped += int(((found.point == 0) | (found.point == 1)).any())
    assert clipped > 40


@pytest.mark.parametrize("norm", NORMS)
def test_one_halfspace_in_a_box(norm: float) -> None:
    for seed in range(120):
        x, rows, offsets, inner = problem(seed, 1)
        domain = box(x, norm)
        points, distances = nearest_in_halfspaces(domain, rows, offsets)
        assert float(distances[0]) == pytest.approx(oracle(domain, rows, offsets, inner), abs=1e-6)
        assert torch.equal(distances, domain.distance(points))
        assert float(rows[0] @ points[0] + offsets[0]) >= -1e-14


@pytest.mark.parametrize("norm", NORMS)
def test_a_bound_that_no_point_undercuts_also_where_nothing_is_left(norm: float) -> None:
    x = torch.tensor([0.2, 0.3], dtype=torch.float64)
    row = torch.tensor([[0.6, 0.8]], dtype=torch.float64)
    points, distances = nearest_in_halfspaces(box(x, norm), row, torch.tensor([-1.5], dtype=torch.float64))
    assert float(distances) == math.inf
    assert torch.equal(points, torch.ones(1, 2, dtype=torch.float64))
    contradiction = torch.cat((row, -row))
    offsets = torch.tensor([-0.8, 0.7], dtype=torch.float64)
    assert nearest_in_polytope(box(x, norm), contradiction, offsets, torch.zeros(2).double()).bound > 1


@pytest.mark.parametrize("norm", NORMS)
def test_the_closed_form_without_bounds(norm: float) -> None:
    x, rows, offsets, _ = problem(4, 1)
    free = Domain(x, torch.full_like(x, -math.inf), torch.full_like(x, math.inf), norm)
    length = float(torch.linalg.vector_norm(rows[0], 2 if norm == 2 else 1))
    expected = max(0.0, -float(rows[0] @ x + offsets[0])) / length
    assert float(nearest_in_halfspaces(free, rows, offsets)[1]) == pytest.approx(expected, rel=1e-12)


@pytest.mark.parametrize("norm", NORMS)
@pytest.mark.parametrize("bounds", [(0.0, 1.0), None])
def test_a_linear_classifier(norm: float, bounds: tuple[float, float] | None) -> None:
    """Any other class: the nearest of K - 1 half-spaces; a given one: all K - 1 rows against it at once."""
    with torch.random.fork_rng():
        torch.manual_seed(3)
        model = nn.Linear(8, 4).double()
    weight, bias = model.weight.detach(), model.bias.detach()
    net = openbox.capture(model, torch.zeros(2, 8, dtype=torch.float64))
    generator = torch.Generator().manual_seed(1)
    at_border = 0
    for x in torch.rand((3, 8), generator=generator, dtype=torch.float64):
        low, high = bounds or (-10.0, 10.0)
        domain = Domain(x, torch.full_like(x, low), torch.full_like(x, high), norm)
        samples = low + (high - low) * torch.rand((20000, 8), generator=generator, dtype=torch.float64)
        classes = (samples @ weight.T + bias).argmax(1)
        label = int((weight @ x + bias).argmax())
        distances: dict[int, float] = {}
        for target in range(4):
            inner = samples[classes == target]
            if target == label or not len(inner):
                continue
            others = [k for k in range(4) if k != target]
            rows, offsets = weight[target] - weight[others], bias[target] - bias[others]
            distances[target] = oracle(domain, rows, offsets, inner[0])
            found = net.counterfactual(x, target, norm, bounds)
            assert found.certified
            assert found.target == target
            assert found.distance == pytest.approx(distances[target], rel=1e-6, abs=1e-7)
            at_border += int(((found.point == low) | (found.point == high)).any())
        assert len(distances) > 1
        found = net.counterfactual(x, None, norm, bounds)
        assert found.distance == pytest.approx(min(distances.values()), rel=1e-6, abs=1e-7)
        assert found.certified
        assert len(found.region_ids) == 1
    assert (at_border > 2) == (bounds is not None)
