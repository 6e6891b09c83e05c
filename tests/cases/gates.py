"""Gates of one value: thresholds and clamps."""

from collections.abc import Callable

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from cases.case import Case, Function, layers, through

LOW = torch.tensor([-0.5, 0.0, 0.5, 0.25, -0.25, 1.0])
HIGH = torch.tensor([0.5, 0.25, 0.5, 0.75, 0.0, 0.5])  # one pair is equal, one is the wrong way round


def _bare(gate: Callable[[Tensor], Tensor]) -> Case:
    """On the input itself, where black and constant images tie, then on a product."""
    return Case(lambda: Function(lambda m, x: gate(gate(x) @ m.matrix)), (6,))


def _deep(gate: Callable[[], nn.Module]) -> Case:
    return layers(2, 4, 5, build=lambda: [
        nn.Conv2d(2, 3, 3, padding=1), gate(), nn.Conv2d(3, 2, 3), gate(), nn.Flatten(), nn.LazyLinear(3)
    ])  # fmt: skip


def _slopes() -> nn.Module:
    slopes = nn.PReLU(3)
    with torch.no_grad():
        slopes.weight.copy_(torch.tensor([0.25, -0.5, 0.0]))
    return nn.Sequential(nn.Conv2d(2, 3, 3), slopes, nn.Conv2d(3, 2, 1), nn.PReLU(), nn.Flatten())


def _slopes_of_features() -> nn.Module:
    slopes = nn.PReLU(5)
    with torch.no_grad():
        slopes.weight.copy_(torch.tensor([0.25, -0.5, 0.0, 1.0, 2.0]))
    return nn.Sequential(nn.Linear(6, 5), slopes, nn.Linear(5, 4), nn.PReLU(init=-0.75))


class _Abs(nn.Module):
    def forward(self, x: Tensor) -> Tensor:
        return x.abs()


def _in_place(m: Function, x: Tensor) -> Tensor:
    hidden = m.conv(x)
    gated = F.relu(hidden, inplace=True)
    hidden.clamp_(max=0.5)
    return m.last((gated + hidden.abs_()).flatten(1))


def _sawtooth(x: Tensor) -> Tensor:
    return F.relu(x) - 2 * F.relu(x - 0.25) + 2 * F.relu(x - 0.5) - (x - 0.75).abs()


TABLE: dict[str, Case] = {
    "relu of the input": through(F.relu, 6),
    "relu as a method, in place": through(lambda x: (x - 0.5).relu_() - x.relu(), 6),
    "leaky relu layers": _deep(lambda: nn.LeakyReLU(0.25)),
    "prelu of one slope": layers(6, build=lambda: [nn.PReLU(), nn.Linear(6, 5), nn.PReLU(1, 0.5)]),
    "prelu of negative slope": layers(2, 3, 4, build=lambda: [nn.PReLU(1, -0.5), nn.PReLU(2, -2.0)]),
    "prelu by channel": Case(_slopes, (2, 4, 4)),
    "prelu by feature": Case(_slopes_of_features, (6,)),
    "prelu of a sequence": layers(2, 7, build=lambda: [nn.PReLU(2, 0.125), nn.Conv1d(2, 3, 3), nn.PReLU(3)]),
    "rrelu": _deep(lambda: nn.RReLU(0.125, 0.375)),
    "relu6 of large values": through(lambda x: F.relu6(12 * x), 6),
    "relu6 in place": layers(6, build=lambda: [nn.Linear(6, 8), nn.ReLU6(inplace=True), nn.Linear(8, 3)]),
    "hardtanh layers": _deep(lambda: nn.Hardtanh(-0.25, 0.25)),
    "clamp on its borders": _bare(lambda x: x.clamp(0, 0.5)),
    "clamp from below": _bare(lambda x: torch.clamp(x, min=0.5)),
    "clamp from above": _bare(lambda x: torch.clamp(x, max=0.5)),
    "clamp_min and clamp_max": _bare(lambda x: x.clamp_min(0.25).clamp_max(0.5)),
    "clamp by tensors": Case(
        lambda: Function(lambda m, x: torch.clamp(x, LOW.to(x.device), HIGH.to(x.device)) @ m.matrix), (6,)),
    "clamp from below by a tensor": through(lambda x: x.clamp(min=LOW.to(x.device)), 6),
    "clamp from above by a tensor": through(lambda x: x.clamp(max=HIGH.to(x.device)), 6),
    "clamp by tensors of more axes": through(
        lambda x: x[:, None].clamp(LOW[:2, None].to(x.device), LOW[:2, None].to(x.device) + 0.5), 4),
    "clamp the wrong way round": through(lambda x: x.clamp(0.75, 0.25) + x, 6),
    "clamp to one value": through(lambda x: x.clamp(0.5, 0.5) + x, 6),
    "clip and clamp_": through(lambda x: (2 * x).clip(-0.5, 1.0) + (x - 0.25).clamp_(0, 0.25), 6),
    "absolute value": _bare(torch.abs),
    "absolute value of a conv": layers(2, 4, 4, build=lambda: [
        nn.Conv2d(2, 3, 3), _Abs(), nn.Flatten(), nn.LazyLinear(3)]),
    "absolute value by operator": through(lambda x: abs(x - 0.5) - (x - 0.25).abs(), 6),
    "hardsigmoid": through(lambda x: F.hardsigmoid(12 * x - 3), 6),
    "hardsigmoid layers": layers(6, build=lambda: [nn.Linear(6, 8), nn.Hardsigmoid(), nn.Linear(8, 3)]),
    "threshold": _bare(lambda x: F.threshold(x, 0.1, 0.5)),
    "threshold on the border": layers(6, build=lambda: [nn.Threshold(0.5, -1.0), nn.Linear(6, 3)]),
    "threshold layers": _deep(lambda: nn.Threshold(0.1, 0.5)),
    "softshrink": _bare(lambda x: F.softshrink(x, 0.5)),
    "softshrink layers": layers(6, build=lambda: [
        nn.Linear(6, 9), nn.Softshrink(0.25), nn.Linear(9, 3), nn.Softshrink(0.125)]),
    "hardshrink": _bare(lambda x: F.hardshrink(x, 0.5)),
    "hardshrink layers": layers(6, build=lambda: [
        nn.Linear(6, 9), nn.Hardshrink(0.25), nn.Linear(9, 3)]),
    "shrink at zero": through(lambda x: F.softshrink(x, 0.0) + F.hardshrink(x - 0.5, 0.0), 6),
    "gates in place": Case(
        lambda: Function(_in_place, conv=nn.Conv2d(2, 3, 3), last=nn.LazyLinear(3)), (2, 4, 4)),
    "sawtooth": through(_sawtooth, 6),
    "zeros before every gate": through(
        lambda x: F.relu(0 * x) + (0 * x).abs() + (0 * x).clamp(0, 1) + F.leaky_relu(0 * x - 0.0), 6),
}  # fmt: skip
