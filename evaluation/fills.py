"""The one table of fills: what a removed feature is replaced by, in pixel space, before any normalisation."""

import math
from collections.abc import Callable
from dataclasses import dataclass

import torch
from torch import Tensor
from torchvision.transforms.functional import gaussian_blur

from .case import Context, generators

BLUR = 8  # the standard deviation of the blur is the shorter side over this
_NOISE = 1  # changes the seeds, so that noise and the order of ties are independent


@dataclass(frozen=True)
class Fill:
    """``make(x, context, seeds, draws)``: x (n, C, H, W) -> (draws, n, C, H, W), 1 draw if not ``random``."""

    summary: str
    make: Callable[[Tensor, Context, tuple[int, ...], int], Tensor]
    random: bool = False


def _zero(x: Tensor, context: Context, seeds: tuple[int, ...], draws: int) -> Tensor:
    del context, seeds, draws
    return x.new_zeros(()).expand(1, *x.shape)


def _mean(x: Tensor, context: Context, seeds: tuple[int, ...], draws: int) -> Tensor:
    del seeds, draws
    return context.mean.to(x)[:, None, None].expand(1, *x.shape)


def _noise(x: Tensor, context: Context, seeds: tuple[int, ...], draws: int) -> Tensor:
    del context
    found = x.new_empty((draws, *x.shape))
    for n, generator in enumerate(generators(tuple(seed ^ _NOISE for seed in seeds))):
        found[:, n] = torch.rand((draws, *x.shape[1:]), generator=generator).to(x)
    return found


def _blur(x: Tensor, context: Context, seeds: tuple[int, ...], draws: int) -> Tensor:
    del context, seeds, draws
    return blurred(x)[None]


def blurred(x: Tensor) -> Tensor:
    """The images (n, C, H, W) under a Gaussian of an eighth of the shorter side, cut off at three of them."""
    side = min(x.shape[-2:])
    sigma = side / BLUR
    radius = min(math.ceil(3 * sigma), side - 1)  # the border is reflected, once
    return gaussian_blur(x, [2 * radius + 1, 2 * radius + 1], [sigma, sigma])


FILLS: dict[str, Fill] = {
    "zero": Fill("0, black", _zero),
    "mean": Fill("the mean of the channel over the data set", _mean),
    "noise": Fill("uniform in [0, 1], each value of each channel for itself", _noise, random=True),
    "blur": Fill("the image itself, blurred", _blur),
}
