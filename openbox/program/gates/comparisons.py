"""Comparisons: their answer, a mask, is constant on a region, so whatever is made of it is constant too."""

from collections.abc import Callable

import torch
from torch import Tensor

from openbox.program.gates.gate import Gate, other
from openbox.program.gates.naming import two_ways

Operand = Tensor | float

_ANSWER = two_ways("becomes true", "becomes false")


def _gate(kind: str, compare: Callable[..., Tensor], larger: bool) -> Gate:
    """``larger``: whether the first operand is the larger one where the answer is true."""

    def decide(a: Tensor, b: Operand) -> Tensor:
        return compare(a, b)

    def apply(answer: Tensor, *_: Operand) -> Tensor:
        return answer

    def margins(answer: Tensor, a: Tensor, b: Operand) -> Tensor:
        above = a - b
        return torch.where(answer if larger else ~answer, above, -above).unsqueeze(-1)

    return Gate(kind, decide, apply, margins, other, _ANSWER, operands=(0, 1))


GREATER = _gate("gt", torch.gt, True)
GREATER_EQUAL = _gate("ge", torch.ge, True)
LESS = _gate("lt", torch.lt, False)
LESS_EQUAL = _gate("le", torch.le, False)
