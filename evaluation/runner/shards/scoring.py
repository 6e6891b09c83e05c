"""The scores of a shard: measured on its stored maps, all images together, or one by one where that fails."""

from collections.abc import Callable
from dataclasses import dataclass

import torch
from torch import Tensor

from openbox.errors import InputError

from ...measurement import Measurement, Score
from .maps import described


@dataclass(frozen=True)
class Measured:
    """Some images and what was measured on them; or one image and why there is nothing."""

    places: list[int]
    measurements: list[Measurement]
    error: str = ""


def measure(
    score: Score, settings: object, case: Callable[[Tensor], object], places: list[int]
) -> list[Measured]:
    """Ask a score about the images at ``places``; ``case`` makes what it is given for some of them."""
    try:
        found = score.measure(case(torch.tensor(places)), settings) if places else []
        _check(score, found, len(places))
    except Exception as error:  # a score may fail in any way: its rows say how
        if len(places) == 1:
            return [Measured(places, [], described(error))]
        return [part for place in places for part in measure(score, settings, case, [place])]
    return [Measured(places, found)]


def _check(score: Score, found: list[Measurement], count: int) -> None:
    conditions = set()
    for one in found:
        if one.metric not in score.metrics or one.values.shape != (count,):
            raise InputError(
                f"measure: a score answered {one.metric!r} with shape {tuple(one.values.shape)}; its metrics "
                f"are {', '.join(score.metrics)}, for {count} images"
            )
        if one.curves is not None and (one.curves.ndim != 2 or len(one.curves) != count):
            raise InputError(
                f"measure: the curves of {one.metric!r} have shape {tuple(one.curves.shape)}, expected "
                f"({count}, L + 1)"
            )
        condition = (one.metric, one.order, one.fill, one.space)
        if condition in conditions:
            raise InputError(f"measure: a score answered twice to {condition}")
        conditions.add(condition)
