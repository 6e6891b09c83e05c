"""Networks that packages read as they are: modules only, each used once, nothing in place."""

import torch
from torch import Tensor, nn


def plain_cnn(bias: bool = True, channels: int = 1) -> nn.Module:
    """Two convolutions with ReLU and a maximum between them, 10 outputs, for 8 x 8 pixels."""
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(5)
        return nn.Sequential(
            nn.Conv2d(channels, 6, 3, padding=1, bias=bias), nn.ReLU(), nn.MaxPool2d(2),
            nn.Conv2d(6, 8, 3, padding=1, bias=bias), nn.ReLU(), nn.Flatten(),
            nn.Linear(8 * 4 * 4, 10, bias=bias),
        ).eval()  # fmt: skip


def gradient(model: nn.Module, x: Tensor, target: int) -> Tensor:
    """PyTorch's own derivative of one logit."""
    inputs = x.clone().requires_grad_()
    return torch.autograd.grad(model(inputs)[:, target].sum(), inputs)[0]
