"""Maxima and minima of two values, along axes and over features."""

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from cases.case import Case, Function, layers, through


class Maxout(nn.Module):
    """The largest of k affine maps for each of m features."""

    def __init__(self, inputs: int, outputs: int, pieces: int) -> None:
        super().__init__()
        self.linear = nn.Linear(inputs, outputs * pieces)
        self.shape = (outputs, pieces)

    def forward(self, x: Tensor) -> Tensor:
        return self.linear(x).view(-1, *self.shape).amax(2)


class _Peak(nn.Module):
    """The largest of one axis, or of all places of an image."""

    def __init__(self, axis: int | None = None) -> None:
        super().__init__()
        self.axis = axis

    def forward(self, x: Tensor) -> Tensor:
        return x.amax((2, 3) if self.axis is None else self.axis)


def _two_convs(m: Function, x: Tensor) -> Tensor:
    return m.last(torch.maximum(m.conv(x), m.get_submodule("other")(x)).flatten(1))


def _same_branches(m: Function, x: Tensor) -> Tensor:
    largest = torch.maximum(m.conv(x), m.conv(x))
    return m.last((largest - torch.minimum(m.conv(x), m.conv(x).clone())).flatten(1))


def _repeated(m: Function, x: Tensor) -> Tensor:
    hidden = (x @ m.matrix)[:, [0, 1, 0, 2, 1, 2]].view(-1, 2, 3)
    return torch.cat((hidden.amax(1), hidden.amin(2), hidden.amax((1, 2))[:, None]), 1)


def _index_used(m: Function, x: Tensor) -> Tensor:
    best = (x @ m.matrix).view(-1, 1, 5).max(2, keepdim=True)
    other = F.relu(x @ m.matrix - 0.5).view(-1, 1, 5)
    return (best.values + 2 * other.gather(2, best.indices)).flatten(1)


def _row_used(m: Function, x: Tensor) -> Tensor:
    index = x.min(2, keepdim=True).indices
    return torch.gather(x.flip(2), 2, index).squeeze(2) - x.sum(2)


def _nested(m: Function, x: Tensor) -> Tensor:
    a, b, c = (x @ m.matrix)[:, :3].unbind(1)
    median = torch.maximum(torch.minimum(a, b), torch.minimum(torch.maximum(a, b), c))
    return torch.stack((median, torch.max(torch.max(a, b), c)), 1)


TABLE: dict[str, Case] = {
    "maximum": Case(
        lambda: Function(_two_convs, conv=nn.Conv2d(2, 3, 3), other=nn.Conv2d(2, 3, 3),
                         last=nn.LazyLinear(3)), (2, 4, 4)),
    "maximum and minimum of equals": Case(
        lambda: Function(_same_branches, conv=nn.Conv2d(2, 3, 3), last=nn.LazyLinear(3)), (2, 4, 4)),
    "maximum with a constant": through(
        lambda x: torch.maximum(x, torch.tensor([0.0, 0.5, 1.0], device=x.device)), 3),
    "maximum of a constant": through(
        lambda x: torch.maximum(torch.tensor(0.5), x) - torch.max(torch.zeros(1, device=x.device), x), 6),
    "minimum": Case(lambda: Function(lambda m, x: torch.minimum(x[:, :5], x @ m.matrix)), (6,)),
    "minimum with a constant": through(
        lambda x: torch.minimum(x, torch.tensor(0.5)) + torch.min(torch.zeros(6, device=x.device), x), 6),
    "maximum of unequal shapes": through(lambda x: torch.maximum(x[:, :, None], x[:, None]).flatten(1), 4),
    "maximum as a method": through(lambda x: x.maximum(-x) - x.minimum(1 - x), 6),
    "torch.max and torch.min of two": through(lambda x: torch.max(x, x.flip(1)) - torch.min(x, 1 - x), 6),
    "median of three": Case(lambda: Function(_nested), (6,)),
    "amax": through(lambda x: x.amax(1), 3, 4),
    "amax keeping the axis": through(lambda x: x - x.amax(-1, keepdim=True), 3, 4),
    "amax over several axes": through(lambda x: torch.amax(x, (1, 3)), 2, 3, 4),
    "amax over axes in another order": through(lambda x: torch.amax(x, (-1, 1), keepdim=True), 2, 3, 4),
    "amax over all but the batch": through(lambda x: x.amax((1, 2, 3))[:, None], 2, 3, 4),
    "amin": through(lambda x: x.amin(2) + x.amin((1, 2), keepdim=True).squeeze(2), 3, 4),
    "amin over several axes": through(lambda x: torch.amin(F.relu(x - 0.25), (2, 3), keepdim=True), 2, 3, 4),
    "amax after a gate": layers(2, 4, 4, build=lambda: [nn.Conv2d(2, 3, 3), nn.ReLU(), _Peak()]),
    "amax of one value": through(lambda x: x[:, :1].amax(1, keepdim=True) + x, 6),
    "amax of repeated features": Case(lambda: Function(_repeated), (6,)),
    "max along an axis": through(
        lambda x: x.max(2).values - torch.max(x, 2, keepdim=True)[0].squeeze(2), 3, 4),
    "min along an axis": through(lambda x: x.min(dim=1)[0] + torch.min(x, dim=1).values, 3, 4),
    "max, its index used": Case(lambda: Function(_index_used), (6,)),
    "min, its index used": Case(lambda: Function(_row_used), (3, 4)),
    "maxout": layers(6, build=lambda: [Maxout(6, 4, 3), Maxout(4, 3, 2)]),
    "maxout of channels": layers(2, 3, 4, build=lambda: [
        nn.Conv2d(2, 6, 2), nn.Unflatten(1, (3, 2)), _Peak(2)]),
}  # fmt: skip
