"""The networks that are timed: three trained ones of the zoo and torchvision's ResNet-18 at 224."""

from collections.abc import Callable
from dataclasses import dataclass

import torch
import torchvision
from torch import Tensor, nn

from openbox.zoo import load_checkpoint
from openbox.zoo.networks import Shape


@dataclass(frozen=True)
class TimedNetwork:
    """How to build it (eval mode, frozen, float32, on the CPU), and with which weights.

    ``shape`` is (C, H, W) of one input, ``classes`` how many outputs are read. ``chunk``: inputs at a
    time on a CPU, the power of two at which the floor is fastest (measured on two cores with
    ``--chunk``); the floor and the rivals all work in chunks of that size.
    """

    build: Callable[[], nn.Module]
    shape: Shape
    classes: int
    weights: str
    chunk: int


def _resnet18() -> nn.Module:
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(0)
        model = torchvision.models.resnet18(weights=None)
    generator = torch.Generator().manual_seed(0)
    for module in model.modules():
        if isinstance(module, nn.BatchNorm2d):
            assert module.running_mean is not None
            assert module.running_var is not None
            module.running_mean.normal_(0, 0.1, generator=generator)
            module.running_var.uniform_(0.5, 1.5, generator=generator)
    return model.eval().requires_grad_(False)


def _checkpoint(name: str, shape: Shape, chunk: int) -> TimedNetwork:
    return TimedNetwork(lambda: load_checkpoint(name).model, shape, 10, name, chunk)


NETWORKS: dict[str, TimedNetwork] = {
    "mlp": _checkpoint("mnist-mlp-seed0", (1, 28, 28), 256),
    "cnn28": _checkpoint("mnist-cnn-seed0", (1, 28, 28), 64),
    "resnet20": _checkpoint("cifar10-resnet20-seed0", (3, 32, 32), 64),
    "resnet18": TimedNetwork(_resnet18, (3, 224, 224), 10, "random weights and batch-norm statistics", 8),
}
DIGITS = _checkpoint("digits-cnn-seed0", (1, 8, 8), 64)  # whose pictures are always there


def random_inputs(count: int, shape: Shape) -> Tensor:
    """(count, *shape) float32, uniform in [0, 1], always the same: no two values tie, unlike in pictures."""
    return torch.rand((count, *shape), generator=torch.Generator().manual_seed(0))
