"""Where a network is opened for an average: points between the image and reference images.

Nothing here looks at the pixels of the image: every image, and the same image moved by a pixel, gets
the same random numbers, so that two maps differ only by what the network does.
"""

from dataclasses import dataclass
from typing import Any

import torch
from torch import Tensor

from openbox.explainers.method import text_seed

Offset = tuple[int, int]


@dataclass(frozen=True, eq=False)
class Draws:
    """n points: ``share`` of the image in each, (n, 1, ...) or one a pixel (n, 1, H, W); ``baseline``
    (n, *input_shape); offsets in pixels; ``blurred`` (n,) where the blurred image is the baseline."""

    share: Tensor
    baseline: Tensor
    offsets: tuple[Offset, ...]
    blurred: Tensor


def draw(
    reference: Tensor, samples: int, shift: int, seed: int, method: str,
    way: tuple[float, float] = (0, 1), blurred: float = 0, masked: float = 0,
) -> Draws:  # fmt: skip
    """Stratified draws: every share, reference image and offset as often as any other.

    ``reference`` (B, *input_shape); the offsets fill a window of 2 ``shift`` + 1 pixels squared, the
    shares the interval ``way``. ``blurred`` of the points have no reference image; in ``masked`` of them
    the share is one of pixels: so many show the image, chosen at random, and the others the baseline.
    """
    generator = torch.Generator().manual_seed(text_seed(seed, method))
    share = way[0] + (way[1] - way[0]) * (torch.randperm(samples, generator=generator) + 0.5) / samples
    chosen = _in_turn(len(reference), samples, generator).to(reference.device)
    side = 2 * shift + 1
    places = _in_turn(side * side, samples, generator).tolist()
    offsets = tuple((place // side - shift, place % side - shift) for place in places)
    share = share.reshape(-1, *[1] * (reference.ndim - 1))
    if masked:
        pixels = torch.rand(samples, 1, *reference.shape[2:], generator=generator) < share
        share = torch.where(_some(masked, share, generator), pixels.to(share), share)
    own = _some(blurred, share, generator).flatten(1)[:, 0]
    return Draws(share.to(reference), reference[chosen], offsets, own.to(reference.device))


def _some(part: float, share: Tensor, generator: torch.Generator) -> Tensor:
    """(n, 1, ...) bool: true for that part of the n points."""
    samples = len(share)
    order = torch.randperm(samples, generator=generator)
    return (order < round(part * samples)).reshape(-1, *[1] * (share.ndim - 1))


def _in_turn(count: int, samples: int, generator: torch.Generator) -> Tensor:
    """``samples`` numbers below ``count``: shuffled rounds through all of them."""
    rounds = -(-samples // count)
    return torch.cat([torch.randperm(count, generator=generator) for _ in range(rounds)])[:samples]


def moved(image: Tensor, offset: Offset, onto: Tensor) -> Tensor:
    """The image (.., H, W) moved by ``offset`` = (down, right) pixels and laid over ``onto``."""
    target, source = _overlap(image, offset)
    result = onto.clone()
    result[target] = image[source]
    return result


def moved_back(values: Tensor, offset: Offset) -> Tensor:
    """Values (.., H, W) of a moved image, at the pixels they belong to; 0 at pixels that had left."""
    source, target = _overlap(values, offset)
    result = torch.zeros_like(values)
    result[target] = values[source]
    return result


def _overlap(image: Tensor, offset: Offset) -> tuple[Any, Any]:
    """Where the moved image lies in the picture, and which part of the image lies there."""
    if offset == (0, 0):
        return (...,), (...,)  # inputs that are no images are never moved
    (rows, from_rows), (columns, from_columns) = (
        _along(size, step) for size, step in zip(image.shape[-2:], offset, strict=True)
    )
    return (..., rows, columns), (..., from_rows, from_columns)


def _along(size: int, step: int) -> tuple[slice, slice]:
    ahead, behind = max(step, 0), max(-step, 0)
    return slice(ahead, size - behind), slice(behind, size - ahead)
