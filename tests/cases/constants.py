"""Sums and products with constants: numbers, tensors and buffers."""

import torch
from torch import Tensor
from torch.nn import functional as F

from cases.case import Case, Function, through


def _buffers(m: Function, x: Tensor) -> Tensor:
    hidden = m.vector * F.relu(m.vector - x) / (m.vector.abs() + 1)
    return torch.sub(hidden, m.vector, alpha=2) + torch.add(m.vector, x, alpha=0.5)


def _addcmul(m: Function, x: Tensor) -> Tensor:
    fused = torch.addcmul(m.vector, F.relu(x), m.vector, value=0.5)
    return torch.addcmul(fused, m.vector, m.vector) + torch.addcdiv(x, fused, m.vector.abs() + 1, value=-2)


def _lerp(m: Function, x: Tensor) -> Tensor:
    return torch.lerp(F.relu(x), m.vector, 0.25) + torch.lerp(m.vector, x, m.vector) - x.lerp(2 * x, 0.75)


def _where(m: Function, x: Tensor) -> Tensor:
    return torch.where(m.vector > 0, F.relu(x), -x) + torch.where(m.vector > 0.5, m.vector, x)


def _mask(m: Function, x: Tensor) -> Tensor:
    return F.relu(x.masked_fill(m.vector > 0, 0.5)) + F.relu(x).masked_fill(m.vector < 0, -1.0)


def _in_place(m: Function, x: Tensor) -> Tensor:
    y = x.clone()
    y += m.vector
    y *= 2
    y -= 1
    y /= m.vector.abs() + 0.5
    return F.relu(y).clone().add_(x).mul_(m.vector).neg_()


TABLE: dict[str, Case] = {
    "rsub of a tensor": Case(lambda: Function(lambda m, x: torch.rsub(F.relu(x), m.vector, alpha=2)), (6,)),
    "constant mask, one side a number": Case(
        lambda: Function(lambda m, x: torch.where(m.vector > 0, F.relu(x), 0.5)), (6,)),
    "constant mask filled by a tensor": Case(
        lambda: Function(lambda m, x: F.relu(x).masked_fill(m.vector > 0, m.vector[0])), (6,)),
    "numbers": through(lambda x: 1 - F.relu(2 * x - 0.5) / 4 + (-x) * 3 - (x - 1), 6),
    "buffers": Case(lambda: Function(_buffers), (6,)),
    "addcmul and addcdiv": Case(lambda: Function(_addcmul), (6,)),
    "lerp": Case(lambda: Function(_lerp), (6,)),
    "rsub": through(lambda x: torch.rsub(F.relu(x), 1, alpha=2) - torch.sub(1, x).neg(), 6),
    "functions of arithmetic": through(
        lambda x: torch.div(torch.mul(torch.negative(F.relu(x)), 3), 2).subtract(1).multiply(0.5), 6),
    "broadcast constants": through(
        lambda x: F.relu(
            x[:, :, None] * torch.tensor([[1.0, -1.0, 0.5]], device=x.device)
            + torch.ones(2, 1, device=x.device)), 2),
    "where with a constant condition": Case(lambda: Function(_where), (6,)),
    "masked_fill with a constant mask": Case(lambda: Function(_mask), (6,)),
    "arithmetic in place": Case(lambda: Function(_in_place), (6,)),
    "sums of branches": through(lambda x: F.relu(x) + x.flip(1) - F.relu(-x).roll(1, 1) - x + 0.0, 6),
    "constant output": through(lambda x: 0 * x[:, :2] + torch.tensor([1.0, -2.0], device=x.device), 6),
}  # fmt: skip
