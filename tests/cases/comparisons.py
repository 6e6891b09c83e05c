"""Gates written by hand: comparisons, masks, and what they choose between."""

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from cases.case import Case, Function, through


def _between_layers(m: Function, x: Tensor) -> Tensor:
    hidden = x @ m.matrix
    return torch.where(hidden > 0, x[:, :5] - 0.5, 2 * hidden)


def _of_two_convs(m: Function, x: Tensor) -> Tensor:
    a, b = m.conv(x), m.get_submodule("other")(x)
    return m.last(torch.where(a >= b, a - b, 3 * b).flatten(1))


def _mask_times_conv(m: Function, x: Tensor) -> Tensor:
    return m.last(((x > 0.2).float()[:, :1] * m.conv(x)).flatten(1))


def _logic(m: Function, x: Tensor) -> Tensor:
    inside = torch.logical_and(x > 0.25, x <= 0.75)
    outside = (x < 0.25) | (x > 0.75)
    return torch.where(inside, 2 * x, -x) + outside * x + (~inside & (x >= 0.5)).to(x.dtype)


def _mask_of_features(m: Function, x: Tensor) -> Tensor:
    bright = x.mean(1, keepdim=True) > 0.375
    return torch.where(bright, x @ m.matrix, -x[:, :5])


TABLE: dict[str, Case] = {
    "where above": through(lambda x: torch.where(x > 0, x, 0.25 * x), 6),
    "where at least": through(lambda x: torch.where(x >= 0.5, 2 * x, x - 1), 6),
    "where below": through(lambda x: torch.where(x < 0.5, 2 * x, x - 1), 6),
    "where at most": through(lambda x: torch.where(x <= 0, -x, torch.zeros_like(x)), 6),
    "where with the constant first": through(lambda x: torch.where(x < 0.5, 0.0, x), 6),
    "where between layers": Case(lambda: Function(_between_layers), (6,)),
    "where as a method": through(lambda x: x.where(x.gt(0.5), 1 - x) + (2 * x).where(x.le(0.25), x), 6),
    "where of two values": Case(
        lambda: Function(_of_two_convs, conv=nn.Conv2d(2, 2, 3), other=nn.Conv2d(2, 2, 3),
                         last=nn.LazyLinear(3)), (2, 4, 4)),
    "where of neighbours": through(lambda x: torch.where(x[:, 1:] < x[:, :-1], x[:, 1:], -x[:, :-1]), 6),
    "where by a number of the image": Case(lambda: Function(_mask_of_features), (6,)),
    "mask times value": through(lambda x: x * (x > 0), 6),
    "mask as a float": Case(
        lambda: Function(_mask_times_conv, conv=nn.Conv2d(2, 3, 3, padding=1), last=nn.LazyLinear(3)),
        (2, 4, 4)),
    "mask by a tensor": Case(lambda: Function(lambda m, x: x * (x >= m.vector) @ m.matrix), (6,)),
    "mask filled": through(lambda x: x.masked_fill(x < 0.25, -1.0), 6),
    "masks of two tensors": Case(
        lambda: Function(lambda m, x: torch.where(x > m.vector, x, 2 * x) * (x <= m.vector + 0.5)), (6,)),
    "mask used twice": through(lambda x: (lambda on: x * on - 2 * x * ~on)(x > 0.5), 6),
    "masks and logic": Case(lambda: Function(_logic), (6,)),
    "mask counted": through(lambda x: x * (x > 0.5).sum(1, keepdim=True), 6),
    "mask of a gate": through(lambda x: F.relu(x - 0.25) * (F.relu(x) > 0.5) + x.abs(), 6),
}  # fmt: skip
