"""The job behind the lesson of pixel flipping: what is left of a score without the pixels of a map."""

from dataclasses import dataclass

import torch
from torch import Tensor

from openbox.explainers.create import Score
from work.networks import Source, outputs

STEPS = 25  # from the whole picture to the empty one
FILLS = ("black", "mean", "noise")
SEED = 0


@dataclass(frozen=True)
class Deletion:
    """``shares`` (S,) of the pixels that are deleted, the ``scores`` (M, S) of M maps, their ``pictures``
    (M, S, C, H, W)."""

    shares: Tensor
    scores: Tensor
    pictures: Tensor


def delete(source: Source, x: Tensor, ranks: Tensor, row: Tensor, score: Score, fill: str) -> Deletion:
    """Delete the pixels of x (1, C, H, W) as maps ``ranks`` (M, H, W) order them, the largest value first.

    ``row`` (K,) weighs the logits, or the network's own outputs, into the score; ``fill``: what stands where
    a pixel was.
    """
    pixels = ranks[0].numel()
    counts = torch.linspace(0, pixels, STEPS + 1).round().long()
    order = ranks.flatten(1).argsort(dim=1, descending=True, stable=True)
    place = order.argsort(1)  # of each pixel in the order
    gone = (place[:, None] < counts[:, None]).view(len(ranks), len(counts), 1, *x.shape[2:])
    pictures = torch.where(gone, _filled(x, fill), x[:, None])
    scores = outputs(source, pictures.flatten(0, 1), score) @ row
    return Deletion(counts / pixels, scores.view(len(ranks), len(counts)), pictures)


def _filled(x: Tensor, fill: str) -> Tensor:
    if fill == "mean":
        return x.mean((2, 3), keepdim=True).expand_as(x)
    if fill == "noise":
        return torch.rand(x.shape, generator=torch.Generator().manual_seed(SEED))
    return torch.zeros_like(x)
