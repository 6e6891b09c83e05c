"""Corners, volumes and neighbours of regions: cubes made by hand, and areas of an exact slice."""

import pytest
import torch
from torch import Tensor, nn

import openbox


class Cube(nn.Module):
    """The region of a point in the unit cube is that cube; the space is cut by 0 and 1 in each coordinate."""

    def forward(self, x: Tensor) -> Tensor:
        return torch.cat((torch.relu(x), torch.relu(1 - x)), 1)


class Far(nn.Module):
    """Four gates that nothing within reach switches, and a wall at 0."""

    def forward(self, x: Tensor) -> Tensor:
        return torch.relu(x[:, :1]) + torch.relu(x + 100).sum(1, keepdim=True)


class Tied(nn.Module):
    """Two gates that exclude each other: flat at 0."""

    def forward(self, x: Tensor) -> Tensor:
        return torch.relu(x) + torch.relu(-x)


def at(model: nn.Module, *x: float) -> openbox.Region:
    return openbox.capture(model, torch.rand(2, len(x))).region(torch.tensor(x, dtype=torch.float64))


@pytest.mark.parametrize("size", [1, 2, 3, 5])
def test_a_cube(size: int) -> None:
    inside = at(Cube(), *[0.3] * size)
    corners = inside.vertices()
    assert corners.shape == (2**size, size)
    assert {tuple(corner) for corner in corners.round(decimals=9).tolist()} == set(
        map(tuple, torch.cartesian_prod(*[torch.tensor([0.0, 1.0])] * size).view(-1, size).tolist())
    )
    assert inside.volume() == pytest.approx(1, rel=1e-9)
    assert inside.volume((-1, 0.5)) == pytest.approx(0.5**size, rel=1e-9)
    found = inside.neighbours()
    assert found.facets.complete
    moved = [((region.x - 0.5).abs() > 0.5).nonzero()[:, 1].tolist() for _, region in found]
    assert sorted(moved) == sorted([[axis] for axis in range(size)] * 2), "each differs in one coordinate"
    for gate, region in found:
        assert not inside.contains(region.x)
        changed = region.exit((0.5 - region.x).clamp(-1, 1)).gate
        assert changed is not None
        assert (changed.unit, changed.layer) == (gate.unit, gate.layer)
        assert (changed.before, changed.after) == (gate.after, gate.before)


def test_corners_of_a_plane_are_in_order() -> None:
    x, y = at(Cube(), 0.3, 0.3).vertices().unbind(1)
    area = (x * y.roll(-1) - y * x.roll(-1)).sum() / 2
    assert float(area) == pytest.approx(1, rel=1e-9)


def test_without_end_flat_or_in_too_many_dimensions() -> None:
    out = at(Cube(), 1.3, 1.3)
    assert out.volume((-2, 3)) == pytest.approx(4, rel=1e-9)
    with pytest.raises(openbox.InputError, match=r"region.volume: the region is unbounded; pass bounds"):
        out.volume()
    with pytest.raises(openbox.InputError, match=r"region.vertices: .* unbounded"):
        at(Cube(), 0.3, 1.3).vertices()
    with pytest.raises(openbox.InputError, match="flat"):
        at(Tied(), 0.0, 0.5).volume((-1, 1))
    with pytest.raises(openbox.InputError, match="9 coordinates, more than the 8"):
        at(Cube(), *[0.3] * 9).volume()
    with pytest.raises(openbox.InputError, match="no point of the region lies within"):
        out.volume((-3, -2))


def test_areas_and_neighbours_are_those_of_the_slice() -> None:
    torch.manual_seed(0)
    layers = (nn.Linear(2, 8), nn.ReLU(), nn.Linear(8, 8), nn.ReLU(), nn.Linear(8, 2))
    net = openbox.capture(nn.Sequential(*layers), torch.rand(2, 2))
    zero, sides = torch.zeros(2, dtype=torch.float64), torch.eye(2, dtype=torch.float64)
    plane = net.slice(zero, sides[0], sides[1], 1.0)
    assert len(plane.polygons) > 10
    seen: set[frozenset[str]] = set()
    for name, area, x in zip(plane.region_ids, plane.areas, plane.inputs(plane.centres), strict=True):
        region = net.region(x)
        assert region.region_ids == [name]
        assert region.volume((-1, 1)) == pytest.approx(area, rel=1e-9)
        for _, other in region.neighbours(bounds=(-1, 1)):
            assert other.region_ids[0] in plane.region_ids
            seen ^= {frozenset((name, other.region_ids[0]))}
    assert not seen, "who is a neighbour has this one for a neighbour"


def test_neighbours_by_rays_say_so() -> None:
    found = at(Cube(), 0.3, 0.3, 0.3).neighbours(limit=5, rays=200)
    assert not found.facets.complete
    assert found.facets.rays == 200
    assert len({region.region_ids[0] for _, region in found}) == len(found) == 6


def test_no_facet_within_bounds_has_no_neighbour() -> None:
    assert len(at(Far(), 0.5, 0.5).neighbours(bounds=(0.1, 1))) == 0
    assert len(at(Far(), 0.5, 0.5).neighbours(bounds=(-1, 1))) == 1
