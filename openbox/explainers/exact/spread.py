"""How far a contribution is spread: as far as neighbouring pixels of the data say the same."""

import math

import torch
from torch import Tensor


def correlation_width(images: Tensor) -> float:
    """Standard deviation in pixels of the Gaussian whose autocorrelation falls to one half where that
    of the images (B, C, H, W) does: their deviations from the mean image, rows and columns alike.

    0 where nothing varies; where it never falls so far within the image, that of one side. A batch of one
    varies around its own mean.
    """
    center = images.mean(0) if len(images) > 1 else images.mean((2, 3), keepdim=True)
    varying = (images - center).double()
    if not bool(varying.any()):
        return 0.0
    before, half = 1.0, float(min(images.shape[2:]))
    for step in range(1, min(images.shape[2:])):
        after = (_correlation(varying, step, -1) + _correlation(varying, step, -2)) / 2
        if after <= 0.5:
            half = step - (0.5 - after) / (before - after)
            break
        before = after
    return half / (2 * math.sqrt(math.log(2)))


def _correlation(varying: Tensor, step: int, axis: int) -> float:
    size = varying.shape[axis]
    a, b = varying.narrow(axis, step, size - step), varying.narrow(axis, 0, size - step)
    scale = (a.square().sum() * b.square().sum()).sqrt()
    return float((a * b).sum() / scale) if scale > 0 else 0.0


def kernel(size: int, deviation: float) -> Tensor:
    """(size, size) float64: column j spreads pixel j over its neighbours by a Gaussian, and sums to 1."""
    place = torch.arange(size, dtype=torch.float64)
    distance = (place[:, None] - place) / max(deviation, 1e-3)
    weights = torch.exp(-distance.square() / 2)
    return weights / weights.sum(0)
