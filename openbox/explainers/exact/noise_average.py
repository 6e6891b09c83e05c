"""``openbox_noise``: SmoothGrad (Smilkov et al. 2017) from exact pieces, times the image."""

from collections.abc import Iterator
from dataclasses import dataclass

import torch
from torch import Tensor, nn

from openbox.errors import InputError, named
from openbox.explainers.exact.average import BATCH, Points, average
from openbox.explainers.explanation import Maps
from openbox.explainers.method import text_seed
from openbox.opening import capture


@dataclass(frozen=True)
class NoiseSettings:
    """``samples`` pieces at the image plus normal noise of standard deviation ``noise``."""

    samples: int = 64
    noise: float = 0.2

    @named("openbox_noise")
    def __post_init__(self) -> None:
        if self.samples < 1 or not self.noise >= 0:
            raise InputError(f"{self}; samples must be 1 or more, noise not negative")


class NoiseAverage:
    """``mean_i W_i * x``, W_i the score's piece at the image plus noise; all images get the same noise."""

    def __init__(self, model: nn.Module, example: Tensor, seed: int, settings: NoiseSettings) -> None:
        self.net = capture(model, example)
        self.seed = text_seed(seed, "openbox_noise")
        self.settings = settings

    def maps(self, x: Tensor, coefficients: Tensor) -> Maps:
        return average(self.net, x, coefficients, self._around)

    def _around(self, image: Tensor, n: int) -> Iterator[Points]:
        del n
        generator = torch.Generator().manual_seed(self.seed)
        for start in range(0, self.settings.samples, BATCH):
            count = min(BATCH, self.settings.samples - start)
            draws = torch.randn(count, *image.shape, generator=generator).to(image)
            images = image.expand(draws.shape)
            at = image + self.settings.noise * draws
            yield Points(at, images, torch.zeros_like(images), ((0, 0),) * count)
