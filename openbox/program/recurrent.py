"""The rule of a recurrent layer: one operation in a trace, of any length, and unrolled to be run."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class Recurrent:
    """A recurrent ReLU layer, with the arguments of ``aten.rnn_relu.input``.

    Piecewise linear, with gates at each step of time that see those of the step before. Only the sequence
    and the state it begins in, at the positions ``operands``, may depend on x.
    """

    operands: tuple[int, ...] = (0, 1)

    def refusal(self, args: Sequence[Any], dependent: Collection[int]) -> str | None:
        """Why the operation is not piecewise linear if the arguments ``dependent`` depend on x, or None."""
        if any(position not in self.operands for position in dependent):
            return "an operand that must be constant depends on the input"
        layers, dropout, training = args[4:7]
        return "it draws random numbers" if training and dropout > 0 and layers > 1 else None


RNN_RELU = Recurrent()
