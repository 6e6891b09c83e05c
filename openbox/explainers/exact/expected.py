"""``openbox_expected``: expected gradients (Erion et al. 2021) from exact pieces."""

from dataclasses import dataclass

import torch
from torch import Tensor, nn

from openbox.errors import InputError, named
from openbox.explainers.exact.average import average
from openbox.explainers.exact.neighbourhood import on_the_way
from openbox.explainers.exact.points import draw
from openbox.explainers.explanation import Maps
from openbox.opening import capture


@dataclass(frozen=True)
class ExpectedSettings:
    """``samples`` pieces, one at each share of the way to a reference image."""

    samples: int = 64

    @named("openbox_expected")
    def __post_init__(self) -> None:
        if self.samples < 1:
            raise InputError(f"{self}; samples must be 1 or more")


class Expected:
    """``mean_i W_i * (x - z_i)`` with W_i the score's piece at ``s_i x + (1 - s_i) z_i``.

    The reference images z_i are the example batch given to ``create``; a batch of one means black.
    """

    def __init__(self, model: nn.Module, example: Tensor, seed: int, settings: ExpectedSettings) -> None:
        self.net = capture(model, example)
        reference = example if len(example) > 1 else torch.zeros_like(example)
        self.draws = draw(reference, settings.samples, 0, seed, "openbox_expected")

    def maps(self, x: Tensor, coefficients: Tensor) -> Maps:
        return average(self.net, x, coefficients, lambda image, _: on_the_way(image, self.draws))
