"""``bounds``: the box that an input may lie in, and linear programs over it."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np
import torch
from torch import Tensor

from openbox.errors import InputError, shown
from openbox.geometry.tolerances import SOLVED

if TYPE_CHECKING:
    from scipy.optimize import OptimizeResult

Bound = float | Tensor
Bounds = tuple[Bound, Bound] | None
_PRECISE = {"primal_feasibility_tolerance": SOLVED, "dual_feasibility_tolerance": SOLVED}
_STEPS = 10  # of the simplex method, for each row and column; it takes about two
OPTIMAL, INFEASIBLE, UNBOUNDED = 0, 2, 3


def box(bounds: Bounds, shape: Sequence[int]) -> np.ndarray:
    """The lowest and highest value of each input coordinate (d, 2), infinite without bounds.

    ``bounds``: a pair of numbers or tensors that fit ``shape``. Raises ``InputError``.
    """
    if bounds is None:
        size = int(np.prod(shape))
        return np.tile([-np.inf, np.inf], (size, 1))
    try:
        low, high = bounds
        ends = [torch.as_tensor(end, dtype=torch.float64).expand(*shape).flatten() for end in (low, high)]
    except (TypeError, ValueError, RuntimeError) as error:
        raise InputError(
            f"bounds is {shown(bounds)}; pass (low, high), numbers or tensors of shape {tuple(shape)}"
        ) from error
    if not bool((ends[0] < ends[1]).all()):
        raise InputError(f"bounds: low must be below high everywhere; found {shown(bounds)}")
    return torch.stack(ends, 1).cpu().numpy()


def program(cost: np.ndarray, rows: np.ndarray, offsets: np.ndarray, limits: np.ndarray) -> "OptimizeResult":
    """Minimise ``cost @ v`` over rows @ v + offsets >= 0 and limits[:, 0] <= v <= limits[:, 1] by HiGHS."""
    from scipy.optimize import linprog  # slow to import, and a capture needs none

    steps = {
        "maxiter": _STEPS * sum(rows.shape)
    }  # with tight tolerances the simplex method may go in circles
    for method, options in (("highs", _PRECISE), ("highs-ipm", _PRECISE), ("highs-ipm", {})):
        found = linprog(cost, -rows, offsets, bounds=limits, method=method, options=options | steps)
        if found.status in (OPTIMAL, INFEASIBLE, UNBOUNDED):
            break
    return found
