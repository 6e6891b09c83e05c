"""``Relaxation``: the region of a point as far as it is needed: the half-spaces that turn out to matter.

A region of an image network has a hundred thousand half-spaces and the nearest point touches a few, so
they are generated: solve, see which margins are violated there, add their rows, solve again.
"""

from dataclasses import dataclass

import torch
from torch import Tensor

from openbox.geometry.counterfactuals.polytope import Nearest, nearest_in_polytope
from openbox.geometry.counterfactuals.projection import Domain
from openbox.geometry.counterfactuals.specification import Specification
from openbox.geometry.regions.jacobian import margin_rows
from openbox.geometry.tolerances import CERTAIN, HELD, NOISE, NOTHING, SETTLED, VIOLATED
from openbox.program.program import Pattern

_ROWS = 2000  # rows of a programme, at most
_ROUNDS = 60
_PROGRAMMES = 1  # linear ones in a round: rows are generated before the radius is found


@dataclass
class Relaxation:
    """The closed region of ``point`` (n,). Rows that were generated stay.

    The G margins of all gates are numbered through; gate g begins at ``starts[g]``, (gates + 1,).
    ``scale`` (G,) is the largest margin of the gate at the point; ``nowhere`` (G,) are margins that no
    point of the region can violate. ``rows`` (m, n), of length 1, and ``offsets`` (m,) belong to the
    margins ``chosen`` (m,).
    """

    specification: Specification
    point: Tensor
    pattern: Pattern
    starts: Tensor
    scale: Tensor
    nowhere: Tensor
    chosen: Tensor
    rows: Tensor
    offsets: Tensor

    def margins(self, points: Tensor) -> Tensor:
        """All margins (M, G) at points (M, n), relative to the scale of their gate."""
        view = self.specification.view
        with torch.no_grad():
            pattern = view.repeat(self.pattern, len(points))
            layers = view.margins(points.unflatten(1, view.input_shape), pattern)[0]
        flat = torch.cat([points.new_zeros(len(points), 0), *(layer.flatten(1) for layer in layers)], 1)
        return torch.where(self.nowhere, torch.inf, flat / self.scale)

    def violated(self, point: Tensor, count: int) -> Tensor:
        """Up to ``count`` margins that are violated at a point (n,), those that are violated most."""
        values = self.margins(point[None])[0]
        values[self.chosen] = torch.inf
        order = values.topk(min(count, len(values)), largest=False).indices
        return order[values[order] < -VIOLATED]

    def generate(self, which: Tensor) -> None:
        """Add the half-spaces of the margins ``which`` (k,)."""
        values = self.margins(self.point[None])[0, which] * self.scale[which]
        view = self.specification.view
        gates = torch.searchsorted(self.starts, which, right=True) - 1
        x = self.point.view(1, *view.input_shape)
        rows = margin_rows(view, x, self.pattern, gates, which - self.starts[gates])
        lengths = rows.norm(dim=1)
        flat = lengths * (1 + self.point.norm()) <= NOISE * self.scale[which]
        self.nowhere[which[flat]] = True
        rows, lengths = rows[~flat] / lengths[~flat, None], lengths[~flat]
        self.chosen = torch.cat((self.chosen, which[~flat]))
        self.rows = torch.cat((self.rows, rows))
        self.offsets = torch.cat((self.offsets, values[~flat] / lengths - rows @ self.point))


def relax(specification: Specification, point: Tensor) -> Relaxation:
    """The region of the network at a point (n,), no half-space generated yet."""
    view = specification.view
    x = point.view(1, *view.input_shape)
    with torch.no_grad():
        pattern = view.record(x)[1]
        layers = [layer.flatten() for layer in view.margins(x, pattern)[0]]
    starts, scale = [0], [point.new_zeros(0)]
    for layer in layers:
        largest = torch.where(layer.isfinite(), layer.abs(), 0.0).amax().clamp(min=NOTHING)
        scale.append(largest.expand(len(layer)))
        starts.append(starts[-1] + len(layer))
    nowhere = ~torch.cat([point.new_zeros(0), *layers]).isfinite()
    none = torch.zeros(0, dtype=torch.int64, device=point.device)
    rows = point.new_zeros(0, len(point))
    return Relaxation(
        specification,
        point,
        pattern,
        none.new_tensor(starts),
        torch.cat(scale),
        nowhere,
        none,
        rows,
        point.new_zeros(0),
    )


@dataclass(frozen=True, eq=False)
class Reached:
    """The nearest point of a region that reaches the goal, ``point`` (n,), at ``distance``.

    ``certified``: no other one is nearer by more than 1e-6 relative. ``leaving`` (m, n): the normals of
    the facets that hold the point back, the strongest first.
    """

    point: Tensor
    distance: float
    certified: bool
    leaving: Tensor


def nearest_in_region(
    region: Relaxation, domain: Domain, normals: Tensor, offsets: Tensor, start: Tensor, enough: float = 0.0
) -> Reached:
    """Minimise the distance over the region, the box and the half-spaces of the goal ``normals`` (g, n).

    ``start`` (n,), in the closed region, is the answer if nothing nearer is found. The work ends as soon as
    nothing nearer than ``enough`` can be left; then ``certified`` says so.
    """
    lengths = normals.norm(dim=1).clamp(min=NOTHING)
    goals, levels = normals / lengths[:, None], offsets / lengths
    best, radius, certified = start, float(domain.distance(start[None])), False
    weights = torch.zeros_like(torch.cat((levels, region.offsets)))
    solved = Nearest(start, 0.0, weights)
    for count in (min(24 * 2**k, 256) for k in range(_ROUNDS)):
        rows, all_levels = torch.cat((goals, region.rows)), torch.cat((levels, region.offsets))
        known = solved.bound
        solved = nearest_in_polytope(domain, rows, all_levels, weights, _PROGRAMMES)
        end = _as_far(region, goals, levels, start, solved.point)
        if float(domain.distance(end[None])) < radius:
            best, radius = end, float(domain.distance(end[None]))
        certified = max(radius, enough) <= solved.bound * (1 + CERTAIN)
        new = region.violated(solved.point, count)
        settled = not len(new) and solved.bound <= known * (1 + SETTLED)
        if certified or settled or len(rows) > _ROWS:
            break
        region.generate(new)
        weights = torch.zeros_like(torch.cat((levels, region.offsets)))
        weights[: len(solved.weights)] = solved.weights
    held = solved.weights[len(goals) :]
    order = held.argsort(descending=True)
    strong = order[held[order] > HELD * solved.weights.max()]
    return Reached(best, radius, certified, region.rows[strong])


def _as_far(region: Relaxation, goals: Tensor, levels: Tensor, start: Tensor, end: Tensor) -> Tensor:
    """The last point of the segment from start to end that is in the region and reaches the goal."""
    both = torch.stack((start, end))
    values = torch.cat((region.margins(both), both @ goals.T + levels), 1)
    first, last = values[:, values.isfinite().all(0)]
    first = first.clamp(min=0)
    share = torch.where(last < -VIOLATED, first / (first - last), 1.0).amin()
    return start + share * (end - start)
