"""What slices are tested by: which polygon holds a point, and how far it is from its border."""

import numpy as np
from numpy.typing import NDArray

from openbox.geometry.partition.slice import Slice

Array = NDArray[np.float64]


def depth(polygon: Array, points: Array) -> Array:
    """The distance (M,) of points (M, 2) from the nearest line through an edge; negative outside."""
    ahead = np.roll(polygon, -1, 0) - polygon
    ahead = ahead / np.sqrt((ahead**2).sum(1, keepdims=True))
    here = points[:, None] - polygon
    return (ahead[:, 0] * here[..., 1] - ahead[:, 1] * here[..., 0]).min(1)


def holders(found: Slice, points: Array, rim: float) -> NDArray[np.int64]:
    """The cell of each point (M, 2); -1 for none, -2 for points that are within ``rim`` of a border."""
    cell = np.full(len(points), -1)
    for number, polygon in enumerate(found.polygons):
        low, high = polygon.min(0) - rim, polygon.max(0) + rim
        close = np.flatnonzero(((points >= low) & (points <= high)).all(1))
        far_in = depth(polygon, points[close])
        inside, border = close[far_in > rim], close[np.abs(far_in) <= rim]
        assert (cell[inside] < 0).all(), "two cells overlap"
        cell[inside] = number
        cell[border[cell[border] == -1]] = -2
    return cell


def check_partition(found: Slice) -> None:
    """Convex, counterclockwise, of positive area, together as large as ``covered`` says; unique ids."""
    for polygon in found.polygons:
        edges = np.roll(polygon, -1, 0) - polygon
        following = np.roll(edges, -1, 0)
        turns = edges[:, 0] * following[:, 1] - edges[:, 1] * following[:, 0]
        assert len(polygon) >= 3
        assert (edges != 0).any(1).all(), "a corner twice"
        assert turns.min() >= -1e-10 * found.extent**2
        assert np.abs(polygon).max() <= found.extent
    assert (found.areas > 0).all()
    window = 4 * found.extent**2
    assert abs(found.areas.sum() / window - found.covered) <= 1e-9
    assert len(set(found.region_ids)) == len(found.region_ids) == len(found.polygons) == len(found.maps)


def spread(found: Slice, each: int, seed: int = 0) -> tuple[Array, NDArray[np.int64]]:
    """Random points inside every polygon, and the polygons."""
    generator = np.random.default_rng(seed)
    points = [generator.dirichlet(np.ones(len(p)), each) @ p for p in found.polygons]
    return np.concatenate(points), np.repeat(np.arange(len(found.polygons)), each)
