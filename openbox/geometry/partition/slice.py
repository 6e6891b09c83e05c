"""``Slice``: the exact partition of a two-dimensional window into the regions of a network."""

from dataclasses import dataclass

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from openbox.display.table import table
from openbox.errors import InputError, shown
from openbox.geometry.partition.convex import Array, centres, sizes
from openbox.geometry.partition.decision import boundary
from openbox.geometry.partition.envelope import Indices
from openbox.geometry.partition.leaves import Leaves, joined
from openbox.geometry.partition.subdivide import subdivide
from openbox.geometry.tolerances import PARALLEL
from openbox.geometry.view import View
from openbox.progress import OnRegions
from openbox.shapes import whole

CHECKED = 256  # points at which the affine maps are compared with the module


@dataclass(frozen=True, eq=False, repr=False)
class Slice:
    """The regions of a network on the window |s|, |t| <= ``extent`` of origin + s u + t v, in float64.

    ``polygons``: C arrays (P, 2) of corners (s, t), counterclockwise, which do not overlap; ``region_ids``
    (C), each once; ``maps`` (C, K, 3): on a cell logits = maps @ (s, t, 1). Places in the plane are arrays,
    what the network says is a tensor. ``boundary`` (E, 2, 2): segments
    on which the two classes ``boundary_classes`` (E, 2) tie for the decision. ``covered``: the share of the
    window that the cells cover, 1 unless a ``limit`` stopped the search. ``error``: the largest deviation of
    a map from the module itself, relative to its largest logit, at 256 random points spread over the cells.
    """

    origin: Tensor
    u: Tensor
    v: Tensor
    extent: float
    polygons: list[Array]
    region_ids: list[str]
    maps: Tensor
    boundary: Array
    boundary_classes: Indices
    covered: float
    error: float

    def __repr__(self) -> str:
        return (
            f"Slice({len(self.polygons)} regions, {self.covered:.1%} of the window, {len(self.boundary)} "
            f"segments of decision boundary, error {self.error:.1e})"
        )

    def _repr_html_(self) -> str:
        units = {
            "extent": "half the side of the window, in u and v",
            "region_ids": "one a region",
            "boundary": "segments on which two classes tie, (s, t)",
            "covered": "share of the window",
            "error": "largest gap to the module, relative to its largest logit",
        }
        return table(self, units)

    @property
    def centres(self) -> Array:
        """A point (C, 2) inside each cell."""
        return np.array([centres(polygon[None])[0] for polygon in self.polygons]).reshape(-1, 2)

    @property
    def areas(self) -> Array:
        """(C,) in units of s t."""
        return np.array([sizes(polygon[None])[0] for polygon in self.polygons])

    def inputs(self, points: Array) -> Tensor:
        """The inputs (M, *input_shape) at points (M, 2) of the plane."""
        s, t = torch.from_numpy(np.asarray(points, dtype=float)).to(self.origin).unbind(1)
        shape = (-1, *(1,) * (self.origin.ndim - 1))
        return self.origin + s.view(shape) * self.u + t.view(shape) * self.v

    def cell(self, point: tuple[float, float]) -> int | None:
        """Which cell holds the point (s, t); None outside, and where ``limit`` stopped the search."""
        for index, polygon in enumerate(self.polygons):
            ahead, here = np.roll(polygon, -1, 0) - polygon, np.asarray(point) - polygon
            if bool((ahead[:, 0] * here[:, 1] - ahead[:, 1] * here[:, 0] >= 0).all()):
                return index
        return None


def check_window(u: Tensor, v: Tensor, extent: float, limit: int | None) -> None:
    """Raise ``InputError`` unless u and v (1, *input_shape) span a plane and the window has a size."""
    for name, direction in (("u", u), ("v", v)):
        if not bool(direction.any()):
            raise InputError(f"{name} is zero; pass a direction, such as another input minus origin")
    if not isinstance(extent, float | int) or not 0 < extent < float("inf"):
        raise InputError(
            f"extent is {shown(extent)}; pass a positive number: the window is |s|, |t| <= extent"
        )
    if limit is not None and (whole(limit) or 0) < 1:
        raise InputError(f"limit is {shown(limit)}; pass a number of regions, or None for all")
    a, b = (direction.flatten() / direction.norm() for direction in (u, v))
    if float((a - (a @ b) * b).norm()) <= PARALLEL:
        raise InputError("u and v are parallel, so they span no plane; pass two different directions")


def slice_plane(
    view: View,
    origin: Tensor,
    u: Tensor,
    v: Tensor,
    extent: float,
    limit: int | None = None,
    progress: OnRegions | None = None,
) -> Slice:
    """The exact partition of the window; origin, u, v (1, *input_shape), float64.

    ``limit``: only so many regions, those nearest to the origin. ``progress`` is told
    how many are found and the share of the window that they cover.
    """
    window = np.array([[-1.0, -1.0], [1.0, -1.0], [1.0, 1.0], [-1.0, 1.0]])
    directions = torch.cat((u, v)) * extent
    leaves: list[Leaves] = []
    found, area = 0, 0.0
    for leaf in subdivide(view, origin[0], directions, window, limit is not None):
        leaves.append(leaf if limit is None else leaf.part(np.arange(len(leaf.ids))[: limit - found]))
        found += len(leaves[-1].ids)
        area += float(sizes(leaves[-1].cells).sum())
        if progress:
            progress(found, area / 4)
        if found == limit:
            break
    whole = joined(leaves)
    cells, functions = whole.cells, whole.functions
    edges, classes = boundary(cells, functions)
    maps = torch.from_numpy(np.concatenate((functions[..., 1:] / extent, functions[..., :1]), 2)).to(origin)
    return Slice(
        origin, u, v, extent, [_corners(cell) * extent for cell in cells],
        whole.ids, maps, edges * extent, classes, min(1.0, area / 4),
        _error(view, origin, directions, cells, functions),
    )  # fmt: skip


def _corners(cell: Array) -> Array:
    """Each corner once."""
    return cell[(cell != np.roll(cell, 1, 0)).any(1)]


def _error(view: View, origin: Tensor, directions: Tensor, cells: Array, functions: Array) -> float:
    some = np.linspace(0, len(cells) - 1, CHECKED).astype(int)
    corners = np.random.default_rng(0).exponential(size=(*cells[some].shape[:2], 1))
    where = (cells[some] * corners).sum(1) / corners.sum(1)  # not the centre: there the gates were asked
    ours = functions[some, :, 0] + np.einsum("nkm,nm->nk", functions[some, :, 1:], where)
    points = origin + torch.einsum("nm,m...->n...", torch.from_numpy(where).to(origin), directions)
    theirs = torch.cat([view.original(part) for part in points.split(view.at_once)]).cpu().numpy()
    scale = np.abs(theirs).max(1)
    gap: NDArray[np.float64] = np.abs(ours - theirs).max(1)
    return float((gap / np.where(gap == 0, 1.0, scale)).max())
