"""Nearest points of one half-space in a box, in closed form: the step of a search, and its lower bound."""

from dataclasses import dataclass
from numbers import Real

import torch
from torch import Tensor

from openbox.errors import InputError, shown

NORMS = (2.0, float("inf"))


@dataclass(frozen=True, eq=False)
class Domain:
    """Where a nearest point is looked for: around ``centre`` (n,), within ``lower`` and ``upper`` (n,).

    ``norm`` is 2 or inf; a border may be infinite. All points are flat.
    """

    centre: Tensor
    lower: Tensor
    upper: Tensor
    norm: float

    def distance(self, points: Tensor) -> Tensor:
        """(M, n) -> (M,)."""
        return torch.linalg.vector_norm(points - self.centre, self.norm, dim=-1)

    def clip(self, points: Tensor) -> Tensor:
        """The points (M, n), moved into the box."""
        return torch.minimum(torch.maximum(points, self.lower), self.upper)

    def within(self, radius: float) -> "Domain":
        """The same with the box cut down to the coordinates that lie within ``radius`` of the center."""
        lower = torch.maximum(self.lower, self.centre - radius)
        return Domain(self.centre, lower, torch.minimum(self.upper, self.centre + radius), self.norm)


def check_norm(norm: float) -> float:
    """The norm as a float; raises ``InputError`` for another than 2 and inf."""
    if not isinstance(norm, Real) or norm not in NORMS:
        raise InputError(f"norm is {shown(norm)}; pass 2 or float('inf')")
    return float(norm)


def nearest_in_halfspaces(domain: Domain, normals: Tensor, offsets: Tensor) -> tuple[Tensor, Tensor]:
    """For each of M half-spaces, its point in the box that is nearest to the center.

    The half-spaces are ``normals @ y + offsets >= 0``, (M, n) and (M,). Returns the points (M, n) and
    their distances (M,), inf where the box holds no point of the half-space; the point is then the
    corner of the box that comes closest to it.

    The nearest points lie on one curve: ``clip(center + s w)`` in l2, ``clip(center + s sign(w))`` in
    linf. Along it ``w y + b = h + sum_i a_i min(s, s_i)``, where coordinate i meets the border of the
    box at ``s_i`` and ``a`` is w^2 or |w|. It rises, so that s is found by sorting the ``s_i``.
    """
    speed = normals if domain.norm == 2 else normals.sign()
    room = torch.where(normals > 0, domain.upper - domain.centre, domain.centre - domain.lower)
    reach = torch.where(speed != 0, room / speed.abs(), torch.inf)  # s_i
    slopes = normals * speed  # a_i
    start = normals @ domain.centre + offsets  # h

    reach_sorted, order = reach.sort(1)
    a = slopes.gather(1, order)
    moving = a.flip(1).cumsum(1).flip(1)  # slope of the curve just before it meets each border
    spent = torch.where(a > 0, a * reach_sorted, 0.0)
    before = torch.cat((torch.zeros_like(spent[:, :1]), spent.cumsum(1)[:, :-1]), 1)
    before = torch.where(moving > 0, before, 0.0)  # no coordinate moves any more: not used
    at_border = start[:, None] + before + torch.where(moving > 0, moving * reach_sorted, -torch.inf)
    met = at_border >= 0
    first = met.double().argmax(1, keepdim=True)
    found = met.any(1)
    s = (-start - before.gather(1, first)[:, 0]) / moving.gather(1, first)[:, 0]
    s = torch.where(found, s, reach_sorted.masked_fill(a == 0, 0.0).amax(1))
    s = torch.where(start >= 0, 0.0, s)
    step = torch.where(speed != 0, s[:, None] * speed, 0.0)
    points = domain.clip(domain.centre + step)
    return points, torch.where(found | (start >= 0), domain.distance(points), torch.inf)
