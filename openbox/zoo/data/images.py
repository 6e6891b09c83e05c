"""``Images``: a set of labelled pictures in memory, as every reader of this folder returns it."""

from dataclasses import dataclass

import torch
from torch import Tensor


@dataclass(frozen=True)
class Images:
    """Labelled images.

    ``pixels`` is uint8 of shape (N, C, H, W), ``labels`` int64 of shape (N,), ``classes`` the names.
    """

    pixels: Tensor
    labels: Tensor
    classes: tuple[str, ...]

    def __len__(self) -> int:
        return len(self.labels)

    @property
    def shape(self) -> tuple[int, int, int]:
        """(C, H, W) of one image."""
        channels, height, width = self.pixels.shape[1:]
        return channels, height, width

    def batch(self, index: Tensor | slice) -> Tensor:
        """The chosen images as float32 in [0, 1], shape (n, C, H, W): what a network of the zoo reads."""
        return self.pixels[index].to(torch.float32) / 255
