"""``Normalize``: standardised pixels, inside the network."""

import torch
from torch import Tensor, nn


class Normalize(nn.Module):
    """Standardise each channel: ``(x - mean) / std`` with x of shape (N, C, H, W)."""

    mean: Tensor
    std: Tensor

    def __init__(self, channels: int) -> None:
        super().__init__()
        self.register_buffer("mean", torch.zeros(1, channels, 1, 1))
        self.register_buffer("std", torch.ones(1, channels, 1, 1))

    def fit(self, mean: Tensor, std: Tensor) -> None:
        """Set the constants from the training data; ``mean`` and ``std`` have shape (C,)."""
        self.mean.copy_(mean.reshape(self.mean.shape))
        self.std.copy_(std.reshape(self.std.shape))

    def forward(self, x: Tensor) -> Tensor:
        return (x - self.mean) / self.std
