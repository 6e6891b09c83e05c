"""``ExactPieces``: the affine pieces of a network at some inputs, and what each would say at the others."""

from dataclasses import dataclass

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from openbox.errors import InputError, named
from openbox.geometry.clusters.clustering import cluster
from openbox.network import PiecewiseLinearNetwork

Numbers = NDArray[np.int64]
Values = NDArray[np.float64]
_ROWS = 256  # pieces that are applied to all inputs at a time


@dataclass(frozen=True, eq=False)
class ExactPieces:
    """P pieces of N inputs x (N, *input_shape).

    ``weight`` (P, K, D) and ``bias`` (P, K) in the precision of x, ``members`` (N,) the piece of each input,
    ``apart`` (P, P) in how many gate units two of them differ. ``errors`` (P, N): the largest distance, over
    the classes, of what a piece says at an input from the network's logits, both less their mean over the
    classes, which no decision sees.
    """

    x: Tensor
    logits: Tensor
    weight: Tensor
    bias: Tensor
    members: Numbers
    apart: Numbers
    errors: Values

    def __len__(self) -> int:
        return len(self.weight)

    def __repr__(self) -> str:
        return f"ExactPieces({len(self)} pieces of {len(self.members)} inputs)"


@named("open_pieces")
def open_pieces(net: PiecewiseLinearNetwork, x: Tensor) -> ExactPieces:
    """Open the network at x (N, *input_shape): one piece for all inputs of a region.

    Holds P K D numbers and P N errors. Raises ``InputError``.
    """
    if len(x) < 1:
        raise InputError("there are no inputs; pass at least one")
    found = cluster(net, x)
    members = found.regions.members
    _, first = np.unique(members, return_index=True)
    piece = net.linearize(x[torch.from_numpy(first)])
    logits = net.original(x)
    weight, bias = piece.weight.flatten(2), piece.bias
    inputs, truth = x.flatten(1), _centred(logits)
    errors = np.concatenate(
        [
            (_centred(w @ inputs.T + b[..., None], 1) - truth.T).abs().amax(1).double().numpy(force=True)
            for w, b in zip(weight.split(_ROWS), bias.split(_ROWS), strict=True)
        ]
    )
    return ExactPieces(
        x, logits, weight, bias, members, found.distances(first.tolist(), first.tolist()), errors
    )


def _centred(logits: Tensor, dim: int = -1) -> Tensor:
    return logits - logits.mean(dim, keepdim=True)
