"""The corners and the volume of a polytope in few dimensions, by SciPy's Qhull."""

import numpy as np

from openbox.errors import InputError
from openbox.geometry.bounds import UNBOUNDED, program
from openbox.geometry.regions.chebyshev import largest_ball
from openbox.geometry.tolerances import NO_INSIDE, NOTHING, SAME_CORNER

DIMENSIONS = 8  # the number of corners grows like the number of facets to the power of half of them


def check_dimensions(size: int) -> None:
    """Raise ``InputError`` for more dimensions than Qhull can take."""
    if size > DIMENSIONS:
        raise InputError(
            f"the input has {size:,} coordinates, more than the {DIMENSIONS} in which corners can be "
            "listed; open a network of fewer inputs, ask chebyshev(), or slice() for a window of a plane"
        )


def corners(a: np.ndarray, c: np.ndarray, limits: np.ndarray) -> np.ndarray:
    """The corners (V, d) of a x + c >= 0 within the box ``limits`` (d, 2); counterclockwise for d = 2.

    Raises ``InputError`` for a polytope without end, a flat one, and for more than 8 dimensions.
    """
    from scipy.spatial import ConvexHull, HalfspaceIntersection, QhullError  # slow to import

    size = a.shape[1]
    check_dimensions(size)
    finite, sides = np.isfinite(limits), np.eye(size)
    rows = np.vstack((a, sides[finite[:, 0]], -sides[finite[:, 1]]))
    offsets = np.r_[c, -limits[finite[:, 0], 0], limits[finite[:, 1], 1]]
    lengths = np.linalg.norm(rows, axis=1)
    rows, offsets = rows / lengths[:, None], offsets / lengths
    free = np.tile([-np.inf, np.inf], (size, 1))
    for direction in (*sides, *-sides):
        if len(rows) == 0 or program(direction, rows, offsets, free).status == UNBOUNDED:
            raise InputError("the region is unbounded; pass bounds=(low, high)")
    centre, radius = largest_ball(a, c, limits)
    if radius <= NO_INSIDE * max(1.0, float(np.abs(centre).max())):
        raise InputError(
            f"the region is flat (its largest ball has radius {radius:.1e}), so it has no volume; "
            "ask for an input that lies on no tie"
        )
    if size == 1:
        ends = -offsets / rows[:, 0]
        return np.array([[ends[rows[:, 0] > 0].max()], [ends[rows[:, 0] < 0].min()]])
    try:
        found = HalfspaceIntersection(np.c_[-rows, -offsets], centre).intersections
        order = ConvexHull(found).vertices
    except QhullError as error:
        reason = str(error).strip().splitlines()[0]
        raise InputError(f"Qhull found no corners ({reason}); pass tighter bounds=(low, high)") from error
    return _distinct(found[order]).clip(limits[:, 0], limits[:, 1])  # over the bounds by rounding alone


def volume(points: np.ndarray) -> float:
    """The volume of the convex hull of the corners (V, d): a length for d = 1, an area for d = 2."""
    from scipy.spatial import ConvexHull  # slow to import

    return float(np.ptp(points)) if points.shape[1] == 1 else float(ConvexHull(points).volume)


def _distinct(points: np.ndarray) -> np.ndarray:
    """Each corner once, in the order of the first."""
    scale = max(float(np.ptp(points, axis=0).max()), NOTHING)
    _, first = np.unique(np.round((points - points[0]) / (scale * SAME_CORNER)), axis=0, return_index=True)
    return points[np.sort(first)]
