"""From a point on the boundary to the nearest point of its region, and over the facets that hold it back."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass

import torch
from torch import Tensor

from openbox.geometry.counterfactuals.boundary_refinement import slide
from openbox.geometry.counterfactuals.projection import Domain, nearest_in_halfspaces
from openbox.geometry.counterfactuals.relaxation import Reached, Relaxation, nearest_in_region, relax
from openbox.geometry.counterfactuals.search import Search
from openbox.geometry.counterfactuals.specification import Specification
from openbox.geometry.tolerances import ACROSS, REGION_GAIN, SMALL_DISTANCE
from openbox.program.patterns import region_ids


@dataclass(frozen=True, eq=False)
class Best:
    """``point`` (n,) reaches the goal; ``path`` leads to its region; ``certified``: the nearest one there."""

    point: Tensor
    path: tuple[Tensor, ...]
    certified: bool


def polish(
    specification: Specification,
    domain: Domain,
    best: Best,
    search: Search,
    regions: int,
    progress: Callable[[float], object],
) -> Best:
    """Walk from region to region, as long as the point comes nearer, through ``regions`` at most."""
    seen: set[str] = set()
    todo = iter([best.point])
    while len(seen) < regions:
        inside = next((p for p in todo if _name(specification, p) not in seen), None)
        if inside is None:
            break
        seen.add(_name(specification, inside))
        radius = float(domain.distance(best.point[None]))
        region = relax(specification, inside)
        reached = _nearest(specification, domain, region, best.point)
        gained = reached.distance < radius * (1 - REGION_GAIN)
        if not (gained or len(seen) == 1) or not _verified(specification, reached.point):
            continue
        best = Best(reached.point, (*best.path, inside), reached.certified)
        progress(reached.distance)
        way = [best.point, *(slide(specification, domain, best.point, search) if len(seen) < regions else ())]
        if float(domain.distance(way[-1])) < reached.distance * (1 - REGION_GAIN):
            best = Best(way[-1], (*best.path, *way[1:]), False)
            todo = iter(way[-1:])
        else:
            todo = _neighbours(specification, domain, region, reached)
    return best


def _nearest(specification: Specification, domain: Domain, region: Relaxation, start: Tensor) -> Reached:
    """The nearest point of the region for every class that may be reached; ``start`` reaches one."""
    first = int(specification.towards(start[None]))
    best = nearest_in_region(region, domain, *specification.around(region.point, first), start)
    for towards in specification.classes:
        if towards == first:
            continue
        normals, offsets = specification.around(region.point, towards)
        if float(nearest_in_halfspaces(domain, normals, offsets)[1].amax()) >= best.distance:
            continue  # the nearest point of the half-space is no nearer, with or without the region
        # without the rows that the first class needed: others matter here
        other = nearest_in_region(
            relax(specification, region.point), domain, normals, offsets, best.point, best.distance
        )
        best = other if other.certified or other.distance < best.distance else _uncertified(best)
    return best


def _uncertified(reached: Reached) -> Reached:
    return Reached(reached.point, reached.distance, False, reached.leaving)


def _neighbours(
    specification: Specification, domain: Domain, region: Relaxation, reached: Reached
) -> Iterator[Tensor]:
    """Points just beyond the facets that hold the point back: all at once, then one by one."""
    step = ACROSS * max(reached.distance, SMALL_DISTANCE)
    towards = int(specification.towards(reached.point[None]))
    free = nearest_in_halfspaces(domain, *specification.around(region.point, towards))[0][0] - reached.point
    directions = [free, *(-row for row in reached.leaving)]
    for direction in directions:
        length = float(direction.norm())
        if length > 0:
            yield domain.clip(reached.point + step / length * direction)


def _name(specification: Specification, point: Tensor) -> str:
    view = specification.view
    with torch.no_grad():
        pattern = view.record(point.view(1, *view.input_shape))[1]
    return region_ids(view.program.layouts, pattern, 1)[0]


def _verified(specification: Specification, point: Tensor) -> bool:
    """Whether the module decides as asked; half of the excess is left to rounding."""
    return bool(specification.score(point[None]) >= -specification.excess / 2)
