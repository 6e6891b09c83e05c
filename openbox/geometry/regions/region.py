"""``Region``: the polytope around one input on which the network is one affine function."""

import math
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from numbers import Real

import torch
from torch import Tensor

from openbox.errors import InputError, named, shown
from openbox.geometry.bounds import Bounds, box
from openbox.geometry.regions.chebyshev import Ball, largest_ball
from openbox.geometry.regions.crossing import Crossing, units_at
from openbox.geometry.regions.distance import DUAL, nearest
from openbox.geometry.regions.facets import FacetsFound, shot_facets
from openbox.geometry.regions.halfspaces import halfspaces
from openbox.geometry.regions.margins import LocalMargins, local_margins
from openbox.geometry.regions.minimal import Facets, irredundant
from openbox.geometry.regions.rays import shoot
from openbox.geometry.view import View
from openbox.module.precision import exact_math
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
    """

    x: Tensor
    local: LocalMargins

    def __repr__(self) -> str:
        units = sum(len(margins) for margins in self.local.margins)
        return f"Region({units} gate units, {self.x.numel()} coordinates)"

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
    def halfspaces(self, limit: int = _GIGABYTE) -> tuple[Tensor, Tensor]:
        """A (G, *input_shape) and c (G,) with A . p + c >= 0 for every point p of the region.

        One for each neighbour of each unit, in the order of the network; those without a neighbour, and
        margins that are constant on the region, are left out. ``limit`` in bytes.
        Raises ``InputError`` beyond it.
        """
        limit = check_count("limit", limit, 0)
        with _exactly():
            found = halfspaces(self.local, limit, f"raise limit=, {_UNSTORED}")
        return found.a.view(-1, *self.x.shape[1:]), found.c

    @named("region.minimal")
    def minimal(self, bounds: Bounds = None, limit: int = _MANY, progress: OnCount | None = None) -> Facets:
        """The half-spaces without which the region would be larger: its facets, by linear programs (HiGHS).

        They are the polytope boundary features of OpenBox (KDD 2018). ``bounds``: (low, high) of the
        inputs, numbers or tensors; what no input within them reaches is redundant, and their own sides are
        not listed. For small networks: refuses more than ``limit`` half-spaces. Redundant to 1e-8 of the
        size of the region. Raises ``InputError``, also for a region that is flat.
        """
        limits, limit = box(bounds, self.x.shape[1:]), check_count("limit", limit, 0)
        count = sum(int(margins.isfinite().sum()) for margins in self.local.margins)
        if count > limit:
            raise InputError(
                f"{count:,} half-spaces are more than the limit of {limit:,} for linear programs; "
                f"raise limit=, or {_BY_RAYS}"
            )
        with _exactly():
            found = halfspaces(self.local, _GIGABYTE, _BY_RAYS)
            a, c = found.a.cpu().numpy(), found.c.cpu().numpy()
            kept = torch.from_numpy(irredundant(a, c, limits, progress)).to(self.x.device)
            gates = units_at(self.local, found.places[kept])
        return Facets(found.a[kept].view(-1, *self.x.shape[1:]), found.c[kept], gates)

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
    def facets(self, rays: int = 1000, seed: int = 0, progress: OnCount | None = None) -> FacetsFound:
        """Facets of the region, proven by random rays out of it that end in them; for any size of network.

        Costs a forward pass a ray. Raises ``InputError`` if x lies on borders and no way in is found.
        """
        rays, seed = check_count("rays", rays, 1), check_count("seed", seed, 0, SEEDS)
        with _exactly():
            return shot_facets(self.local, rays, seed, progress)


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
