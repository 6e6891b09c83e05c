"""Normalisation by running statistics, wherever it may stand."""

from torch import Tensor, nn
from torch.nn import functional as F

from cases.case import Case, Function, layers

IMAGE = (2, 6, 5)


def _used_twice(m: Function, x: Tensor) -> Tensor:
    hidden = m.conv(x)
    return m.last((F.relu(m.norm(hidden)) + F.relu(hidden - 0.25)).flatten(1))


def _shared_norm(m: Function, x: Tensor) -> Tensor:
    hidden = F.relu(m.norm(m.conv(x)))
    return m.last(F.relu(m.norm(hidden[:, :3] + x[:, :1])).flatten(1))


def _shared_conv(m: Function, x: Tensor) -> Tensor:
    other = m.get_submodule("other")
    return m.last((F.relu(m.norm(m.conv(x))) - F.relu(other(m.conv(x)))).flatten(1))


def _norm_of_input_and_branch(m: Function, x: Tensor) -> Tensor:
    return m.last((F.relu(m.norm(x)) - F.relu(m.conv(m.norm(x))) + x).flatten(1))


TABLE: dict[str, Case] = {
    "norm before the conv": layers(*IMAGE, build=lambda: [
        nn.BatchNorm2d(2), nn.Conv2d(2, 3, 3), nn.ReLU(), nn.Flatten(), nn.LazyLinear(3)]),
    "norm after relu": layers(*IMAGE, build=lambda: [
        nn.Conv2d(2, 3, 3, padding=1), nn.ReLU(), nn.BatchNorm2d(3), nn.ReLU(), nn.Flatten(),
        nn.LazyLinear(3)]),
    "norm after a pool": layers(*IMAGE, build=lambda: [
        nn.Conv2d(2, 3, 3), nn.MaxPool2d(2), nn.BatchNorm2d(3), nn.ReLU(), nn.Flatten(), nn.LazyLinear(3)]),
    "norm after an average pool": layers(*IMAGE, build=lambda: [
        nn.Conv2d(2, 3, 3), nn.AvgPool2d(2), nn.BatchNorm2d(3), nn.ReLU(), nn.Flatten()]),
    "norm on the input": layers(3, 4, 4, build=lambda: [nn.BatchNorm2d(3), nn.ReLU()]),
    "norm alone": layers(3, 3, 3, build=lambda: [nn.BatchNorm2d(3)]),
    "norm after the last layer": layers(8, build=lambda: [
        nn.Linear(8, 6), nn.ReLU(), nn.Linear(6, 3), nn.BatchNorm1d(3)]),
    "norm of features": layers(8, build=lambda: [
        nn.Linear(8, 6), nn.BatchNorm1d(6), nn.ReLU(), nn.Linear(6, 3)]),
    "norm before a linear layer": layers(8, build=lambda: [nn.BatchNorm1d(8), nn.Linear(8, 6), nn.ReLU()]),
    "norm of a sequence": layers(2, 9, build=lambda: [
        nn.Conv1d(2, 3, 3), nn.BatchNorm1d(3), nn.ReLU(), nn.Flatten(), nn.LazyLinear(3)]),
    "norm of a volume": layers(2, 3, 4, 3, build=lambda: [
        nn.Conv3d(2, 3, 2), nn.BatchNorm3d(3), nn.ReLU(), nn.Flatten(), nn.LazyLinear(3)]),
    "norm without parameters": layers(*IMAGE, build=lambda: [
        nn.Conv2d(2, 3, 3), nn.BatchNorm2d(3, affine=False), nn.ReLU(), nn.Flatten(), nn.LazyLinear(3)]),
    "norm of features without parameters": layers(8, build=lambda: [
        nn.BatchNorm1d(8, affine=False), nn.ReLU(), nn.Linear(8, 3)]),
    "norm after a conv without bias": layers(*IMAGE, build=lambda: [
        nn.Conv2d(2, 3, 3, bias=False), nn.BatchNorm2d(3, eps=0.01), nn.ReLU(), nn.Flatten(),
        nn.LazyLinear(3)]),
    "norm and a branch": Case(
        lambda: Function(_used_twice, conv=nn.Conv2d(2, 3, 3), norm=nn.BatchNorm2d(3), last=nn.LazyLinear(3)),
        IMAGE),
    "norm in two places": Case(
        lambda: Function(_shared_norm, conv=nn.Conv2d(2, 3, 3, padding=1), norm=nn.BatchNorm2d(3),
                         last=nn.LazyLinear(3)), IMAGE),
    "conv in two places, two norms": Case(
        lambda: Function(_shared_conv, conv=nn.Conv2d(2, 3, 3, bias=False), norm=nn.BatchNorm2d(3),
                         other=nn.BatchNorm2d(3), last=nn.LazyLinear(3)), IMAGE),
    "norm of the input, used twice": Case(
        lambda: Function(_norm_of_input_and_branch, conv=nn.Conv2d(2, 2, 3, padding=1),
                         norm=nn.BatchNorm2d(2), last=nn.LazyLinear(3)), IMAGE),
    "norm after a transposed conv": layers(2, 3, 4, build=lambda: [
        nn.ConvTranspose2d(2, 3, 2, stride=2, bias=False), nn.BatchNorm2d(3), nn.ReLU(), nn.Flatten(),
        nn.LazyLinear(3)]),
    "norm after a grouped transposed conv": layers(4, 3, 3, build=lambda: [
        nn.ConvTranspose2d(4, 6, 2, groups=2), nn.BatchNorm2d(6), nn.ReLU(), nn.Flatten(),
        nn.LazyLinear(3)]),
    "norm after a grouped conv": layers(4, 4, 4, build=lambda: [
        nn.Conv2d(4, 6, 3, groups=2), nn.BatchNorm2d(6), nn.ReLU(), nn.Flatten(), nn.LazyLinear(3)]),
    "two norms in a row": layers(*IMAGE, build=lambda: [
        nn.Conv2d(2, 3, 3), nn.BatchNorm2d(3), nn.BatchNorm2d(3), nn.ReLU(), nn.Flatten(),
        nn.LazyLinear(3)]),
    "instance norm of a sequence": layers(3, 7, build=lambda: [
        nn.InstanceNorm1d(3, affine=True, track_running_stats=True), nn.ReLU(), nn.Flatten(),
        nn.LazyLinear(3)]),
    "instance norm": layers(*IMAGE, build=lambda: [
        nn.Conv2d(2, 3, 3), nn.InstanceNorm2d(3, track_running_stats=True), nn.ReLU(), nn.Flatten(),
        nn.LazyLinear(3)]),
    "instance norm of a volume": layers(2, 3, 3, 3, build=lambda: [
        nn.InstanceNorm3d(2, affine=True, track_running_stats=True), nn.ReLU(), nn.Flatten(),
        nn.LazyLinear(3)]),
}  # fmt: skip
