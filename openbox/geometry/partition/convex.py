"""Convex cells of one or two dimensions, many at once: clip them, measure them, find a point inside.

``vertices`` is (n, V, m): the two ends of an interval (m = 1), or the corners of a polygon in
counterclockwise order (m = 2), where shorter lists repeat their last corner.
"""

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]
Mask = NDArray[np.bool_]


def clip(vertices: Array, heights: Array, tolerance: float) -> Array:
    """The parts of n cells in which an affine function is not negative; ``heights`` (n, V) at the vertices.

    A vertex within ``tolerance`` counts as lying on the border, so that no cut passes close to it twice.
    Cells without a part keep some vertex, and have no size.
    """
    heights = np.where(np.abs(heights) <= tolerance, 0.0, heights)
    inside = heights >= 0
    if vertices.shape[2] == 1:
        return _clip_intervals(vertices, heights, inside)
    following, next_heights = np.roll(vertices, -1, 1), np.roll(heights, -1, 1)
    cut = heights * next_heights < 0
    span = np.where(cut, heights - next_heights, 1.0)
    crossings = vertices + (heights / span)[..., None] * (following - vertices)
    both = np.stack((vertices, crossings), 2).reshape(len(vertices), 2 * vertices.shape[1], 2)
    inside &= (following != vertices).any(2)  # drop what only filled up a shorter list
    kept = np.stack((inside, cut), 2).reshape(len(vertices), 2 * vertices.shape[1])
    return _compact(both, kept)


def _clip_intervals(vertices: Array, heights: Array, inside: Mask) -> Array:
    cut = inside[:, 0] != inside[:, 1]
    span = np.where(cut, heights[:, 0] - heights[:, 1], 1.0)
    root = vertices[:, 0] + (heights[:, 0] / span)[:, None] * (vertices[:, 1] - vertices[:, 0])
    root = np.where(cut[:, None], root, vertices[:, 0])
    return np.where(inside[..., None], vertices, root[:, None])


def _compact(vertices: Array, kept: Mask) -> Array:
    """The kept vertices in their order, the last one repeated up to the largest number."""
    counts = kept.sum(1)
    order = np.argsort(~kept, 1, kind="stable")[:, : max(1, int(counts.max(initial=1)))]
    order = np.where(np.arange(order.shape[1]) < counts[:, None], order, -1)
    last = np.take_along_axis(order, np.maximum(counts - 1, 0)[:, None], 1)
    order = np.maximum(np.where(order < 0, last, order), 0)
    return np.take_along_axis(vertices, order[..., None], 1)


def sizes(vertices: Array) -> Array:
    """Lengths or areas (n,)."""
    if vertices.shape[2] == 1:
        return vertices[:, 1, 0] - vertices[:, 0, 0]
    edges = vertices[:, 1:] - vertices[:, :1]  # relative to a corner: areas of small cells keep their digits
    a, b = edges[:, :-1], edges[:, 1:]
    return 0.5 * (a[..., 0] * b[..., 1] - a[..., 1] * b[..., 0]).sum(1)


def centres(vertices: Array) -> Array:
    """A point well inside each cell, (n, m): its centre of mass."""
    if vertices.shape[2] == 1:
        return vertices.mean(1)
    edges = vertices[:, 1:] - vertices[:, :1]
    a, b = edges[:, :-1], edges[:, 1:]
    weights = a[..., 0] * b[..., 1] - a[..., 1] * b[..., 0]
    total = weights.sum(1, keepdims=True)
    flat = total <= 0
    weights = np.where(flat, 1.0, weights) / np.where(flat, max(1, weights.shape[1]), total)
    return vertices[:, 0] + ((a + b) / 3 * weights[..., None]).sum(1)


def radii(vertices: Array, centre: Array) -> Array:
    """The distance (n,) from ``centre`` (n, m) to the farthest vertex."""
    return np.sqrt(((vertices - centre[:, None]) ** 2).sum(2).max(1, initial=0.0))


def stack(cells: list[Array]) -> Array:
    """Several lists of cells as one."""
    widest = max(part.shape[1] for part in cells)
    return np.concatenate([_widen(part, widest) for part in cells])


def _widen(vertices: Array, width: int) -> Array:
    missing = width - vertices.shape[1]
    return np.concatenate((vertices, np.repeat(vertices[:, -1:], missing, 1)), 1) if missing else vertices


def distances(vertices: Array) -> Array:
    """How far each cell (n,) lies from the origin; 0 if it holds it."""
    if vertices.shape[2] == 1:
        return np.maximum(0.0, np.maximum(vertices[:, 0, 0], -vertices[:, 1, 0]))
    ahead = np.roll(vertices, -1, 1) - vertices
    squares = (ahead**2).sum(2)
    share = np.clip(-(vertices * ahead).sum(2) / np.where(squares > 0, squares, 1.0), 0.0, 1.0)
    nearest = np.sqrt(((vertices + share[..., None] * ahead) ** 2).sum(2)).min(1)
    left = vertices[..., 0] * ahead[..., 1] - vertices[..., 1] * ahead[..., 0] >= 0
    return np.where(left.all(1), 0.0, nearest)
