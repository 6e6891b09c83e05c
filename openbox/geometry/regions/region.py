"""``Region``: the polytope around one input on which the network is one affine function."""

import dataclasses
import math
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from numbers import Real

import numpy as np
import torch
from torch import Tensor

from openbox.display.table import table
from openbox.errors import InputError, named, shown
from openbox.geometry.bounds import Bounds, box
from openbox.geometry.regions.adjacent import AdjacentRegions, beyond, point_on
from openbox.geometry.regions.chebyshev import Ball, largest_ball
from openbox.geometry.regions.crossing import Crossing, units_at
from openbox.geometry.regions.distance import DUAL, nearest
from openbox.geometry.regions.facets import Facets, shot_facets
from openbox.geometry.regions.halfspaces import Halfspaces, halfspaces
from openbox.geometry.regions.margins import LocalMargins, local_margins
from openbox.geometry.regions.minimal import irredundant
from openbox.geometry.regions.qhull import check_dimensions, corners, volume
from openbox.geometry.regions.rays import shoot
from openbox.geometry.view import View
from openbox.module.precision import exact_math
from openbox.program.patterns import region_ids
from openbox.progress import OnCount
from openbox.shapes import SEEDS, check_batch, check_count, one_input

_GIGABYTE = 2**30
_MANY = 20_000  # half-spaces each a linear program of milliseconds
_UNSTORED = "or ask exit() and distance(), which never store them"
_BY_RAYS = "ask facets(), which finds facets of a large network by rays"


@dataclass(frozen=True, eq=False)
class Region:
    """The region of one input: where all gates decide as they do at ``x`` (1, *input_shape) float64.

    It is convex, and in general neither open nor closed: a border belongs to the side that the tie
    conventions of the gates give it to. Distances and crossings are those of its closure. Units on whose
    border x lies exactly are the normal case on real images; then a direction may leave at step 0.

    What is below 1e-12 of the largest margin of its layer counts as rounding: a border of a unit that is so
    much smaller than its neighbours is not seen, except by ``contains``.

    Compared by identity. It asks its network, so a pickle holds the module, in float64.
    """

    x: Tensor
    local: LocalMargins

    def __repr__(self) -> str:
        units = sum(len(margins) for margins in self.local.margins)
        return f"Region({units} gate units, {self.x.numel()} coordinates)"

    def _repr_html_(self) -> str:
        units = {
            "x": "the input it was asked around",
            "region_ids": "its name",
        }
        return table(self, units)

    @property
    def region_ids(self) -> list[str]:
        """Its name, alone in a list, as ``linearize(x).region_ids`` in float64."""
        return region_ids(self.local.view.program.layouts, self.local.pattern, 1)

    @named("region.contains")
    def contains(self, points: Tensor) -> Tensor:
        """Whether all gates decide at each of the points (M, *input_shape) as at x: (M,) bool.

        It is so exactly if ``linearize`` in float64 gives them the same ``region_ids``.
        """
        view = self.local.view
        check_batch(points, view.input_shape, self.x.device, "points")
        parts = []
        with _exactly():
            for some in points.detach().double().split(view.at_once):
                same = torch.ones(len(some), dtype=torch.bool, device=some.device)
                decisions = zip(view.program.gates, self.local.pattern, view.record(some)[1], strict=True)
                for step, mine, theirs in decisions:
                    same &= (step.layout.rows(theirs, len(some)) == step.layout.rows(mine, 1)).all(1)
                parts.append(same)
        return torch.cat(parts)

    @named("region.exit")
    def exit(self, direction: Tensor) -> Crossing:
        """The first border on the ray x + t direction, t >= 0: its step t, and the unit that changes there.

        ``direction`` (*input_shape) or (1, *input_shape), not zero. The step is 0 if x lies on a border
        and the direction leads out; inf, and no unit, if the ray never leaves. Of units that change at
        the same step, the first in the network is named. Costs two forward passes.
        """
        d = one_input(direction, self.local.view.input_shape, self.x.device, "direction")
        if not bool(d.any()):
            raise InputError("the direction is zero, so it leads nowhere; pass another one")
        with _exactly():
            hits = shoot(self.local, d)
            step = float(hits.steps)
            return Crossing(step, None if math.isinf(step) else units_at(self.local, hits.places)[0])

    @named("region.distance")
    def distance(
        self, norm: float = 2, budget: int | None = None, ties: bool = True, seed: int = 0,
        progress: OnCount | None = None,
    ) -> Crossing:  # fmt: skip
        """How far the nearest border is, in the l1, l2 or linf ``norm``, and the unit that changes there.

        |m_i| / ||J_i||* over all gates i, in the dual norm: exact, for a forward pass for each input
        coordinate. ``budget``: no more passes than that. Then ``step`` is the distance of a border, and
        none is nearer than ``step - gap``, but for a probability of 1e-9 over the random directions
        (``seed``) that the bound is made of. ``ties`` False leaves out the borders that x itself lies on,
        whose distance is 0. ``progress(done, total)`` is called after each part.
        """
        if not isinstance(norm, Real) or norm not in DUAL:
            raise InputError(f"norm is {shown(norm)}; pass 1, 2 or math.inf")
        budget = None if budget is None else check_count("budget", budget, 2)
        seed = check_count("seed", seed, 0, SEEDS)
        on = self.local if ties else self.local.without_ties()
        with _exactly():
            return nearest(on, norm, budget, seed, progress)

    @named("region.halfspaces")
    def halfspaces(self, limit: int = _GIGABYTE) -> Halfspaces:
        """``a`` (G, *input_shape) and ``c`` (G,) with a . p + c >= 0 for every point p of the region.

        One for each neighbour of each unit, in the order of the network; those without a neighbour, and
        margins that are constant on the region, are left out. ``limit`` in bytes.
        Raises ``InputError`` beyond it.
        """
        limit = check_count("limit", limit, 0)
        with _exactly():
            found = halfspaces(self.local, limit, f"raise limit=, {_UNSTORED}")
        return dataclasses.replace(found, a=found.a.view(-1, *self.x.shape[1:]))

    @named("region.minimal")
    def minimal(self, bounds: Bounds = None, limit: int = _MANY, progress: OnCount | None = None) -> Facets:
        """The half-spaces without which the region would be larger: its facets, by linear programs (HiGHS).

        They are the polytope boundary features of OpenBox (KDD 2018). ``bounds``: (low, high) of the
        inputs, numbers or tensors; what no input within them reaches is redundant, and their own sides are
        not listed. For small networks: refuses more than ``limit`` half-spaces. Redundant to 1e-8 of the
        size of the region. Raises ``InputError``, also for a region that is flat.
        """
        limits, limit = box(bounds, self.x.shape[1:]), check_count("limit", limit, 0)
        if self._count > limit:
            raise InputError(
                f"{self._count:,} half-spaces are more than the limit of {limit:,} for linear programs; "
                f"raise limit=, or {_BY_RAYS}"
            )
        return self._minimal(limits, progress)

    @property
    def _count(self) -> int:
        """How many half-spaces there are."""
        return sum(int(margins.isfinite().sum()) for margins in self.local.margins)

    def _minimal(self, limits: np.ndarray, progress: OnCount | None) -> Facets:
        with _exactly():
            found = halfspaces(self.local, _GIGABYTE, _BY_RAYS)
            a, c = found.a.cpu().numpy(), found.c.cpu().numpy()
            kept = torch.from_numpy(irredundant(a, c, limits, progress)).to(self.x.device)
            gates = units_at(self.local, found.places[kept])
        return Facets(
            found.a[kept].view(-1, *self.x.shape[1:]), found.c[kept], gates, True,
            torch.zeros_like(kept), self.x[:0], 0, 0, self.x,
        )  # fmt: skip

    @named("region.chebyshev")
    def chebyshev(self, bounds: Bounds = None, limit: int = _GIGABYTE) -> Ball:
        """The largest l2 ball inside the region and ``bounds``: centre and radius, by one linear program.

        For small networks: all half-spaces are held, in at most ``limit`` bytes. Radius 0 for a flat
        region. Raises ``InputError`` for a region without end if no bounds are given.
        """
        limits, limit = box(bounds, self.x.shape[1:]), check_count("limit", limit, 0)
        with _exactly():
            found = halfspaces(self.local, limit, f"raise limit=, {_UNSTORED}")
            a, c = found.a.cpu().numpy(), found.c.cpu().numpy()
        centre, radius = largest_ball(a, c, limits)
        return Ball(torch.from_numpy(centre).to(self.x).view(self.x.shape), radius)

    @named("region.facets")
    def facets(self, rays: int = 1000, seed: int = 0, progress: OnCount | None = None) -> Facets:
        """Facets of the region, proven by random rays out of it that end in them; for any size of network.

        Costs a forward pass a ray and a backward pass a facet. Raises ``InputError`` if x lies on borders and
        no way in is found.
        """
        rays, seed = check_count("rays", rays, 1), check_count("seed", seed, 0, SEEDS)
        with _exactly():
            return shot_facets(self.local, rays, seed, progress)

    @named("region.neighbours")
    def neighbours(
        self, bounds: Bounds = None, limit: int = _MANY, rays: int = 1000, seed: int = 0,
        progress: OnCount | None = None,
    ) -> AdjacentRegions:  # fmt: skip
        """The regions behind the facets: all of them, or where there are more than ``limit`` half-spaces,
        those behind the facets that random ``rays`` find; ``facets.complete`` of the answer says which.

        Costs what ``minimal`` or ``facets`` costs, and some forward passes for each facet. Behind each a step
        is taken and checked by a ray back. Raises ``InputError``, also where a neighbour is too thin to see.
        """
        limits, limit = box(bounds, self.x.shape[1:]), check_count("limit", limit, 0)
        rays, seed = check_count("rays", rays, 1), check_count("seed", seed, 0, SEEDS)
        if self._count > limit:
            with _exactly():
                facets = shot_facets(self.local, rays, seed, progress)
            points = facets.points
        else:
            facets = self._minimal(limits, progress)
            a, c = facets.a.flatten(1).cpu().numpy(), facets.c.cpu().numpy()
            sizes = np.linalg.norm(a, axis=1)
            a, c = a / sizes[:, None], c / sizes
            inside = [torch.from_numpy(point_on(row, a, c, limits)) for row in range(len(a))]
            points = torch.stack(inside).to(self.x).view(facets.a.shape) if inside else facets.a
        with _exactly():
            found = [
                beyond(self.local, point, -normal, gate)
                for point, normal, gate in zip(points, facets.a, facets.gates, strict=True)
            ]
        return AdjacentRegions(facets, [Region(there.x, there) for there in found])

    @named("region.vertices")
    def vertices(self, bounds: Bounds = None, limit: int = _GIGABYTE) -> Tensor:
        """The corners (V, *input_shape) of the region within ``bounds``, by Qhull, in at most 8 dimensions.

        Counterclockwise in a plane. Raises ``InputError``, also for a region without end or a flat one.
        """
        found = torch.from_numpy(self._corners(bounds, limit))
        return found.to(self.x).view(-1, *self.x.shape[1:])

    @named("region.volume")
    def volume(self, bounds: Bounds = None, limit: int = _GIGABYTE) -> float:
        """The volume of the region within ``bounds``, in units of the input; as ``vertices`` otherwise."""
        return volume(self._corners(bounds, limit))

    def _corners(self, bounds: Bounds, limit: int) -> np.ndarray:
        check_dimensions(self.x.numel())
        limits, limit = box(bounds, self.x.shape[1:]), check_count("limit", limit, 0)
        with _exactly():
            found = halfspaces(self.local, limit, f"raise limit=, {_UNSTORED}")
        return corners(found.a.cpu().numpy(), found.c.cpu().numpy(), limits)


def region(view: View, x: Tensor) -> Region:
    """The region of x (1, *input_shape) float64, in exact arithmetic. Costs three forward passes.

    Raises ``InputError``.
    """
    if not bool(view.original(x).isfinite().all()):  # it also says whether the module runs in float64
        raise InputError("the module's output is NaN or infinite at this input")
    x = x.detach().clone(memory_format=torch.contiguous_format)
    return Region(x, local_margins(view, x))


@contextmanager
def _exactly() -> Iterator[None]:
    """Entered where a call on a region comes in, and nowhere below."""
    with exact_math(), torch.inference_mode(False):
        yield
