"""Cut convex cells where the smallest of some affine functions changes: every gate is that, and the decision.

A unit whose margins to its neighbouring pieces are ``m_1 .. m_J`` is in its own piece where
``min(0, m_1, .., m_J)`` is 0, and in neighbour j's where it is ``m_j``.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from openbox.geometry.partition.convex import Array, Mask, clip, stack
from openbox.geometry.tolerances import NOISE, WIDTH

Indices = NDArray[np.int64]


@dataclass(frozen=True, eq=False)
class Pieces:
    """p cells (p, V, m) of the parent cells ``owner`` (p,), and who may still cut them: pairs of a cell
    and a unit, sorted by cell."""

    vertices: Array
    owner: Indices
    cell: Indices
    unit: Indices

    def __len__(self) -> int:
        return len(self.owner)

    def part(self, chosen: Indices) -> "Pieces":
        """The chosen cells, in that order."""
        place = np.full(len(self.owner), -1)
        place[chosen] = np.arange(len(chosen))
        cell = place[self.cell]
        order = np.argsort(cell, kind="stable")
        order = order[cell[order] >= 0]
        return Pieces(self.vertices[chosen], self.owner[chosen], cell[order], self.unit[order])


def cut(pieces: Pieces, functions: Array) -> tuple[Pieces, Indices]:
    """Cut each cell by its first unit and drop the units that no longer cut a child.

    ``functions`` (units, J + 1, m + 1) hold each unit's affine functions (constant, slopes), scaled to be at
    most 1 in size. Returns the children, which tile their parents, and which of the parents each came from.
    """
    active, first = np.unique(pieces.cell, return_index=True)
    parents = pieces.vertices[active]
    rivals = functions[pieces.unit[first]]
    found, origin = _parts(parents, rivals)
    idle = np.setdiff1d(np.arange(len(pieces)), active)
    vertices = stack([found, pieces.vertices[idle]])
    parent = np.concatenate((active[origin], idle))

    rest = np.ones(len(pieces.cell), bool)
    rest[first] = False
    cell, unit = _inherited(pieces.cell[rest], pieces.unit[rest], parent, len(pieces))
    alive = undecided(vertices[cell], functions[unit])
    return Pieces(vertices, pieces.owner[parent], cell[alive], unit[alive]), parent


def _parts(cells: Array, functions: Array) -> tuple[Array, Indices]:
    """The parts of each cell in which one function is the smallest, and the cells they came from."""
    parts, origins = [], []
    count = functions.shape[1]
    whole = np.arange(len(cells))
    for k in range(count):
        part, left = cells, whole
        for i in range(count):
            if i != k and len(left):
                heights, flat = _lead(functions[left, i] - functions[left, k], part)
                level = heights[:, 0]
                inside = np.where(flat, (level > NOISE) | ((np.abs(level) <= NOISE) & (i > k)), False)
                inside |= ~flat & (heights.max(1) > WIDTH)
                heights[flat] = 1.0
                part = clip(part[inside], heights[inside], WIDTH)
                left = left[inside]
        parts.append(part)
        origins.append(left)
    origin = np.concatenate(origins)
    counts = np.bincount(origin, minlength=len(cells))
    several = counts[origin] > 1
    whole = np.flatnonzero(counts <= 1)  # one part, or none but slivers: the cell stays as it is
    return stack([stack(parts)[several], cells[whole]]), np.concatenate((origin[several], whole))


def _lead(function: Array, cells: Array) -> tuple[Array, Mask]:
    """Values at the vertices in units of distance; as they are where the function is ``flat`` (n,)."""
    slope = np.sqrt((function[:, 1:] ** 2).sum(1))
    flat = slope <= NOISE
    values = function[:, :1] + (cells @ function[:, 1:, None])[..., 0]
    return values / np.where(flat, 1.0, slope)[:, None], flat


def undecided(cells: Array, functions: Array) -> Mask:
    """Whether the smallest function changes within each cell: (n, V, m), (n, J + 1, m + 1) -> (n,)."""
    inside = cells.mean(1)
    heights = functions[:, :, 0] + (functions[:, :, 1:] @ inside[..., None])[..., 0]
    smallest = np.take_along_axis(functions, heights.argmin(1)[:, None, None], 1)  # if one is, it is here too
    gaps = functions - smallest
    lowest = gaps[:, :, 0] + (gaps[:, :, 1:] @ cells.transpose(0, 2, 1)).min(2)
    slopes = np.sqrt((gaps[..., 1:] ** 2).sum(2))
    return (lowest < -(WIDTH * slopes + NOISE)).any(1)


def _inherited(cell: Indices, unit: Indices, parent: Indices, parents: int) -> tuple[Indices, Indices]:
    """The pairs (child, unit) for all units of a child's parent; ``cell`` is sorted."""
    counts = np.bincount(cell, minlength=parents)
    starts = np.cumsum(counts) - counts
    mine = counts[parent]
    children = np.repeat(np.arange(len(parent)), mine)
    within = np.arange(len(children)) - np.repeat(np.cumsum(mine) - mine, mine)
    return children, unit[starts[parent][children] + within]
