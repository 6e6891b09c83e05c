"""Where the decision, the largest output, changes inside cells on which the outputs are affine."""

import numpy as np

from openbox.geometry.convex import Array
from openbox.geometry.envelope import Indices, Pieces, cut, undecided

ON_LINE = 1e-9  # of the window: how far the end of a boundary may lie from the line that it was clipped by


def by_class(cells: Array, functions: Array) -> tuple[Array, Indices, Indices]:
    """The parts (p, V, m) of the cells (n, V, m) in which one output is the largest.

    ``functions`` (n, K, m + 1), constant first. Also returns the cell that each part lies in, and its class;
    where outputs are equal throughout, that is the lowest.
    """
    rivals = -functions / np.abs(functions).max(axis=(1, 2), keepdims=True, initial=1e-300)
    split = np.flatnonzero(undecided(cells, rivals))
    pieces = Pieces(cells, np.arange(len(cells)), split, split)
    while len(pieces.cell):
        pieces = cut(pieces, rivals)[0]
    inside = pieces.vertices.mean(1)
    heights = _values(functions[pieces.owner], inside[:, None])[..., 0]
    return pieces.vertices, pieces.owner, heights.argmax(1)


def boundary(cells: Array, functions: Array) -> tuple[Array, Indices]:
    """The decision boundary inside two-dimensional cells: segments (E, 2, 2), and the two classes (E, 2)."""
    parts, owner, winner = by_class(cells, functions)
    several = np.bincount(owner, minlength=len(cells))[owner] > 1
    parts, mine, winner = parts[several], functions[owner[several]], winner[several]
    gaps = mine - mine[np.arange(len(mine)), winner][:, None]
    slopes = np.sqrt((gaps[..., 1:] ** 2).sum(2))
    on_line = np.abs(_values(gaps, parts)) <= ON_LINE * slopes[..., None]  # (p, K, V)
    following = np.roll(parts, -1, 1)
    long = ((following - parts) ** 2).sum(2) > 0
    edges = on_line & np.roll(on_line, -1, 2) & long[:, None]
    part, rival, vertex = np.nonzero(edges & (np.arange(mine.shape[1]) > winner[:, None])[..., None])
    segments = np.stack((parts[part, vertex], following[part, vertex]), 1)
    return segments, np.stack((winner[part], rival), 1)


def _values(functions: Array, points: Array) -> Array:
    """(n, K, m + 1) at (n, V, m) -> (n, K, V)."""
    return functions[..., :1] + np.einsum("nkm,nvm->nkv", functions[..., 1:], points)
