"""``max_sensitivity``: how far a map moves when the image hardly does.

Yeh, Hsieh, Suggala, Inouye, Ravikumar: On the (in)fidelity and sensitivity of explanations, NeurIPS 2019,
computed by ``captum.metrics.sensitivity_max``.
"""

from dataclasses import dataclass

import torch
from captum.metrics import sensitivity_max
from torch import Tensor

from ..case import Case, generators
from ..measurement import Measurement, Metric, Score
from .parts.limits import check_count, check_share


@dataclass(frozen=True)
class MaxSensitivitySettings:
    """``samples`` images within ``radius`` of the image in every pixel (pixels are in [0, 1])."""

    radius: float = 0.02
    samples: int = 3

    def __post_init__(self) -> None:
        check_share("max_sensitivity", "radius", self.radius)
        check_count("max_sensitivity", "samples", self.samples)


@dataclass
class Shaking:
    """captum's perturbation: it asks for the same next few samples of every image at a time.

    Uniform noise in [-radius, radius], cut off where a pixel would leave [0, 1].
    """

    noise: Tensor  # (n, samples, C, H, W) in [-radius, radius]
    done: int = 0

    def __call__(self, inputs: Tensor) -> Tensor:
        count = len(inputs) // len(self.noise)
        noise = self.noise[:, self.done : self.done + count].flatten(0, 1)
        self.done += count
        return (inputs + noise.to(inputs)).clamp(0, 1)


@dataclass(frozen=True)
class _CaptumExplainer:
    """captum's explainer: a tuple asks for the maps of the images themselves, which are known already."""

    case: Case
    some: slice

    def __call__(self, images: Tensor | tuple[Tensor, ...]) -> tuple[Tensor, ...]:
        if isinstance(images, tuple):
            return (self.case.explanation.values[self.some].contiguous(),)
        target = self.case.target[self.some]
        target = target.repeat_interleave(len(images) // len(target))
        return (self.case.explain(images, target).values.contiguous(),)


def shaking(x: Tensor, settings: MaxSensitivitySettings, seeds: tuple[int, ...]) -> Shaking:
    """The noise of images x (n, C, H, W), each by its own seed."""
    shape = settings.samples, *x.shape[1:]
    drawn = torch.stack([torch.rand(shape, generator=g) for g in generators(seeds)])
    return Shaking((2 * drawn - 1) * settings.radius)


def measure(case: Case, settings: MaxSensitivitySettings) -> list[Measurement]:
    """``max over samples of |R(x + noise) - R(x)|_2 / |R(x)|_2``, all channels, for the same target.

    (The denominator is captum's, 1 for a map of zeros; the paper has none, but then no two methods
    compare.) The noise of a method that draws random numbers for each image (SHAP, LIME) is part of the
    number; one that draws the same for all images (``openbox_noise``, ..) is spared it.
    Costs ``samples`` explanations of each image.
    """
    values = []
    for start in range(0, len(case.x), case.batch):
        some = slice(start, start + case.batch)
        x = case.x[some]
        found = sensitivity_max(
            _CaptumExplainer(case, some),
            (x,),
            shaking(x, settings, case.seeds[some]),
            n_perturb_samples=settings.samples,
            max_examples_per_batch=min(case.batch, len(x) * settings.samples),
        )
        values.append(found)
    return [Measurement("max_sensitivity", torch.cat(values))]


SCORE = Score(
    "how far a map moves when the image hardly does", MaxSensitivitySettings, measure,
    {"max_sensitivity": Metric("largest relative change of the map", "lower")},
)  # fmt: skip
