"""Near points beyond a decision boundary: found, and pulled back to the boundary.

It reads the exact affine functions around its points and projects the input onto the half-spaces where
they have another class.
"""

from dataclasses import dataclass, replace

import torch
from torch import Tensor

from openbox.geometry.counterfactuals.projection import Domain, nearest_in_halfspaces
from openbox.geometry.counterfactuals.specification import Specification
from openbox.geometry.tolerances import BRACKET, DRAW_GAIN, NOTHING, SLIDE_GAIN


@dataclass(frozen=True)
class Search:
    """How long to search.

    ``steps``: towards the boundary, at most, with DeepFool's ``overshoot``; ``slides``: along it, at
    most, and until ``patience`` of them gain less than ``gain``; each tries ``shares`` points, and reads the
    boundary from the last ``cuts`` affine functions, in linf with so many linear ``programmes`` at most.
    After each ``lap`` of slides those go on that are not farther than the nearest by more than ``lead``,
    which is halved each time. Inputs of at most ``few`` numbers are looked around for, with
    ``samples`` random points, until ``draws`` times nothing nearer is among them; in more dimensions they
    would say nothing.
    """

    steps: int = 50
    overshoot: float = 0.02
    slides: int = 200
    patience: int = 10
    gain: float = SLIDE_GAIN
    lap: int = 8
    lead: float = 0.08
    shares: int = 4
    cuts: int = 12
    programmes: int = 2
    few: int = 6
    samples: int = 1024
    draws: int = 8


def approach(specification: Specification, domain: Domain, search: Search) -> Tensor:
    """Points (M, n) on the boundary, nearest first: one for each class that the steps reach; M may be 0.

    DeepFool's steps, each class for itself, with the exact projection in the box.
    """
    towards = torch.tensor(specification.classes, device=domain.centre.device)
    points = domain.centre.repeat(len(towards), 1)
    found = [points[:0]]
    for _ in range(search.steps):
        normals, offsets = specification.halfspaces(points, towards, specification.rivals(points, towards))
        moved = []
        for i, point in enumerate(points):  # each from where it is
            here = replace(domain, centre=point)
            onto = nearest_in_halfspaces(here, normals[i : i + 1], offsets[i : i + 1])[0][0]
            moved.append(domain.clip(point + (1 + search.overshoot) * (onto - point)))
        stuck = (torch.stack(moved) == points).all(1)
        points = torch.stack(moved)
        there = specification.score(points) >= 0
        found.append(points[there])
        points, towards = points[~there & ~stuck], towards[~there & ~stuck]
        if not len(points):
            break
    points = pull_back(specification, domain, torch.cat(found), rounds=12)
    return points[domain.distance(points).argsort(stable=True)]


def pull_back(
    specification: Specification, domain: Domain, points: Tensor, rounds: int, first: float = 0.5
) -> Tensor:
    """Each of the points (M, n) moved along its segment to the centre, as far as the goal stays reached.

    The first share of the segments that is tried is ``first``, then the Illinois rule closes in: the secant
    of the score, which is piecewise linear, halved at an end that has stayed (Dowell, Jarratt 1971).
    """
    if not len(points):
        return points
    low, high = points.new_zeros(len(points)), points.new_ones(len(points))
    below, above = (specification.score(end) for end in (domain.centre[None], points))
    below, last = below.expand(len(points)).clamp(max=-NOTHING), torch.zeros_like(low)
    share = torch.full_like(low, first)
    for _ in range(rounds):
        scores = specification.score(domain.centre + share[:, None] * (points - domain.centre))
        there = scores >= 0
        side = torch.where(there, 1.0, -1.0)
        stayed = torch.where(side == last, 0.5, 1.0)
        low, below = torch.where(there, low, share), torch.where(there, below * stayed, scores)
        high, above = torch.where(there, share, high), torch.where(there, scores, above * stayed)
        last, share = side, low + (high - low) * (below / (below - above)).clamp(BRACKET, 1 - BRACKET)
    return torch.where(
        high[:, None] == 1, points, domain.clip(domain.centre + high[:, None] * (points - domain.centre))
    )


def scatter(specification: Specification, domain: Domain, points: Tensor, search: Search) -> Tensor:
    """The points (M, n), nearest first, and others that random ones around the centre led to.

    As long as random points find something nearer, they are drawn again, less far away.
    """
    generator = torch.Generator(domain.centre.device).manual_seed(0)
    size = (search.samples, len(domain.centre))
    failures, draws = 0, search.draws if len(domain.centre) <= search.few else int(not len(points))
    while failures < draws:
        shares = torch.rand(size, dtype=torch.float64, device=domain.centre.device, generator=generator)
        if len(points):
            near = domain.within(float(domain.distance(points[:1])))
            sampled = near.lower + shares * (near.upper - near.lower)
        else:  # everywhere, or on every scale where there is no bound
            scales = 10.0 ** torch.linspace(-3, 3, search.samples, dtype=torch.float64)[:, None]
            unbounded = domain.centre + scales.to(shares) * (2 * shares - 1)
            bounded = domain.lower + shares * (domain.upper - domain.lower)
            sampled = torch.where(bounded.isfinite(), bounded, domain.clip(unbounded))
        found = pull_back(specification, domain, sampled[specification.score(sampled) >= 0], rounds=6)
        found = found[domain.distance(found).argsort(stable=True)][:1]
        limit = float(domain.distance(points[:1])) * (1 - DRAW_GAIN) if len(points) else float("inf")
        if len(found) and float(domain.distance(found)) < limit:
            points, failures = torch.cat((found, points)), 0
        else:
            failures += 1
    return points
