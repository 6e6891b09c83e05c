"""A case: a network by its builder and the shape of its input, and the inputs every law runs on."""

from collections.abc import Callable
from dataclasses import dataclass

import torch
from torch import Tensor, nn
from torch.nn.modules.batchnorm import _NormBase

GENERIC = ("random", "signed")  # inputs without ties
GRID = 256  # weights are multiples of 1 / GRID


class Function(nn.Module):
    """A module whose forward is a plain function of (module, x); ``parts`` are its submodules."""

    matrix: Tensor
    vector: Tensor
    conv: nn.Module
    last: nn.Module
    norm: nn.Module

    def __init__(self, function: Callable[["Function", Tensor], Tensor], **parts: nn.Module) -> None:
        super().__init__()
        self.function = function
        self.register_buffer("matrix", torch.randn(6, 5))
        self.register_buffer("vector", torch.randn(6))
        for name, part in parts.items():
            self.add_module(name, part)

    def forward(self, x: Tensor) -> Tensor:
        return self.function(self, x)


@dataclass(frozen=True)
class Case:
    """A network by its builder, and the shape of one input."""

    build: Callable[[], nn.Module]
    shape: tuple[int, ...]

    def model(self) -> nn.Module:
        """The network in eval mode, float32, the same weights every time, running statistics not trivial.

        The weights have few digits, so that in float64 most sums are exact in any order: what is a tie
        for the library is a tie for the oracle.
        """
        with torch.random.fork_rng(devices=[]), torch.no_grad():
            torch.manual_seed(0)
            model = self.build().eval()
            model(torch.zeros(1, *self.shape))  # lazy layers get their shape
            for module in model.modules():
                if isinstance(module, _NormBase):
                    _randomise(module)
            for tensor in (*model.parameters(), *model.buffers()):
                if tensor.is_floating_point():
                    tensor.copy_((tensor * GRID).round() / GRID)
        return model

    def inputs(self) -> dict[str, Tensor]:
        """Float32 inputs (*shape) by name: generic ones, and the ties that real images are full of."""
        generator = torch.Generator().manual_seed(1)
        random = torch.rand(self.shape, generator=generator)
        bordered = random.clone()
        if len(self.shape) == 3:
            bordered[:, :2] = bordered[:, :, -2:] = 0
        else:
            bordered[..., :2] = 0
        return {
            "random": random,
            "signed": torch.randn(self.shape, generator=generator),
            "bordered": bordered,
            "black": torch.zeros(self.shape),
            "negative zero": -torch.zeros(self.shape),
            "constant": torch.full(self.shape, 0.5),
            "two values": (random > 0.5).float(),
        }


def _randomise(norm: _NormBase) -> None:
    assert norm.running_mean is not None
    assert norm.running_var is not None
    norm.running_mean.normal_(0, 0.3)
    norm.running_var.uniform_(0.5, 2)
    if norm.affine:
        nn.init.uniform_(norm.weight, -1, 1)
        nn.init.normal_(norm.bias, 0, 0.3)


def through(function: Callable[[Tensor], Tensor], *shape: int) -> Case:
    """A function of x alone."""
    return Case(lambda: Function(lambda _, x: function(x)), shape)


def layers(*shape: int, build: Callable[[], list[nn.Module]]) -> Case:
    """A chain of layers, one a row."""
    return Case(lambda: nn.Sequential(*build()), shape)
