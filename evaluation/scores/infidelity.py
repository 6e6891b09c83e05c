"""``infidelity``: what a map says of a removed square against what the network does without it.

Yeh, Hsieh, Suggala, Inouye, Ravikumar: On the (in)fidelity and sensitivity of explanations, NeurIPS 2019,
computed by ``captum.metrics.infidelity``.
"""

from dataclasses import dataclass

import torch
from captum.metrics import infidelity
from torch import Tensor

from openbox.explainers.entry import CONTRIBUTION, SLOPE
from openbox.explainers.exact.pieces import decision_rows

from ..case import Case, forward, generators
from ..measurement import Measurement, Metric, Score
from .parts.limits import check_count, check_share

LOGIT, CONTRAST = "logit", "contrast"  # what is explained: the target's logit, or minus the mean of others


@dataclass(frozen=True)
class InfidelitySettings:
    """``samples`` squares for each image; all sides from 1 to ``largest`` times the image's shorter
    one are equally likely."""

    samples: int = 50
    largest: float = 0.5

    def __post_init__(self) -> None:
        check_count("infidelity", "samples", self.samples)
        check_share("infidelity", "largest", self.largest)


def squares(shape: torch.Size, settings: InfidelitySettings, seeds: tuple[int, ...]) -> Tensor:
    """(n, samples, 3) int64: side, top and left of the squares in images of ``shape`` (.., H, W)."""
    height, width = shape[-2:]
    drawn = torch.stack([torch.rand(settings.samples, 3, generator=g) for g in generators(seeds)])
    side = 1 + (drawn[..., 0] * max(1, int(settings.largest * min(height, width)))).long()
    top, left = (drawn[..., 1] * (height - side + 1)).long(), (drawn[..., 2] * (width - side + 1)).long()
    return torch.stack((side, top, left), 2)


@dataclass
class Removal:
    """captum's perturbation: it asks for the same next few squares of every image at a time.

    Answers ``I`` and ``x - I``, where x - I is black in the square. captum multiplies the map with I: for
    a ``slope`` it is the removed pixels themselves, otherwise the square as 0 and 1, so that what a
    contribution says of the square is its sum there.
    """

    boxes: Tensor
    slope: bool
    done: int = 0

    def __call__(self, inputs: Tensor) -> tuple[Tensor, Tensor]:
        count = len(inputs) // len(self.boxes)
        boxes = self.boxes[:, self.done : self.done + count].flatten(0, 1).to(inputs.device)
        self.done += count
        side, top, left = (column[:, None] for column in boxes.unbind(1))
        rows, columns = (torch.arange(size, device=inputs.device) for size in inputs.shape[-2:])
        inside = ((rows >= top) & (rows < top + side))[:, :, None]
        inside = inside & ((columns >= left) & (columns < left + side))[:, None]
        square = inside[:, None].to(inputs).expand_as(inputs)
        removed = inputs * square
        return removed if self.slope else square, inputs - removed


def measure(case: Case, settings: InfidelitySettings) -> list[Measurement]:
    """``mean (I . R - (f(x) - f(x - I)))^2`` over squares I that turn black.

    ``infidelity`` is that, for values in logits, or in logits per unit of the pixel (slopes); f is what
    the method explains: the target's logit (space ``logit``), or that minus the mean of the others (space
    ``contrast``: numbers of another function, not to be ranked among those of the logit).
    ``infidelity_scaled`` is for every method, with the target's logit for f: I . R is first multiplied by
    the one number that makes the result least (captum's ``normalize``), so that the scale of R means
    nothing - nor does its sign, which is part of that number. A map of zeros gets
    ``mean (f(x) - f(x - I))^2``, the worst there is.
    Squares are alike for all methods. Costs ``samples`` passes for each image and number.
    """
    found = [_measurement(case, settings, "infidelity_scaled", LOGIT)]
    if case.explanation.unit in (CONTRIBUTION, SLOPE):
        own = CONTRAST if case.explanation.against_others else LOGIT
        found.append(_measurement(case, settings, "infidelity", own))
    return found


def _measurement(case: Case, settings: InfidelitySettings, metric: str, space: str) -> Measurement:
    def scores(points: Tensor) -> Tensor:
        logits = forward(case.model, points).double()
        each = torch.eye(logits.shape[1]).to(logits)
        return logits @ decision_rows(each).T if space == CONTRAST else logits

    values = []
    for start in range(0, len(case.x), case.batch):
        some = slice(start, start + case.batch)
        x = case.x[some]
        boxes = squares(x.shape, settings, case.seeds[some])
        found = infidelity(
            scores,
            Removal(boxes, case.explanation.unit == SLOPE),
            x,
            case.explanation.values[some].double().contiguous(),
            target=case.target[some],
            n_perturb_samples=settings.samples,
            max_examples_per_batch=min(case.batch, len(x) * settings.samples),
            normalize=metric == "infidelity_scaled",
        )
        values.append(found)
    return Measurement(metric, torch.cat(values), fill="zero", space=space)


SCORE = Score(
    "what a map says of a removed square against what the network does", InfidelitySettings, measure,
    {
        "infidelity_scaled": Metric("infidelity at the best scale of the map", "lower", "logits²"),
        "infidelity": Metric("infidelity", "lower", "logits²"),
    },
    revision=2,
)  # fmt: skip
