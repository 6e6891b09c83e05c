"""``Counterfactual``: the nearest input that can be found with another decision, checked on the module."""

import time
from dataclasses import dataclass, field

import torch
from torch import Tensor

from openbox.display.table import table
from openbox.errors import CounterfactualNotFoundError, InputError, shown
from openbox.geometry.bounds import Bounds, box
from openbox.geometry.counterfactuals.boundary_refinement import race
from openbox.geometry.counterfactuals.projection import Domain, check_norm
from openbox.geometry.counterfactuals.region_refinement import Best, polish
from openbox.geometry.counterfactuals.search import Search, approach, scatter
from openbox.geometry.counterfactuals.specification import Specification
from openbox.geometry.tolerances import EXCESS
from openbox.geometry.view import View
from openbox.program.patterns import region_ids
from openbox.progress import OnDistance
from openbox.shapes import check_class, check_count


@dataclass(frozen=True, eq=False, repr=False)
class Counterfactual:
    """A point with another class, and how it was reached.

    ``point`` (1, *input_shape) float64, at ``distance`` from x in ``norm``. The module gives x to class
    ``original`` and the point to ``target``; ``logits`` (1, K) are the module's own at the point. A logit
    counts as larger from 1e-9 of the largest logit of x on. ``path`` (R, *input_shape) leads from x to
    the region that the point was found in, in regions ``region_ids``; the point lies in the last one
    or on its border. ``certified``: no point of that closed region and the bounds that is given to
    the class asked for (to any but ``original``, if none was) is nearer by more than 1e-6 relative. That is
    a statement about one region: in another one there may be a nearer point.
    """

    point: Tensor
    distance: float
    norm: float
    original: int
    target: int
    logits: Tensor
    path: Tensor = field(repr=False)
    region_ids: list[str] = field(repr=False)
    certified: bool
    seconds: float

    def __repr__(self) -> str:
        return (
            f"Counterfactual({self.original} -> {self.target} at l{self.norm:g} distance "
            f"{self.distance:.6g}, {len(self.region_ids)} regions walked, "
            f"{'' if self.certified else 'not '}certified, {self.seconds:.2f} s)"
        )

    def _repr_html_(self) -> str:
        units = {
            "original": "class of x",
            "target": "class of the point",
            "distance": "units of the input",
            "norm": "which l-norm that is",
            "point": "an input",
            "logits": "the module's own output at the point",
            "region_ids": "regions on the way",
            "certified": "nearest within its region",
            "seconds": "s",
        }
        return table(self, units)


def counterfactual(
    view: View, x: Tensor, target: int | None, norm: float, bounds: Bounds, starts: int, regions: int,
    progress: OnDistance | None,
) -> Counterfactual:  # fmt: skip
    """See ``PiecewiseLinearNetwork.counterfactual``; x (1, *input_shape) float64, in exact arithmetic."""
    began = time.perf_counter()
    target = None if target is None else check_class(target, view.outputs)
    starts, regions = check_count("starts", starts, 1), check_count("regions", regions, 1)
    x = x.clone()
    domain = _ball(x.flatten(), view.input_shape, norm, bounds)
    specification = _goal(view, x, target)
    best = _search(specification, domain, starts, regions, progress or (lambda _: None), bounds)
    path = torch.stack((domain.centre, *best.path))
    pattern = [view.record(p.view_as(x))[1] for p in path]
    names = [region_ids(view.program.layouts, one, 1)[0] for one in pattern]
    new = [0, *(i for i in range(1, len(names)) if names[i] != names[i - 1])]
    logits = specification.logits(best.point[None])
    reached = first_largest(logits)
    if reached == specification.original or target not in (None, reached):
        raise CounterfactualNotFoundError(
            f"the module gives the point found to class {reached}, within rounding "
            "of the boundary; scale the network or the input so that its logits differ by more"
        )
    return Counterfactual(
        best.point.view_as(x), float(domain.distance(best.point[None])), domain.norm,
        specification.original, reached, logits,
        path[new].unflatten(1, view.input_shape), [names[i] for i in new],
        best.certified, time.perf_counter() - began,
    )  # fmt: skip


def first_largest(logits: Tensor) -> int:
    """The class of logits (1, K): at a tie the lowest index."""
    return int((logits[0] == logits[0].max()).nonzero()[0])


def _search(
    specification: Specification,
    domain: Domain,
    starts: int,
    regions: int,
    progress: OnDistance,
    bounds: Bounds,
) -> Best:
    search = Search()
    found = approach(specification, domain, search)
    found = scatter(specification, domain, found, search)
    if not len(found):
        wanted = (
            f"class {specification.target}"
            if specification.target is not None
            else f"a class other than {specification.original}"
        )
        raise CounterfactualNotFoundError(
            f"found no point of {wanted} within bounds={shown(bounds)}: {search.steps} steps "
            f"towards each of {len(specification.classes)} classes and {search.samples} random points did "
            "not reach one; widen the bounds, or choose another target"
        )
    way = race(specification, domain, found[:starts], search)
    progress(float(domain.distance(way[-1])))
    best = Best(way[-1], tuple(way), False)
    return polish(specification, domain, best, search, regions, progress)


def _ball(x: Tensor, shape: tuple[int, ...], norm: float, bounds: Bounds) -> Domain:
    norm = check_norm(norm)
    limits = torch.from_numpy(box(bounds, shape)).to(x)
    lower, upper = limits.unbind(1)
    outside = (x < lower) | (x > upper)
    if bool(outside.any()):
        raise InputError(
            f"x reaches from {float(x.min()):g} to {float(x.max()):g}, and {int(outside.sum())} of "
            f"its {len(x)} values are outside bounds={shown(bounds)}; pass the bounds that inputs have, or "
            "None"
        )
    return Domain(x, lower, upper, norm)


def _goal(view: View, x: Tensor, target: int | None) -> Specification:
    f = view.original(x)
    if not bool(f.isfinite().all()):
        raise InputError("the module's output is NaN or infinite at this input")
    original = first_largest(f)
    if view.outputs < 2:
        raise InputError("the network has one output, so that its class cannot change")
    if target == original:
        raise InputError(f"x is of class {original} already; choose another target, or None for any")
    return Specification(view, original, target, EXCESS * (float(f.abs().max()) or 1.0))
