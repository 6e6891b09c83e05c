"""Whole networks, and the operations that whole networks are made of."""

from collections.abc import Callable

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from cases.case import Case, Function
from openbox.zoo.networks import build


def _pool(padding: int = 0, dilation: int = 1, ceil_mode: bool = False) -> Callable[[], nn.Module]:
    def construct() -> nn.Module:
        pool = nn.MaxPool2d(3, 2, padding, dilation, ceil_mode=ceil_mode)
        return nn.Sequential(nn.Conv2d(2, 3, 3, padding=1), pool, nn.Flatten(), nn.LazyLinear(4))

    return construct


def _conv(function: Callable[..., Tensor]) -> Callable[[], nn.Module]:
    return lambda: Function(function, conv=nn.Conv2d(2, 4, 3, padding=1), last=nn.LazyLinear(3))


def _zero_weights() -> nn.Module:
    model = nn.Sequential(nn.Conv2d(2, 3, 3), nn.ReLU(), nn.MaxPool2d(2), nn.Flatten(), nn.LazyLinear(3))
    for parameter in model[0].parameters():
        nn.init.zeros_(parameter)
    return model


def _duplicated_channels() -> nn.Module:
    model = nn.Sequential(nn.Conv2d(2, 4, 3), nn.MaxPool2d(2), nn.ReLU(), nn.Flatten(), nn.LazyLinear(3))
    with torch.no_grad():
        for parameter in model[0].parameters():
            parameter[2:] = parameter[:2]
    return model


def _branches(m: Function, x: Tensor) -> Tensor:
    return m.last(torch.cat((F.relu(m.conv(x)), m.conv(x).detach(), x), 1).sum((2, 3)))


def _arithmetic(m: Function, x: Tensor) -> Tensor:
    scaled = F.relu(3 - m.conv(x) / 2) * m.vector[:4, None, None]
    return m.last((scaled - 1 + 2 * -m.conv(x)).flatten(1))


def _shapes(m: Function, x: Tensor) -> Tensor:
    rows = F.pad(F.relu(m.conv(x)), (1, 0, 0, 2), value=0.3).permute(0, 2, 3, 1)[:, 1:7:2, 2]
    return m.last(rows.transpose(1, 2).unsqueeze(1).expand(-1, 2, -1, -1).clone().reshape(-1, 24))


def _squeeze(m: Function, x: Tensor) -> Tensor:
    return (F.relu(x).view(-1, 1, 6).squeeze(1) @ m.matrix).view(-1, 5)


def _products(m: Function, x: Tensor) -> Tensor:
    hidden = F.relu(torch.mm(x, m.matrix)).matmul(m.matrix[:5])
    return torch.addmm(m.matrix[0], hidden, m.matrix[:5])


def _batched_product(m: Function, x: Tensor) -> Tensor:
    return F.relu(torch.bmm(x.view(-1, 2, 6), m.matrix.expand(x.shape[0], 6, 5)))


def _shape_only(m: Function, x: Tensor) -> Tensor:
    return (
        F.relu(x - 0.5 * torch.ones_like(x) + torch.zeros(x.shape[0], 6, device=x.device))
        @ m.matrix
        / x.shape[1]
    )


IMAGE = (2, 7, 7)
TABLE: dict[str, Case] = {
    "mlp": Case(lambda: build("mlp", (1, 5, 5), 4), (1, 5, 5)),
    "cnn": Case(lambda: build("cnn", (1, 8, 8), 4), (1, 8, 8)),
    "cnn28": Case(lambda: build("cnn", (1, 16, 16), 3), (1, 16, 16)),
    "resnet20": Case(lambda: build("resnet20", (3, 8, 8), 3), (3, 8, 8)),
    "linear": Case(lambda: nn.Linear(6, 3), (6,)),
    "no gate at all": Case(lambda: nn.Sequential(nn.Flatten(), nn.Linear(98, 2)), IMAGE),
    "overlapping pool": Case(_pool(), IMAGE),
    "padded pool": Case(_pool(padding=1), IMAGE),
    "dilated pool": Case(_pool(dilation=2), IMAGE),
    "ceil pool": Case(_pool(ceil_mode=True, padding=1), (2, 8, 8)),
    "pool of unequal sides": Case(
        lambda: nn.Sequential(nn.MaxPool2d((3, 2), (1, 2), (1, 0), (1, 2)), nn.Flatten(), nn.LazyLinear(3)),
        (2, 6, 9)),
    "pool on the input": Case(
        lambda: nn.Sequential(nn.MaxPool2d(2, 1), nn.Flatten(), nn.LazyLinear(3)), IMAGE),
    "zero weights": Case(_zero_weights, IMAGE),
    "duplicated channels": Case(_duplicated_channels, IMAGE),
    "strided, dilated, grouped": Case(
        lambda: nn.Sequential(nn.Conv2d(2, 4, 3, stride=2, padding=2, dilation=2, groups=2), nn.ReLU(),
                              nn.Flatten(), nn.LazyLinear(3)), IMAGE),
    "leaky relu": Case(
        lambda: nn.Sequential(nn.Linear(6, 9), nn.LeakyReLU(0.1), nn.Linear(9, 9), nn.LeakyReLU(-0.5),
                              nn.Linear(9, 3)), (6,)),
    "hardtanh": Case(
        lambda: nn.Sequential(nn.Linear(6, 30), nn.Hardtanh(-0.3, 0.4), nn.Linear(30, 3)), (6,)),
    "hardtanh of one value": Case(lambda: Function(lambda m, x: F.hardtanh(x, 0.5, 0.5) + x), (6,)),
    "writes into its input": Case(
        lambda: Function(lambda m, x: F.relu(x.sub_(0.5).div_(0.25), inplace=True) @ m.matrix), (6,)),
    "constant made in forward": Case(
        lambda: Function(lambda m, x: F.relu(x + torch.arange(1.0, 7.0, device=x.device).log1p())), (6,)),
    "hardtanh on its borders": Case(lambda: nn.Sequential(nn.Hardtanh(0.0, 0.5), nn.Linear(6, 3)), (6,)),
    "relu6": Case(lambda: nn.Sequential(nn.Linear(6, 30), nn.ReLU6(), nn.Linear(30, 3)), (6,)),
    "average pools": Case(
        lambda: nn.Sequential(nn.Conv2d(2, 4, 3), nn.ReLU(), nn.AvgPool2d(3, 2, padding=1),
                              nn.AdaptiveAvgPool2d((2, 3)), nn.Flatten(), nn.Linear(24, 3)), IMAGE),
    "adaptive to one": Case(
        lambda: nn.Sequential(nn.Conv2d(2, 4, 3), nn.ReLU(), nn.AdaptiveAvgPool2d(1), nn.Flatten(),
                              nn.Linear(4, 3)), IMAGE),
    "global mean": Case(_conv(lambda m, x: m.last(F.relu(m.conv(x)).mean((2, 3)))), IMAGE),
    "alias": Case(_conv(lambda m, x: m.last(torch.ops.aten.alias(F.relu(m.conv(x))).sum((2, 3)))), IMAGE),
    "branches and detach": Case(_conv(_branches), IMAGE),
    "arithmetic": Case(_conv(_arithmetic), IMAGE),
    "shapes": Case(_conv(_shapes), IMAGE),
    "squeeze and view": Case(lambda: Function(_squeeze), (6,)),
    "products with constants": Case(lambda: Function(_products), (6,)),
    "batched product": Case(lambda: Function(_batched_product), (12,)),
    "output of three axes": Case(
        lambda: nn.Sequential(nn.Conv2d(2, 3, 3), nn.ReLU(), nn.MaxPool2d(2)), IMAGE),
    "shape of the input": Case(lambda: Function(_shape_only), (6,)),
    "input used twice": Case(lambda: Function(lambda m, x: F.relu(x @ m.matrix) + x[:, :5]), (6,)),
}  # fmt: skip
