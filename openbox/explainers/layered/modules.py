"""The layers that ``torch.nn`` has no module for."""

from collections.abc import Callable
from typing import Any

from torch import Tensor, nn

CONVOLUTIONS = (nn.Conv1d, nn.Conv2d, nn.Conv3d, nn.ConvTranspose1d, nn.ConvTranspose2d, nn.ConvTranspose3d)
POOLS = (nn.MaxPool1d, nn.MaxPool2d, nn.MaxPool3d)


class Add(nn.Module):
    """The sum over the last axis of two values that were stacked on it: an addition with one input."""

    def forward(self, stacked: Tensor) -> Tensor:
        return stacked.sum(-1)


class Elementwise(nn.Module):
    """``scale * x + shift`` with constants that broadcast."""

    scale: Tensor
    shift: Tensor

    def __init__(self, scale: Tensor, shift: Tensor) -> None:
        super().__init__()
        self.register_buffer("scale", scale)
        self.register_buffer("shift", shift)

    def forward(self, x: Tensor) -> Tensor:
        return self.per_value(self.scale, x) * x + self.per_value(self.shift, x)

    def per_value(self, constant: Tensor, x: Tensor) -> Tensor:
        """A constant in a shape that broadcasts to x."""
        del x
        return constant


class PerChannel(Elementwise):
    """The same with one constant for each channel of (N, C, ...): batch normalisation, not folded."""

    def per_value(self, constant: Tensor, x: Tensor) -> Tensor:
        return constant.view(-1, *(1,) * (x.ndim - 2))


class Clamp(nn.Module):
    """``x`` within [low, high]; unlike ``nn.Hardtanh`` also where they are equal."""

    def __init__(self, low: float, high: float) -> None:
        super().__init__()
        self.low, self.high = low, high

    def forward(self, x: Tensor) -> Tensor:
        return nn.functional.hardtanh(x, self.low, self.high)


class Average(nn.Module):
    """A mean, a sum or an average pooling."""

    def __init__(self, operation: Callable[..., Tensor], arguments: tuple[Any, ...]) -> None:
        super().__init__()
        self.operation, self.arguments = operation, arguments

    def forward(self, x: Tensor) -> Tensor:
        return self.operation(x, *self.arguments)


class Other(nn.Module):
    """An operation that is no layer of its own here; ``kind`` is PyTorch's name of it."""

    def __init__(self, kind: str, operation: Callable[..., Any]) -> None:
        super().__init__()
        self.kind, self.operation = kind, operation

    def forward(self, *arguments: Any, **named: Any) -> Any:
        return self.operation(*arguments, **named)


class Selection(Other):
    """A maximum or minimum: each of its numbers is one of those that it reads."""
