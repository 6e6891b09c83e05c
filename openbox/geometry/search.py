"""A near point beyond a decision boundary: found, pulled back to the boundary, and moved along it.

It reads the exact affine functions around its points and projects the input onto the half-spaces where
they have another class.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace

import torch
from torch import Tensor

from openbox.geometry.goal import Goal
from openbox.geometry.polytope import nearest_in_polytope
from openbox.geometry.projection import Ball, nearest_in_halfspaces

_SECTIONS = 4  # into which a segment is cut at once
_CLOSER = 1e-6  # what counts as nearer, relative


@dataclass(frozen=True)
class Search:
    """How long to search.

    ``steps``: towards the boundary, at most, with DeepFool's ``overshoot``; ``slides``: along it, at
    most, and ``patience`` of them without success; each tries ``shares`` points, and reads the boundary
    from the last ``cuts`` affine functions. Inputs of at most ``few`` numbers are looked around for, with
    ``samples`` random points, until ``draws`` times nothing nearer is among them; in more dimensions they
    would say nothing.
    """

    steps: int = 50
    overshoot: float = 0.02
    slides: int = 200
    patience: int = 10
    shares: int = 6
    cuts: int = 12
    few: int = 6
    samples: int = 1024
    draws: int = 8


def approach(goal: Goal, ball: Ball, search: Search) -> Tensor:
    """Points (M, n) on the boundary, nearest first: one for each class that the steps reach; M may be 0.

    DeepFool's steps, each class for itself, with the exact projection in the box.
    """
    towards = torch.tensor(goal.classes, device=ball.center.device)
    points = ball.center.repeat(len(towards), 1)
    found = [points[:0]]
    for _ in range(search.steps):
        normals, offsets = goal.halfspaces(points, towards, goal.rivals(points, towards))
        moved = []
        for i, point in enumerate(points):  # each from where it is
            here = replace(ball, center=point)
            onto = nearest_in_halfspaces(here, normals[i : i + 1], offsets[i : i + 1])[0][0]
            moved.append(ball.clip(point + (1 + search.overshoot) * (onto - point)))
        stuck = (torch.stack(moved) == points).all(1)
        points = torch.stack(moved)
        there = goal.score(points) >= 0
        found.append(points[there])
        points, towards = points[~there & ~stuck], towards[~there & ~stuck]
        if not len(points):
            break
    points = pull_back(goal, ball, torch.cat(found), rounds=12)
    return points[ball.distance(points).argsort(stable=True)]


def pull_back(goal: Goal, ball: Ball, points: Tensor, rounds: int) -> Tensor:
    """Each of the points (M, n) moved along its segment to the center, as far as the goal stays reached.

    Each round cuts what is left of the segments into equal sections and keeps the first that ends beyond
    the boundary.
    """
    low, high = torch.zeros_like(points[:, :1]), torch.ones_like(points[:, :1])
    sections = torch.linspace(0, 1, _SECTIONS + 1, dtype=points.dtype, device=points.device)[1:-1]
    for _ in range(rounds if len(points) else 0):
        shares = low + (high - low) * sections  # (M, S)
        on = ball.center + shares[..., None] * (points - ball.center)[:, None]
        there = (goal.score(on.flatten(0, 1)) >= 0).unflatten(0, shares.shape)
        high = torch.where(there, shares, high).amin(1, keepdim=True)
        low = torch.where(shares < high, shares, low).amax(1, keepdim=True)
    return torch.where(high == 1, points, ball.clip(ball.center + high * (points - ball.center)))


def scatter(goal: Goal, ball: Ball, points: Tensor, search: Search) -> Tensor:
    """The points (M, n), nearest first, and others that random ones around the center led to.

    As long as random points find something nearer, they are drawn again, less far away.
    """
    generator = torch.Generator(ball.center.device).manual_seed(0)
    size = (search.samples, len(ball.center))
    failures, draws = 0, search.draws if len(ball.center) <= search.few else int(not len(points))
    while failures < draws:
        shares = torch.rand(size, dtype=torch.float64, device=ball.center.device, generator=generator)
        if len(points):
            near = ball.within(float(ball.distance(points[:1])))
            sampled = near.lower + shares * (near.upper - near.lower)
        else:  # everywhere, or on every scale where there is no bound
            scales = 10.0 ** torch.linspace(-3, 3, search.samples, dtype=torch.float64)[:, None]
            unbounded = ball.center + scales.to(shares) * (2 * shares - 1)
            bounded = ball.lower + shares * (ball.upper - ball.lower)
            sampled = torch.where(bounded.isfinite(), bounded, ball.clip(unbounded))
        found = pull_back(goal, ball, sampled[goal.score(sampled) >= 0], rounds=6)
        found = found[ball.distance(found).argsort(stable=True)][:1]
        limit = float(ball.distance(points[:1])) * (1 - 1e-3) if len(points) else float("inf")
        if len(found) and float(ball.distance(found)) < limit:
            points, failures = torch.cat((found, points)), 0
        else:
            failures += 1
    return points


def slide(
    goal: Goal, ball: Ball, point: Tensor, search: Search, on_point: Callable[[Tensor], None]
) -> Tensor:
    """Move a point (n,) that reaches the goal along the boundary towards the center.

    A bundle method: the center is projected onto the half-spaces read at the last points. Between here
    and there, at the distance of here, it is asked where the goal is reached by most; from there the
    point is pulled back. Where it is reached nowhere the boundary bends, and the half-spaces of the
    points that failed join the bundle. ``on_point`` is told every point (n,) on the way.
    """
    rows, offsets = point.new_zeros(0, len(point)), point.new_zeros(0)
    read, halvings, failures = point[None], 0, 0
    radius = float(ball.distance(point[None]))
    for _ in range(search.slides):
        towards = goal.towards(read)
        normals, levels = goal.halfspaces(read, towards, goal.rivals(read, towards))
        lengths = normals.norm(dim=1).clamp(min=1e-300)
        rows = torch.cat((normals / lengths[:, None], rows))[: search.cuts]
        offsets = torch.cat((levels / lengths, offsets))[: search.cuts]
        nearest = nearest_in_polytope(ball, rows, offsets, torch.zeros_like(offsets))
        if nearest.bound >= radius * (1 - _CLOSER) or failures >= search.patience:
            break
        exponents = torch.arange(halvings, halvings + search.shares, device=point.device)
        tried = point + 0.5 ** exponents[:, None].to(point) * (nearest.point - point)
        scale = radius * (1 - _CLOSER) / ball.distance(tried).clamp(min=1e-300)
        tried = ball.clip(ball.center + scale[:, None] * (tried - ball.center))
        scores = goal.score(tried)
        best = int(scores.argmax())
        if float(scores[best]) < 0:
            read, failures, halvings = tried[[0, -1]], failures + 1, min(halvings + 1, 8)
            continue
        point = pull_back(goal, ball, tried[best : best + 1], rounds=6)[0]
        on_point(point)
        nearer = float(ball.distance(point[None]))
        failures = 0 if nearer < radius * (1 - 1e-4) else failures + 1
        read, radius, halvings = point[None], nearer, max(0, halvings + best - 1)
    return point
