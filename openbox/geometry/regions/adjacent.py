"""``AdjacentRegions``: what lies behind each facet of a region."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import torch
from torch import Tensor

from openbox.display.table import table
from openbox.errors import InputError
from openbox.geometry.bounds import program
from openbox.geometry.regions.crossing import GateUnit
from openbox.geometry.regions.facets import Facets
from openbox.geometry.regions.margins import LocalMargins, local_margins
from openbox.geometry.regions.rays import shoot
from openbox.geometry.tolerances import BACK

if TYPE_CHECKING:
    from openbox.geometry.regions.region import Region

_STEPS = [10.0**-power for power in range(2, 11)]  # beyond the facet, of the size of the point


@dataclass(frozen=True, eq=False)
class AdjacentRegions:
    """``regions`` (F,): the one behind each of the ``facets``, from a point (``Region.x``) inside it.

    ``facets.complete``: these are all; else those that random rays found. Iterates over pairs of the unit
    that changes and the region. Behind one facet there may be several regions, if units of later layers
    change on the facet: then it is one of them.
    """

    facets: Facets
    regions: "list[Region]"

    def __len__(self) -> int:
        return len(self.regions)

    def __iter__(self) -> "Iterator[tuple[GateUnit, Region]]":
        return zip(self.facets.gates, self.regions, strict=True)

    def __repr__(self) -> str:
        how = "all of them" if self.facets.complete else f"found by {self.facets.rays} rays"
        return f"AdjacentRegions({len(self)} regions, {how})"

    def _repr_html_(self) -> str:
        units = {
            "facets": "the borders between",
            "regions": "one behind each",
        }
        return table(self, units)


def point_on(row: int, a: np.ndarray, c: np.ndarray, limits: np.ndarray) -> np.ndarray:
    """A point (d,) well inside facet ``row`` of a x + c >= 0, whose rows have length 1: a linear program.

    The centre of a large ball within the facet. ``a`` (F, d) are facets only, ``limits`` (d, 2).
    """
    normal, others = a[row], np.delete(np.arange(len(a)), row)
    along = a[others] - np.outer(a[others] @ normal, normal)
    rows = np.vstack((
        np.c_[a[others], -np.linalg.norm(along, axis=1)],
        np.r_[normal, 0.0], np.r_[-normal, 0.0],
    ))  # fmt: skip
    offsets = np.r_[c[others], c[row], -c[row]]
    most = max(1.0, float(np.abs(c).max()))
    found = program(np.r_[np.zeros(len(normal)), -1.0], rows, offsets, np.vstack((limits, [0.0, most])))
    if not found.success:
        raise InputError(f"HiGHS found no point on facet {row} ({found.message})")
    return found.x[:-1]


def beyond(on: LocalMargins, point: Tensor, outward: Tensor, gate: GateUnit) -> LocalMargins:
    """The region that begins at ``point`` (*input_shape), on a facet, in the direction ``outward``.

    Goes a step beyond, and back by a ray: the region is adjacent if it reaches back to the facet.
    """
    size = max(1.0, float(point.abs().max()))
    direction = (outward / outward.norm()).view(on.x.shape)
    for share in _STEPS:
        step = share * size
        there = local_margins(on.view, point.view(on.x.shape) + step * direction)
        if _different(on, there) and float(shoot(there, -direction).steps) >= step * (1 - BACK):
            return there
    raise InputError(
        f"behind the border where {gate.words()} no region is wider than rounding "
        f"({_STEPS[-1] * size:.0e}); it is a tie of several units, or pass bounds= that leave it out"
    )


def _different(on: LocalMargins, there: LocalMargins) -> bool:
    return any(not torch.equal(a, b) for a, b in zip(on.pattern, there.pattern, strict=True))
