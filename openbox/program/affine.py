"""Affine rules: operations that are affine in x as long as their other operands do not depend on x."""

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass

import torch
from torch import Tensor


@dataclass(frozen=True)
class Affine:
    """When an operation is affine in x.

    The positions count the operation's arguments. Those in ``constant`` may never depend on x; of
    those in ``product``, which are multiplied with each other, at most one may. All others are free.
    Those in ``off`` are flags that must be false: they ask for statistics of the input itself.
    ``apply`` replaces PyTorch's own operation where its derivative is not that of the function.
    """

    product: tuple[int, ...] = ()
    constant: tuple[int, ...] = ()
    off: tuple[int, ...] = ()
    apply: Callable[..., Tensor] | None = None

    def refusal(self, args: Sequence[object], dependent: Collection[int]) -> str | None:
        """Why the operation is not affine if the arguments ``dependent`` depend on x, or None."""
        if any(args[position] for position in self.off if position < len(args)):
            return "it divides by statistics of the input itself"
        if sum(position in dependent for position in self.product) > 1:
            return "it multiplies two values that both depend on the input"
        if any(position in dependent for position in self.constant):
            return "an operand that must be constant depends on the input"
        return None


def copied(x: Tensor, source: Tensor, *_: object) -> Tensor:
    """The function of ``copy``, which has no derivative in PyTorch."""
    return source.expand_as(x)


def assigned(x: Tensor, indices: list[Tensor | None], values: Tensor, accumulate: bool = False) -> Tensor:
    """The function of ``index_put``; PyTorch's derivative counts each writer of a place, not the last."""
    if accumulate:
        return torch.ops.aten.index_put(x, indices, values, True)
    order = torch.arange(values.numel(), device=x.device).view(values.shape)
    writer = torch.ops.aten.index_put(torch.full(x.shape, -1, device=x.device), indices, order)
    written = values.to(x.device).reshape(-1)  # a single number may lie on the CPU
    return torch.where(writer >= 0, written[writer.clamp(min=0)], x)


def identity(x: Tensor, *_: object) -> Tensor:
    """The function of ``detach`` and its relatives, with the derivative that the function has."""
    return x
