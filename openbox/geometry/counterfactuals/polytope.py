"""The nearest point of a polytope in a box: a quadratic programme (l2) or a linear one (linf)."""

from dataclasses import dataclass

import numpy as np
import torch
from torch import Tensor

from openbox.geometry.bounds import program
from openbox.geometry.counterfactuals.projection import Domain, nearest_in_halfspaces
from openbox.geometry.tolerances import DAMPING, DESCENT, ROW, SETTLED

_NEWTON = 100  # steps at most; a dozen is usual


@dataclass(frozen=True, eq=False)
class Nearest:
    """``point`` (n,), and the distance below which the polytope holds no point: ``bound``.

    ``weights`` (m,) >= 0 are the multipliers of the rows. ``bound`` is the distance of the one half-space
    that they add the rows up to, so that it holds however well the programme was solved.
    """

    point: Tensor
    bound: float
    weights: Tensor


def nearest_in_polytope(
    domain: Domain, rows: Tensor, offsets: Tensor, weights: Tensor, programmes: int = _NEWTON
) -> Nearest:
    """Minimise the distance over ``rows @ y + offsets >= 0`` and the box; rows (m, n) of length 1.

    ``weights``: multipliers to start from. ``programmes``: linear ones that are solved at most; with few of
    them ``bound`` holds, and ``point`` may violate rows. Where the polytope is empty, ``point`` is outside
    of it, and ``bound`` tends to infinity.
    """
    if domain.norm == 2:
        point, multipliers = _quadratic(domain, rows, offsets, weights)
    else:
        point, multipliers = _linear(domain, rows, offsets, weights, programmes)
    normal, offset = multipliers @ rows, multipliers @ offsets
    bound = nearest_in_halfspaces(domain, normal[None], offset[None])[1]
    return Nearest(point, float(bound), multipliers)


def _quadratic(domain: Domain, rows: Tensor, offsets: Tensor, weights: Tensor) -> tuple[Tensor, Tensor]:
    """Projected Newton on the dual, max over w >= 0 of min over the box of |y - x|^2 / 2 - w (A y + c).

    The inner minimum is at ``y = clip(x + A^T w)``, and A y + c is the gradient (Bertsekas 1982).
    """
    a, c = rows.cpu().numpy(), offsets.cpu().numpy()
    x, lower, upper = (t.cpu().numpy() for t in (domain.centre, domain.lower, domain.upper))

    def at(w: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray, float]:
        """The inner minimum, which coordinates are free there, A y + c, and minus the dual."""
        unclipped = x + w @ a
        y = np.clip(unclipped, lower, upper)
        slack = a @ y + c
        return y, y == unclipped, slack, float(w @ slack - ((y - x) ** 2).sum() / 2)

    w = weights.cpu().numpy().copy()
    y, inside, slack, value = at(w)
    damping = DAMPING
    for _ in range(_NEWTON):
        free = (w > 0) | (slack < 0)
        wrong = np.where(slack > 0, np.minimum(slack, w), -slack)
        if wrong.max(initial=0.0) <= ROW * max(1.0, np.abs(c).max(initial=0.0)):
            break
        part = a[free][:, inside]
        hessian = part @ part.T
        hessian[np.diag_indices_from(hessian)] += damping
        step = np.zeros_like(w)
        step[free] = -np.linalg.solve(hessian, slack[free])
        for length in 0.5 ** np.arange(12):
            moved = np.maximum(w + length * step, 0)
            after = at(moved)
            if after[3] <= value + DESCENT * slack @ (moved - w):
                w, (y, inside, slack, value) = moved, after
                damping = max(damping / 100, DAMPING)
                break
        else:  # too few coordinates are free for so many rows
            damping *= 1000
            if damping > 1e6:
                break
    return torch.from_numpy(y).to(domain.centre), torch.from_numpy(w).to(domain.centre)


def _linear(
    domain: Domain, rows: Tensor, offsets: Tensor, weights: Tensor, programmes: int
) -> tuple[Tensor, Tensor]:
    """The least r at which the cube of r around the centre holds a point: Newton on r, from below.

    At a given r a linear programme (HiGHS) maximises the smallest row over the box; its multipliers add
    the rows up to one half-space, whose own distance is the next r. It has far fewer rows than the
    programme with r as a variable, which needs two for each coordinate.
    """
    a = rows.cpu().numpy()
    rows_and_level = np.concatenate((a, -np.ones((len(a), 1))), 1)
    slack = (offsets + rows @ domain.centre).cpu().numpy()
    objective = np.append(np.zeros(a.shape[1]), -1.0)
    if bool((weights > 0).any()):
        radius = float(nearest_in_halfspaces(domain, (weights @ rows)[None], (weights @ offsets)[None])[1])
        point = domain.centre
    else:
        each, distances = nearest_in_halfspaces(domain, rows, offsets)
        farthest = int(distances.argmax())
        point, radius = each[farthest], float(distances[farthest])
        if bool((rows @ point + offsets >= -ROW).all()):  # the others do not matter
            weights = torch.zeros_like(weights)
            weights[farthest] = 1
            return point, weights
    for _ in range(programmes):
        if not np.isfinite(radius):
            break
        cube = domain.within(radius)
        lower, upper = (cube.lower - domain.centre).cpu().numpy(), (cube.upper - domain.centre).cpu().numpy()
        bounds = np.column_stack((np.append(lower, -np.inf), np.append(upper, np.inf)))
        solved = program(objective, rows_and_level, slack, bounds)
        if solved.x is None:
            break
        point = cube.clip(domain.centre + torch.from_numpy(solved.x[:-1]).to(domain.centre))
        weights = torch.from_numpy(-solved.ineqlin.marginals).to(domain.centre).clamp(min=0)
        further = float(nearest_in_halfspaces(domain, (weights @ rows)[None], (weights @ offsets)[None])[1])
        if further <= radius * (1 + SETTLED):
            break
        radius = further
    return point, weights
