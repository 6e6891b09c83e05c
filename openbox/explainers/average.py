"""Averages of exact pieces: contributions against baselines, each in the piece of a point on the way.

One piece holds in its own region only. The average of n pieces is again one affine function,
``g(z) = mean_i (W_i z + b_i)``; it is exact for what the n points have in common: the mean of their
scores. Its map is ``mean_i W_i * (x_i - z_i)``: how ``g`` changes on the way from the baselines z_i to
the (moved) image x_i, pixel by pixel - not ``f(x) - f(z)``, which needs the pieces in between as well.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass

import torch
from torch import Tensor

from openbox.explainers.exact import MODEL_CALLS, open_score
from openbox.explainers.explanation import Maps, Receipt
from openbox.explainers.points import Offset, moved_back
from openbox.network import PiecewiseLinearNetwork

CLAIM = "mean(W_i*p_i + b_i) = mean score of the points p_i; sum(map) = mean(W_i*(x_i - z_i))"
BATCH = 64  # points opened together; bounds the memory whatever the number of images and samples


@dataclass(frozen=True)
class Points:
    """Some points ``at`` (m, *input_shape) to open, what is compared there, and where the image lies."""

    at: Tensor
    image: Tensor
    baseline: Tensor
    offsets: tuple[Offset, ...]


def average(
    net: PiecewiseLinearNetwork, x: Tensor, rows: Tensor, points: Callable[[Tensor], Iterable[Points]]
) -> Maps:
    """The mean contribution over the ``points`` of each image; rows (N, K).

    The receipt: ``sum`` of the map, ``average`` answer of the pieces at their points, mean ``score``
    of the model there, the largest ``error`` of a piece, and the number of ``points``.
    """
    found = [_one(net, row, points(image)) for image, row in zip(x, rows, strict=True)]
    values = torch.stack([value for value, _ in found])
    names = ("average", "score", "error", "points")
    columns = torch.stack([numbers for _, numbers in found]).to(x).unbind(1)
    numbers = {"sum": values.flatten(1).sum(1), **dict(zip(names, columns, strict=True))}
    return Maps(values, Receipt(CLAIM, numbers), MODEL_CALLS * float(numbers["points"][0]))


def _one(net: PiecewiseLinearNetwork, row: Tensor, batches: Iterable[Points]) -> tuple[Tensor, Tensor]:
    total, answer, score, error, count = torch.zeros((), dtype=torch.float64), 0.0, 0.0, 0.0, 0
    for some in batches:
        piece = open_score(net, some.at, row.expand(len(some.at), -1))
        parts = piece.weight[:, 0] * (some.image - some.baseline)
        back = [moved_back(part, offset) for part, offset in zip(parts, some.offsets, strict=True)]
        total = total.to(some.at.device) + torch.stack(back).sum(0, dtype=torch.float64)
        answer += float(piece(some.at).sum())
        score += float(piece.logits.sum())
        error = max(error, float(piece.error.max()))
        count += len(some.at)
    numbers = torch.tensor([answer / count, score / count, error, count], dtype=torch.float64)
    return (total / count).to(row), numbers
