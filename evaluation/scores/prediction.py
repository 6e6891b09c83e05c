"""``prediction``: the neighbour study: what a method says at an image, tried at an image beside it.

Every method that takes each logit for a function is asked what the network answers there, beside the
baseline that predicts no change at all, without which the numbers say nothing. ``fill`` is what was changed:
one pixel by 15/255, or the whole image moved to the right by one pixel.
"""

from dataclasses import dataclass

import torch
from torch import Tensor
from torch.nn.functional import pad

from ..case import Case, generators
from ..measurement import Measurement, Metric, Score

EXACT = 1e-6  # of the largest logit: float32 carries 1e-7
STEP = 15 / 255


@dataclass(frozen=True)
class PredictionSettings:
    """Nothing to set."""


def measure(case: Case, settings: PredictionSettings) -> list[Measurement]:
    """``error`` = |prediction - answer| for the target's logit and its probability; ``squared_error``, whose
    mean has the RMSE for its root; ``exact``: 1 where the error of the logit is below ``EXACT`` of the
    largest one. ``constant_error`` and ``constant_squared_error``: of f(x) itself, the same for every method.

    Costs an explanation for each class.
    """
    del settings
    here = case.logits(case.x).double()
    classes = here.shape[1]
    changed = {"pixel": _one_pixel(case), "shift": pad(case.x, (1, 0))[..., :-1]}
    predicted = {fill: torch.zeros_like(here) for fill in changed}
    for number in range(classes):
        found = case.explain(case.x, torch.full_like(case.target, number)).surrogate
        wanted = torch.eye(classes, device=here.device)[number]
        if found is None or not bool((found.readout == wanted).all()):
            return []
        for fill, x in changed.items():
            predicted[fill][:, number] = found(x).double()
    measurements: list[Measurement] = []
    for fill, x in changed.items():
        answer = case.logits(x).double()
        for space, change in (("logit", lambda v: v), ("probability", lambda v: v.softmax(1))):
            ours, true, constant = (_own(change(v), case.target) for v in (predicted[fill], answer, here))
            error, unchanged = (ours - true).abs(), (constant - true).abs()
            parts = {
                "error": error, "squared_error": error**2,
                "constant_error": unchanged, "constant_squared_error": unchanged**2,
            }  # fmt: skip
            if space == "logit":
                parts["exact"] = (error <= EXACT * answer.abs().amax(1)).double()
            measurements += [Measurement(name, v, fill=fill, space=space) for name, v in parts.items()]
    return measurements


def _own(values: Tensor, target: Tensor) -> Tensor:
    return values.gather(1, target[:, None])[:, 0]


def _one_pixel(case: Case) -> Tensor:
    """Each image with one pixel, in all channels, brighter or darker by ``STEP``, as far as it may be."""
    changed = case.x.clone(memory_format=torch.contiguous_format)
    height, width = changed.shape[-2:]
    for image, generator in zip(changed, generators(case.seeds), strict=True):
        place = int(torch.randint(height * width, (), generator=generator))
        sign = 1 if bool(torch.rand((), generator=generator) < 0.5) else -1
        pixel = image[:, place // width, place % width]
        pixel.copy_((pixel + sign * STEP).clamp(0, 1))
    return changed


SCORE = Score(
    "an image beside it: what the method predicts", PredictionSettings, measure,
    {
        "error": Metric("|prediction - answer|", "lower"),
        "squared_error": Metric("its square", "lower"),
        "exact": Metric("share predicted exactly", "higher"),
        "constant_error": Metric("the same for no change at all", ""),
        "constant_squared_error": Metric("its square", ""),
    },
)  # fmt: skip
