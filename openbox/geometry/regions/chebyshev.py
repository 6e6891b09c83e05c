"""The largest ball inside a polytope: its Chebyshev centre and radius, by one linear program."""

from dataclasses import dataclass

import numpy as np
from torch import Tensor

from openbox.display.table import table
from openbox.errors import InputError
from openbox.geometry.bounds import INFEASIBLE, UNBOUNDED, program


@dataclass(frozen=True, eq=False)
class Ball:
    """``centre`` (1, *input_shape) and ``radius`` of the largest l2 ball in a region, within its bounds."""

    centre: Tensor
    radius: float

    def __repr__(self) -> str:
        return f"Ball(radius {self.radius:.6g} around a point of shape {tuple(self.centre.shape[1:])})"

    def _repr_html_(self) -> str:
        units = {
            "radius": "units of the input, l2",
            "centre": "an input",
        }
        return table(self, units)


def largest_ball(a: np.ndarray, c: np.ndarray, limits: np.ndarray) -> tuple[np.ndarray, float]:
    """Centre (d,) and radius of the largest ball in a x + c >= 0 and the box ``limits`` (d, 2).

    The radius is 0 where the polytope is flat. Raises ``InputError`` where there is none that is largest,
    or nothing inside the box at all.
    """
    size = a.shape[1]
    norms = np.linalg.norm(a, axis=1, keepdims=True)
    finite = np.isfinite(limits)
    sides = np.eye(size)
    rows = np.vstack((np.hstack((a / norms, -np.ones_like(norms))),
                      np.hstack((sides, -np.ones((size, 1))))[finite[:, 0]],
                      np.hstack((-sides, -np.ones((size, 1))))[finite[:, 1]]))  # fmt: skip
    offsets = np.r_[c / norms[:, 0], -limits[finite[:, 0], 0], limits[finite[:, 1], 1]]
    free = np.vstack((np.tile([-np.inf, np.inf], (size, 1)), [0, np.inf]))
    found = program(np.r_[np.zeros(size), -1.0], rows, offsets, free)
    if found.status == UNBOUNDED:
        raise InputError("the region is unbounded, so no ball is the largest; pass bounds=(low, high)")
    if found.status == INFEASIBLE:
        raise InputError("no point of the region lies within the bounds; widen bounds=")
    if not found.success:
        raise InputError(f"HiGHS found no largest ball ({found.message}); pass bounds=(low, high)")
    return found.x[:-1], float(found.x[-1])
