"""Comparisons: their answer, a mask, is constant on a region, so whatever is made of it is constant too."""

from collections.abc import Callable

import torch
from torch import Tensor

from openbox.program.gates.gate import Gate, other

Operand = Tensor | float


def _gate(kind: str, compare: Callable[..., Tensor]) -> Gate:
    def decide(a: Tensor, b: Operand) -> Tensor:
        return compare(a, b)

    def apply(answer: Tensor, *_: Operand) -> Tensor:
        return answer

    def margins(answer: Tensor, a: Tensor, b: Operand) -> Tensor:
        above = a - b
        larger = answer if kind in ("gt", "ge") else ~answer
        return torch.where(larger, above, -above).unsqueeze(-1)

    return Gate(kind, decide, apply, margins, other, operands=(0, 1))


GREATER = _gate("gt", torch.gt)
GREATER_EQUAL = _gate("ge", torch.ge)
LESS = _gate("lt", torch.lt)
LESS_EQUAL = _gate("le", torch.le)
