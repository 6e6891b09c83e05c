"""The irredundant half-spaces of a region: its facets, which are the boundary features of OpenBox.

Clarkson's algorithm (1994): a row is redundant if it is so among the facets known yet, a small linear
program; if not, the ray from a point inside to the program's solution leaves through a facet, a new one.
"""

from collections.abc import Sequence

import numpy as np

from openbox.errors import InputError
from openbox.geometry.bounds import program
from openbox.geometry.regions.chebyshev import largest_ball
from openbox.geometry.tolerances import DEPTH, EDGE, FLAT, SAME_NORMAL, SAME_OFFSET, SMALL_BALL
from openbox.progress import OnCount

_FAR = 1e6  # how large a ball is taken in a region without end, of the largest |c|
_RAYS = 512  # shot before the first linear program: most facets are found by them


def irredundant(a: np.ndarray, c: np.ndarray, limits: np.ndarray, progress: OnCount | None) -> np.ndarray:
    """The indices of the rows of a x + c >= 0 without which the polytope within ``limits`` would be larger.

    Of rows that say the same, the first. Rows must not be zero. Raises ``InputError`` where the polytope
    is flat: then its facets are not one set.
    """
    sizes = np.linalg.norm(a, axis=1)
    a, c = a / sizes[:, None], c / sizes
    kept = _different(a, c)
    kept = kept[_least(a[kept], limits) + c[kept] < 0]
    if len(kept) == 0:
        return kept
    a, c = a[kept], c[kept]
    centre, radius = _inside(a, c, limits)
    return kept[_clarkson(a, c, limits, centre, radius, progress)]


def _inside(a: np.ndarray, c: np.ndarray, limits: np.ndarray) -> tuple[np.ndarray, float]:
    """The centre and radius of a large ball inside: the largest, or one of a bounded part."""
    far = _FAR * max(1.0, float(np.abs(c).max()))
    part = np.stack((np.maximum(limits[:, 0], -far), np.minimum(limits[:, 1], far)), 1)
    centre, radius = largest_ball(a, c, part)
    if radius <= FLAT * max(1.0, float(np.abs(c).max())):
        raise InputError(
            "the region is flat: x lies on borders from both sides, so no ball fits between "
            "them; move x off the ties (linearize counts them in degenerate), or ask halfspaces()"
        )
    return centre, radius


def _clarkson(a: np.ndarray, c: np.ndarray, limits: np.ndarray, centre: np.ndarray, radius: float,
              progress: OnCount | None) -> np.ndarray:  # fmt: skip
    room = a @ centre + c  # all positive
    generator = np.random.default_rng(0)
    facets = set(_first(a, room, generator.standard_normal((_RAYS, a.shape[1])), limits, centre))
    depth = DEPTH * max(radius, SMALL_BALL)
    for row in range(len(c)):
        while row not in facets:
            known = sorted(facets)
            point = _outside(a, c, row, known, limits, room[row])
            if a[row] @ point + c[row] >= -depth:
                break
            found = _first(a, room, (point - centre)[None], np.full_like(limits, np.inf) * [-1, 1], centre)
            if found and found[0] not in facets:
                facets.add(found[0])
                continue
            others = np.delete(np.arange(len(c)), row)  # the ray went through an edge: all rows at once
            point = _outside(a, c, row, others, limits, room[row])
            if a[row] @ point + c[row] >= -depth:
                break
            facets.add(row)
        if progress is not None:
            progress(row + 1, len(c))
    return np.array(sorted(facets), dtype=np.int64)


def _outside(a: np.ndarray, c: np.ndarray, row: int, known: Sequence[int] | np.ndarray, limits: np.ndarray,
             room: float) -> np.ndarray:  # fmt: skip
    """The point within the known facets that ``row`` cuts off the farthest, down to as far as its room."""
    rows, offsets = np.vstack((a[known], a[row])), np.r_[c[known], c[row] + max(1.0, room)]
    found = program(a[row], rows, offsets, limits)
    if not found.success:
        raise InputError(f"HiGHS failed ({found.message}); pass bounds=(low, high)")
    return found.x


def _first(a: np.ndarray, room: np.ndarray, directions: np.ndarray, limits: np.ndarray,
           centre: np.ndarray) -> list[int]:  # fmt: skip
    """The rows that rays out of the centre cross first, before the box; one through an edge tells nothing."""
    speed = directions @ a.T
    with np.errstate(divide="ignore", invalid="ignore"):
        steps = np.where(speed < 0, room / -speed, np.inf)
        walls = np.where(directions > 0, limits[:, 1] - centre, centre - limits[:, 0]) / np.abs(directions)
    first, each = steps.argmin(1), np.arange(len(steps))
    nearest = steps[each, first]
    steps[each, first] = np.inf
    clear = np.isfinite(nearest) & (nearest * (1 + EDGE) < np.minimum(steps.min(1), walls.min(1)))
    return sorted(set(first[clear].tolist()))


def _least(a: np.ndarray, limits: np.ndarray) -> np.ndarray:
    """The smallest a x over the box (G,), -inf where it has no end."""
    with np.errstate(invalid="ignore"):
        ends = np.where(a > 0, a * limits[:, 0], a * limits[:, 1])
    return np.where(a == 0, 0.0, ends).sum(1)


def _different(a: np.ndarray, c: np.ndarray) -> np.ndarray:
    """One row for each direction, that of the smallest c; of equal ones the first."""
    scale = max(1.0, float(np.abs(c).max(initial=0.0)))
    order = np.lexsort((np.arange(len(c)), np.round(c / scale, SAME_OFFSET)))
    _, first = np.unique(np.round(a[order], SAME_NORMAL) + 0.0, axis=0, return_index=True)
    return np.sort(order[first])
