"""Part ``counterfactual`` of ``bench geometry``: how far, how often and how fast, against DeepFool."""

import math
from collections.abc import Callable

import torch
from torch import Tensor

from openbox.errors import CounterfactualNotFoundError

from ..conduct.contest import Contest
from .deepfool import deepfool, pulled_back
from .task import OURS, Counts, PreparedNetwork, Task, inputs

RIVAL, PULLED = "deepfool", "deepfool_bisected"
NORMS = {"l2": 2.0, "linf": math.inf}
_CHECKED = 1  # input that every method answers before the clock starts
_EQUAL = 1e-9  # relative: distances that are the same but for rounding


def counterfactual_task(subject: PreparedNetwork, data: str, norm: str, count: int) -> Task:
    """``count`` inputs one after the other, bounded to [0, 1], in float64; the class may become any other."""
    x = inputs(data, count, subject.entry).to(subject.device)
    order, net, module = NORMS[norm], subject.net, subject.module
    answers: dict[str, Tensor] = {}

    def ours(one: Tensor) -> Tensor:
        try:
            return net.counterfactual(one, norm=order).point
        except CounterfactualNotFoundError:
            return one

    methods: dict[str, Callable[[Tensor], Tensor]] = {
        RIVAL: lambda one: deepfool(module, one, order).point,
        PULLED: lambda one: pulled_back(module, one, deepfool(module, one, order), order).point,
        OURS: ours,
    }

    def bound(name: str, some: Tensor) -> Callable[[], Tensor]:
        def call() -> Tensor:
            answers[name] = torch.cat([methods[name](one) for one in some.split(1)])
            return answers[name]

        return call

    def facts(name: str) -> Counts:
        mine, ours = (reached(module, x, answers[key], order) for key in (name, OURS))
        both = mine.isfinite() & ours.isfinite()
        return Counts(
            len(x), len(x),
            farther=(mine[both] / ours[both]).tolist(),
            not_nearer=float((mine >= ours * (1 - _EQUAL)).double().mean()),
            success=float(mine.isfinite().double().mean()),
        )  # fmt: skip

    first, whole = ({name: bound(name, some) for name in methods} for some in (x[:_CHECKED], x))
    contest = Contest(first, whole, OURS, first[OURS], _gap, math.inf)
    return Task("counterfactual", subject, data, f"{norm}, {count} inputs", contest, RIVAL, facts)


def reached(module: Callable[[Tensor], Tensor], x: Tensor, points: Tensor, order: float) -> Tensor:
    """(N,) distances of the points (N, *shape), judged by the module alone; infinite for the same class.

    One at a time: a point that lies on the boundary but for rounding is another class in another batch.
    """
    with torch.no_grad():
        pairs = zip(x.split(1), points.split(1), strict=True)
        changed = torch.cat([module(there).argmax(1) != module(here).argmax(1) for here, there in pairs])
    inside = ((points >= 0) & (points <= 1)).flatten(1).all(1)
    distances = torch.linalg.vector_norm((points - x).flatten(1), order, 1)
    return torch.where(changed & inside, distances, torch.inf)


def _gap(name: str, result: Tensor, expected: Tensor) -> None:
    """Another answer is no error here: ``facts`` judges the answers."""
