"""Where the decision, the largest output, changes inside cells on which the outputs are affine."""

import numpy as np
from numpy.typing import NDArray

from openbox.geometry.partition.convex import Array
from openbox.geometry.partition.envelope import Indices, Pieces, cut, undecided
from openbox.geometry.tolerances import NOTHING, ON_LINE


def by_class(cells: Array, functions: Array) -> tuple[Array, Indices, Indices]:
    """The parts (p, V, m) of the cells (n, V, m) in which one output is the largest.

    ``functions`` (n, K, m + 1), constant first. Also returns the cell that each part lies in, and its class;
    where outputs are equal throughout, that is the lowest.
    """
    rivals = -functions / np.abs(functions).max(axis=(1, 2), keepdims=True, initial=NOTHING)
    split = np.flatnonzero(undecided(cells, rivals))
    pieces = Pieces(cells, np.arange(len(cells)), split, split)
    while len(pieces.cell):
        pieces = cut(pieces, rivals)[0]
    inside = pieces.vertices.mean(1)
    heights = _values(functions[pieces.owner], inside[:, None])[..., 0]
    return pieces.vertices, pieces.owner, heights.argmax(1)


def boundary(cells: Array, functions: Array) -> tuple[Array, Indices]:
    """The decision boundary in two-dimensional cells: segments (E, 2, 2), and the two classes (E, 2)."""
    parts, owner, winner = by_class(cells, functions)
    mine = functions[owner]
    gaps = mine - mine[np.arange(len(mine)), winner][:, None]
    slopes = np.sqrt((gaps[..., 1:] ** 2).sum(2))
    on_line = np.abs(_values(gaps, parts)) <= ON_LINE * slopes[..., None]  # (p, K, V)
    following = np.roll(parts, -1, 1)
    long = ((following - parts) ** 2).sum(2) > 0
    edges = on_line & np.roll(on_line, -1, 2) & long[:, None] & (slopes > 0)[..., None]
    here = np.zeros((len(cells), mine.shape[1]), bool)  # the classes that win somewhere in a cell
    here[owner, winner] = True
    inside = edges & here[owner][..., None]
    part, rival, vertex = np.nonzero(inside & (np.arange(mine.shape[1]) > winner[:, None])[..., None])
    segments = np.stack((parts[part, vertex], following[part, vertex]), 1)
    between, classes = _between(parts, winner, edges & ~inside, long)
    pairs = np.stack((winner[part], rival), 1)
    return np.concatenate((segments, between)), np.concatenate((pairs, classes))


def _between(
    parts: Array, winner: Indices, tied: NDArray[np.bool_], long: NDArray[np.bool_]
) -> tuple[Array, Indices]:
    """Where the decision changes exactly on the border of two cells: a maximum or a ReLU among the outputs.

    ``tied`` (p, K, V): edges along which a class ties with the part's own, and wins at most beyond them.
    """
    segments, classes = [], []
    following = np.roll(parts, -1, 1)
    for part, vertex in np.argwhere(tied.any(1)):
        start, along = parts[part, vertex], following[part, vertex] - parts[part, vertex]
        length = float(np.sqrt((along**2).sum()))
        to, back = parts - start, following - start
        others = following - parts
        lengths = np.sqrt((others**2).sum(2))
        by_mine = np.maximum(np.abs(_cross(along, to)), np.abs(_cross(along, back))) / length
        ends = np.maximum(np.abs(_cross(others, to)), np.abs(_cross(others, to - along)))
        by_theirs = ends / np.where(long, lengths, 1.0)
        close = long & (np.where(lengths > length, by_theirs, by_mine) <= ON_LINE) & (others @ along < 0)
        first, last = np.maximum(0.0, back @ along / length), np.minimum(length, to @ along / length)
        for other, k in np.argwhere(close & (last - first > ON_LINE)):
            mine, its = winner[part], winner[other]
            if tied[part, its, vertex] and (mine < its or not tied[other, mine, k]):  # once, not from both
                span = np.array([first[other, k], last[other, k]]) / length
                segments.append(start + span[:, None] * along)
                classes.append((min(mine, its), max(mine, its)))
    return np.array(segments).reshape(-1, 2, 2), np.array(classes, dtype=np.int64).reshape(-1, 2)


def _cross(a: Array, b: Array) -> Array:
    return a[..., 0] * b[..., 1] - a[..., 1] * b[..., 0]


def _values(functions: Array, points: Array) -> Array:
    """(n, K, m + 1) at (n, V, m) -> (n, K, V)."""
    return functions[..., :1] + np.einsum("nkm,nvm->nkv", functions[..., 1:], points)
