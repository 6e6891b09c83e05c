"""How far two maps agree: cosine, rank correlation and overlap of the top, all by row."""

import torch
from torch import Tensor

RESOLUTION = 1e-5  # of the largest value of a row: float32 maps are good to about 1e-6


def snapped(values: Tensor) -> Tensor:
    """Rows (n, d) in float64 steps of ``RESOLUTION``: ranks must not be made of rounding.

    A map is flat over a flat background; translated, its kernels round differently there, and the
    places would be ordered at random.
    """
    values = values.double()
    return (values / (RESOLUTION * values.abs().amax(1, keepdim=True))).round()


def cosine(first: Tensor, second: Tensor) -> Tensor:
    """Cosine (n,) of rows (n, d); exactly 1 for equal rows, NaN if one is zero everywhere."""
    a, b = (_unit(rows.double()) for rows in (first, second))
    return 1 - (a - b).square().sum(1) / 2  # rounds less near 1 than the product


def spearman(first: Tensor, second: Tensor) -> Tensor:
    """Spearman's rank correlation (n,) of rows (n, d), ties by their average rank; NaN if one is constant."""
    ranks = [average_ranks(rows) for rows in (first, second)]
    return cosine(*(values - values.mean(1, keepdim=True) for values in ranks))


def average_ranks(values: Tensor) -> Tensor:
    """(n, d) float64: the rank of each value in its row, from 0; equal values share their average rank."""
    ordered, values = values.sort(1).values, values.contiguous()
    below = torch.searchsorted(ordered, values)
    return (below + torch.searchsorted(ordered, values, right=True) - 1).double() / 2


def top_overlap(first: Tensor, second: Tensor, share: float) -> Tensor:
    """The share (n,) of the k = share * d largest entries that two rows (n, d) have in common.

    Entries that tie for the last of the k places share what is left of them, so that no order of ties
    has to be drawn.
    """
    count = max(1, round(share * first.shape[1]))
    return torch.minimum(_membership(first, count), _membership(second, count)).sum(1) / count


def _membership(values: Tensor, count: int) -> Tensor:
    least = values.topk(count, 1).values[:, -1:]
    above, level = values > least, values == least
    left = count - above.sum(1, keepdim=True)
    return above.double() + level.double() * left / level.sum(1, keepdim=True)


def _unit(rows: Tensor) -> Tensor:
    return rows / rows.norm(dim=1, keepdim=True)
