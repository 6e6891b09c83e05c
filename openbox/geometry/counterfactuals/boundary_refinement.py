"""A point on a decision boundary, moved along it towards the center; of several, the nearest."""

import math
from collections.abc import Iterator
from itertools import islice

import torch
from torch import Tensor

from openbox.geometry.counterfactuals.polytope import nearest_in_polytope
from openbox.geometry.counterfactuals.projection import Domain
from openbox.geometry.counterfactuals.search import Search, pull_back
from openbox.geometry.counterfactuals.specification import Specification
from openbox.geometry.tolerances import BRACKET, CLOSER, NOTHING


def race(specification: Specification, domain: Domain, starts: Tensor, search: Search) -> list[Tensor]:
    """The way (n,) from one of the starts (M, n) to the nearest point that sliding from them leads to.

    All are moved some steps; those that are much farther than the nearest are given up, and so on.
    """
    runs = [([start], slide(specification, domain, start, search)) for start in starts]
    best, lead = runs[0][0], search.lead
    while runs:
        moving = []
        for way, run in runs:
            steps = list(islice(run, search.lap))
            way.extend(steps)
            if float(domain.distance(way[-1])) < float(domain.distance(best[-1])):
                best = way
            if len(steps) == search.lap:
                moving.append((way, run))
        limit = float(domain.distance(best[-1])) * (1 + lead)
        runs = [(way, run) for way, run in moving if float(domain.distance(way[-1])) <= limit]
        lead /= 2
    return best


def slide(specification: Specification, domain: Domain, point: Tensor, search: Search) -> Iterator[Tensor]:
    """Move a point (n,) that reaches the goal along the boundary towards the center, step by step.

    A bundle method: the center is projected onto the half-spaces read at the last points. Between here
    and there, at the distance of here, it is asked where the goal is reached by most; from there the
    point is pulled back. Where it is reached nowhere the boundary bends, and the half-spaces of the
    points that failed join the bundle.
    """
    rows, offsets = point.new_zeros(0, len(point)), point.new_zeros(0)
    weights = offsets
    read, halvings = point[None], 0
    radius = float(domain.distance(point))
    radii = [radius]
    for _ in range(search.slides):
        towards = specification.towards(read)
        normals, levels = specification.halfspaces(read, towards, specification.rivals(read, towards))
        lengths = normals.norm(dim=1).clamp(min=NOTHING)
        rows = torch.cat((normals / lengths[:, None], rows))[: search.cuts]
        offsets = torch.cat((levels / lengths, offsets))[: search.cuts]
        weights = torch.cat((torch.zeros_like(levels), weights))[: search.cuts]
        nearest = nearest_in_polytope(domain, rows, offsets, weights, search.programmes)
        weights = nearest.weights
        before = radii[-search.patience] if len(radii) >= search.patience else math.inf
        if nearest.bound >= radius * (1 - CLOSER) or radius > before * (1 - search.gain):
            return
        exponents = torch.arange(halvings, halvings + search.shares, device=point.device)
        tried = point + 0.5 ** exponents[:, None].to(point) * (nearest.point - point)
        scale = radius * (1 - CLOSER) / domain.distance(tried).clamp(min=NOTHING)
        tried = domain.clip(domain.centre + scale[:, None] * (tried - domain.centre))
        scores = specification.score(tried)
        best = int(scores.argmax())
        if float(scores[best]) < 0:
            read, halvings = tried[[0, -1]], min(halvings + 1, 8)
            radii.append(radius)
            continue
        first = min(max(nearest.bound / radius, 0.5), 1 - BRACKET)
        point = pull_back(specification, domain, tried[best : best + 1], 4, first)[0]
        yield point
        radius = float(domain.distance(point))
        radii.append(radius)
        read, halvings = point[None], max(0, halvings + best - 1)
