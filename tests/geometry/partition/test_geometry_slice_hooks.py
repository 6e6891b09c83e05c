"""Slices against what hooks on the plain modules see at tens of thousands of points."""

from functools import cache

import numpy as np
import pytest
import torch
from hooked import NETWORKS, network, patterns
from planes import check_partition, depth, holders, spread
from torch import nn

import openbox
from openbox.geometry.partition.slice import Slice
from openbox.zoo.checkpoints import load_checkpoint
from openbox.zoo.data import load

RIM = 1e-8
EXTENT = {"dense": 1.0, "bands": 1.0, "pools": 0.25, "residual": 0.2}


@cache
def found(name: str) -> tuple[nn.Module, Slice]:
    model, shape = network(name)
    generator = torch.Generator().manual_seed(5)
    plane = torch.randn((3, 1, *shape), generator=generator, dtype=torch.float64)
    origin, u, v = plane
    return model, openbox.capture(model, origin).slice(origin, u, v, EXTENT[name])


def grid(extent: float, side: int) -> np.ndarray:
    line = np.linspace(-extent, extent, side)
    return np.stack(np.meshgrid(line, line), -1).reshape(-1, 2)


@pytest.mark.parametrize("name", NETWORKS)
def test_each_cell_has_one_pattern_and_each_pattern_one_cell(name: str) -> None:
    model, window = found(name)
    check_partition(window)
    assert len(window.polygons) > 100
    assert window.covered == pytest.approx(1, abs=1e-12)
    centres = patterns(model, window.inputs(window.centres))
    assert len(np.unique(centres, axis=0)) == len(centres)
    points = np.concatenate((grid(window.extent, 91), spread(window, 4)[0]))
    cell = holders(window, points, RIM)
    assert (cell != -1).all(), "a hole"
    points, cell = points[cell >= 0], cell[cell >= 0]
    assert len(points) > 8_000
    assert set(cell) == set(range(len(centres)))
    assert (patterns(model, window.inputs(points)) == centres[cell]).all()


@pytest.mark.parametrize("name", NETWORKS)
def test_the_maps_are_the_module(name: str) -> None:
    model, window = found(name)
    points, cell = spread(window, 5, seed=1)
    with torch.no_grad():
        outputs = model(window.inputs(points)).numpy()
    ours = np.einsum("nkm,nm->nk", window.maps[cell].numpy(), np.c_[points, np.ones(len(points))])
    np.testing.assert_allclose(ours, outputs, rtol=0, atol=1e-11 * np.abs(outputs).max())
    assert window.error < 1e-11


@pytest.mark.parametrize("name", NETWORKS)
def test_on_the_decision_boundary_two_classes_tie_and_are_the_largest(name: str) -> None:
    model, window = found(name)
    assert len(window.boundary) > 3
    shares = np.array([0.0, 0.3, 0.5, 0.9, 1.0])[:, None, None]
    points = (1 - shares) * window.boundary[:, 0] + shares * window.boundary[:, 1]
    with torch.no_grad():
        outputs = model(window.inputs(points.reshape(-1, 2))).numpy().reshape(*points.shape[:2], -1)
    scale = np.abs(outputs).max()
    for side in range(2):
        tied = np.take_along_axis(outputs, window.boundary_classes[None, :, side, None], 2)[..., 0]
        np.testing.assert_allclose(tied, outputs.max(2), rtol=0, atol=1e-9 * scale)


@pytest.mark.parametrize("name", NETWORKS)
def test_wherever_the_decision_changes_a_boundary_is_crossed(name: str) -> None:
    model, window = found(name)
    side = 121
    points = grid(window.extent, side)
    with torch.no_grad():
        classes = model(window.inputs(points)).argmax(1).numpy()
    number = np.arange(side * side).reshape(side, side)
    pairs = [(number[:, :-1].ravel(), number[:, 1:].ravel()), (number[:-1].ravel(), number[1:].ravel())]
    here, there = (np.concatenate(ends) for ends in zip(*pairs, strict=True))
    changed = classes[here] != classes[there]
    assert changed.any()
    crossings = np.array([
        crossed(points[a], points[b], window.boundary)
        for a, b in zip(here[changed], there[changed], strict=True)
    ])  # fmt: skip
    assert (crossings > 0).all()
    same = np.flatnonzero(~changed)[::97]
    crossings = np.array([crossed(points[here[i]], points[there[i]], window.boundary) for i in same])
    assert (crossings > 0).mean() < 0.05, "a corner of a class lies between few neighbours of the grid"


def crossed(a: np.ndarray, b: np.ndarray, segments: np.ndarray) -> int:
    """How many of the segments (E, 2, 2) the way from a to b meets."""

    def side(origin: np.ndarray, to: np.ndarray, points: np.ndarray) -> np.ndarray:
        d, e = to - origin, points - origin
        return d[..., 0] * e[..., 1] - d[..., 1] * e[..., 0]

    p, q = segments[:, 0], segments[:, 1]
    slack = 1e-12
    apart = side(a, b, p) * side(a, b, q) <= slack
    return int((apart & (side(p, q, a) * side(p, q, b) <= slack * slack)).sum())


def test_a_limit_keeps_the_cells_around_the_origin() -> None:
    model, window = found("dense")
    told: list[tuple[int, float]] = []
    net = openbox.capture(model, window.origin)
    part = net.slice(
        window.origin, window.u, window.v, window.extent, limit=40, progress=lambda *now: told.append(now)
    )
    check_partition(part)
    assert len(part.polygons) == 40
    assert 0 < part.covered < 1
    assert set(part.region_ids) < set(window.region_ids)
    number = part.cell((0.0, 0.0))
    whole = window.cell((0.0, 0.0))
    assert number is not None
    assert whole is not None
    assert part.region_ids[number] == window.region_ids[whole]
    assert told[-1] == (40, pytest.approx(part.covered))
    assert [count for count, _ in told] == sorted(count for count, _ in told)
    areas = dict(zip(window.region_ids, window.areas, strict=True))
    for name, area in zip(part.region_ids, part.areas, strict=True):
        assert area == pytest.approx(areas[name], rel=1e-6)


def away(polygon: np.ndarray) -> float:
    """How far a convex polygon lies from (0, 0), edge by edge."""
    if (depth(polygon, np.zeros((1, 2))) >= 0).all():
        return 0.0
    ends = zip(polygon, np.roll(polygon, -1, 0), strict=True)
    shares = ((a, b - a, min(1.0, max(0.0, float(a @ (a - b)) / float((b - a) @ (b - a))))) for a, b in ends)
    return min(float(np.hypot(*(a + share * edge))) for a, edge, share in shares)


@pytest.mark.parametrize("limit", [1, 7, 90])
@pytest.mark.parametrize("name", ["dense", "pools"])
def test_a_limit_keeps_the_nearest_cells(name: str, limit: int) -> None:
    model, window = found(name)
    net = openbox.capture(model, window.origin)
    part = net.slice(window.origin, window.u, window.v, window.extent, limit=limit)
    nearest = sorted(zip(map(away, window.polygons), window.region_ids, strict=True))[:limit]
    assert set(part.region_ids) == {name for _, name in nearest}


def test_real_digits_through_a_trained_network() -> None:
    model = load_checkpoint("digits-cnn-seed0").model.double()
    x = load("digits").batch(slice(0, 3)).double()
    net = openbox.capture(model, x)
    window = net.slice(x[0], x[1] - x[0], x[2] - x[0], 0.01)
    check_partition(window)
    assert window.covered == pytest.approx(1, abs=1e-12)
    assert window.error < 1e-12
    centres = patterns(model, window.inputs(window.centres))
    assert len(np.unique(centres, axis=0)) == len(centres) > 50
    points, cell = spread(window, 4)
    held = holders(window, points, RIM)
    assert (held[held >= 0] == cell[held >= 0]).all()
    inside = held >= 0
    assert inside.mean() > 0.9
    assert (patterns(model, window.inputs(points[inside])) == centres[cell[inside]]).all()
    assert window.region_ids == net.linearize(window.inputs(window.centres), classes=[0]).region_ids
