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

from openbox.explainers.exact.pieces import MODEL_CALLS, open_score
from openbox.explainers.exact.points import Offset, moved_back
from openbox.explainers.explanation import Maps, Receipt
from openbox.explainers.surrogate import AffineSurrogate
from openbox.network import PiecewiseLinearNetwork

CLAIM = "mean(W_i*p_i + b_i) = mean score of the points p_i; sum(map) = mean(W_i*(x_i - z_i))"
BATCH = 64  # points opened together; bounds the memory whatever the number of images and samples


@dataclass(frozen=True, eq=False)
class Points:
    """Some points ``at`` (m, *input_shape) to open, what is compared there, and where the image lies."""

    at: Tensor
    image: Tensor
    baseline: Tensor
    offsets: tuple[Offset, ...]


def average(
    net: PiecewiseLinearNetwork,
    x: Tensor,
    rows: Tensor,
    points: Callable[[Tensor, int], Iterable[Points]],
    claim: str = CLAIM,
) -> Maps:
    """The mean contribution over ``points(x[n], n)`` of each image; rows (N, K).

    The receipt: ``sum`` of the map, ``average`` answer of the pieces at their points, mean ``score``
    of the model there, the largest ``error`` of a piece, and the number of ``points``.
    """
    found = [
        _one(net, image, row, points(image, n)) for n, (image, row) in enumerate(zip(x, rows, strict=True))
    ]
    values, weight = (torch.stack(maps).to(x) for maps in zip(*(maps for maps, _ in found), strict=True))
    names = ("average", "score", "error", "points", "bias")
    columns = torch.stack([numbers for _, numbers in found]).to(x).unbind(1)
    numbers = {"sum": values.flatten(1).sum(1), **dict(zip(names, columns, strict=True))}
    calls = MODEL_CALLS * float(numbers["points"][0])
    surrogate = AffineSurrogate(weight, numbers.pop("bias"), rows)
    return Maps(values, Receipt(claim, numbers), calls, surrogate=surrogate)


def _one(
    net: PiecewiseLinearNetwork, x: Tensor, row: Tensor, batches: Iterable[Points]
) -> tuple[tuple[Tensor, Tensor], Tensor]:
    """The map and the weight of g at one x, and the numbers of the receipt with the bias of g."""
    values = weight = torch.zeros_like(x, dtype=torch.float64)
    answer, constant, score, error, count = 0.0, 0.0, 0.0, 0.0, 0
    for some in batches:
        piece = open_score(net, some.at, row.expand(len(some.at), -1))
        slopes = piece.weight[:, 0]
        back = _summed(slopes, some.offsets)
        values = values + _summed(slopes * (some.image - some.baseline), some.offsets)
        weight = weight + back
        # what a moved image leaves free shows the baseline, whatever the image
        behind = float((slopes.double() * some.image).sum() - (back * x).sum())
        constant += behind + float(piece.bias.sum())
        answer += float(piece(some.at).sum())
        score += float(piece.logits.sum())
        error = max(error, float(piece.error.max()))
        count += len(some.at)
    numbers = [answer / count, score / count, error, count, constant / count]
    return (values / count, weight / count), torch.tensor(numbers, dtype=torch.float64)


def _summed(parts: Tensor, offsets: tuple[Offset, ...]) -> Tensor:
    back = [moved_back(part, offset) for part, offset in zip(parts, offsets, strict=True)]
    return torch.stack(back).sum(0, dtype=torch.float64)
