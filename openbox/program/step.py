"""``Step``: one operation of a captured network, and where the inputs of a batch lie in its value."""

from collections.abc import Sequence
from dataclasses import dataclass

import torch
from torch import Tensor
from torch.fx.node import Argument, Node

from openbox.program.gates.gate import Gate
from openbox.program.rules import Operation, Rule


@dataclass(frozen=True)
class Layout:
    """Where the inputs of a batch lie in a value: axis ``axis`` is (``outer``, N, the rest), flattened."""

    axis: int = 0
    outer: int = 1

    def rows(self, value: Tensor, count: int) -> Tensor:
        """One row for each of the ``count`` inputs: (N, units)."""
        return self._split(value, count).movedim(self.axis + 1, 0).reshape(count, -1)

    def take(self, value: Tensor, count: int, inputs: Tensor) -> Tensor:
        """The value of another batch: that of the ``inputs`` (M,) among these ``count``, in that order."""
        chosen = self._split(value, count).index_select(self.axis + 1, inputs)
        return chosen.flatten(self.axis, self.axis + 2)

    def join(self, values: Sequence[Tensor], counts: Sequence[int]) -> Tensor:
        """The value of several batches together."""
        parts = [self._split(value, count) for value, count in zip(values, counts, strict=True)]
        return torch.cat(parts, self.axis + 1).flatten(self.axis, self.axis + 2)

    def mixed(self, value: Tensor, weights: Tensor) -> Tensor:
        """Weighted sums of inputs that follow each other: weights (N, M), value of N M inputs -> of N.

        Weights of sum 1; where the numbers are no floats, the M inputs share theirs.
        """
        count, each = weights.shape
        grouped = self._split(value, count * each).unflatten(self.axis + 1, (count, each))
        if not value.is_floating_point():
            return grouped.select(self.axis + 2, 0).flatten(self.axis, self.axis + 2)
        factors = weights.to(value).view(count, each, *(1,) * (grouped.ndim - self.axis - 3))
        total = grouped.select(self.axis + 2, 0) * factors[:, 0]
        for i in range(1, each):
            total.addcmul_(grouped.select(self.axis + 2, i), factors[:, i])
        return total.flatten(self.axis, self.axis + 2)

    def _split(self, value: Tensor, count: int) -> Tensor:
        return value.unflatten(self.axis, (self.outer, count, -1))


@dataclass(frozen=True)
class Step:
    """One operation. ``rule`` is None where the value is constant on a region.

    ``args`` and ``kwargs`` hold graph nodes where values of earlier steps go; ``module`` is the path
    of the submodule that the operation came from; ``last_use`` are the nodes not needed afterwards.
    ``follows_dtype``: it was asked for the dtype of the input, which a run may change.
    """

    node: Node
    operation: Operation
    args: tuple[Argument, ...]
    kwargs: dict[str, Argument]
    rule: Rule | None
    module: str
    last_use: tuple[Node, ...] = ()
    layout: Layout = Layout()
    follows_dtype: bool = False

    @property
    def gate(self) -> Gate:
        """The rule of a step that is a gate."""
        assert isinstance(self.rule, Gate)
        return self.rule
