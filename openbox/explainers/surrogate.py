"""``Surrogate``: the simple function that a method takes the score for, to be tried at any point."""

from dataclasses import dataclass
from typing import Protocol

import torch
from torch import Tensor

from openbox.linearize import LinearPiece, affine


class Surrogate(Protocol):
    """Points (N, *input_shape), one for each explained image, -> (N,) what the method predicts there.

    ``readout`` (N, K): the prediction is of ``readout . logits``. Tensors only, so that it can be pickled.
    """

    @property
    def readout(self) -> Tensor: ...

    def __call__(self, points: Tensor) -> Tensor: ...


@dataclass(frozen=True, eq=False, repr=False)
class AffineSurrogate:
    """``weight . point + bias``; ``weight`` (N, *input_shape), ``bias`` (N,)."""

    weight: Tensor
    bias: Tensor
    readout: Tensor

    def __call__(self, points: Tensor) -> Tensor:
        return affine(self.weight[:, None], self.bias[:, None], points)[:, 0]


@dataclass(frozen=True, eq=False, repr=False)
class PatchSurrogate:
    """``intercept + sum of the weights of the patches that are present`` (LIME's interpretable model).

    ``intercept`` (N,), ``weights`` (N, P), ``segments`` (H, W) the number of each pixel's patch,
    ``images`` (N, C, H, W). A patch of a point is present if any of its values differs from ``fill``, or
    if the image itself is all ``fill`` there, so that switching it off would change nothing.
    """

    intercept: Tensor
    weights: Tensor
    segments: Tensor
    images: Tensor
    fill: float
    readout: Tensor

    def __call__(self, points: Tensor) -> Tensor:
        present = self._marked(points) | ~self._marked(self.images)
        return self.intercept + (self.weights * present).sum(1)

    def _marked(self, points: Tensor) -> Tensor:
        """(N, P) where any value of the patch differs from the fill."""
        differs = (points != self.fill).any(1).flatten(1)  # (N, H * W)
        patch = self.segments.to(points.device).flatten().expand(len(points), -1)
        counts = torch.zeros_like(self.weights)
        return counts.scatter_add_(1, patch, differs.to(counts)) > 0


def of_piece(piece: LinearPiece, readout: Tensor) -> AffineSurrogate:
    """The linear piece of one score for each image; readout (N, K)."""
    return AffineSurrogate(piece.weight[:, 0], piece.bias[:, 0], readout)


def patch_grid(shape: tuple[int, ...], patches: int) -> Tensor:
    """(H, W) int64: the number of each pixel's square patch, ``patches`` along the shorter side.

    ``shape`` is that of an image or a batch: (..., H, W).
    """
    height, width = shape[-2:]
    side = max(1, min(height, width) // patches)
    rows, columns = torch.arange(height) // side, torch.arange(width) // side
    return rows[:, None] * (int(columns[-1]) + 1) + columns[None]
