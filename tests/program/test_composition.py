"""Composition with an affine map, before or after a network, multiplies the weights and keeps the regions."""

from collections.abc import Callable
from dataclasses import dataclass

import pytest
import torch
from cases import CASES
from opened import opened
from torch import Tensor, nn

import openbox

BOUND = 1e-11


@dataclass(frozen=True)
class Before:
    """An affine map from inputs of ``shape`` to the inputs of the case ``then``."""

    build: Callable[[], nn.Module]
    shape: tuple[int, ...]
    then: str


BEFORE = (
    Before(lambda: nn.Linear(9, 6), (9,), "leaky relu"),
    Before(lambda: nn.Linear(4, 6, bias=False), (4,), "sawtooth"),
    Before(lambda: nn.Linear(6, 6), (6,), "median of three"),
    Before(lambda: nn.Linear(6, 6), (6,), "clamp on its borders"),
    Before(lambda: nn.Linear(6, 6), (6,), "maxout"),
    Before(lambda: nn.Sequential(nn.Flatten(), nn.Linear(12, 6)), (3, 2, 2), "hardtanh"),
    Before(lambda: nn.Sequential(nn.Flatten(), nn.Linear(12, 25), nn.Unflatten(1, (1, 5, 5))), (3, 4), "mlp"),
    Before(lambda: nn.Conv2d(3, 2, 3), (3, 9, 9), "overlapping pool"),
    Before(lambda: nn.Conv2d(1, 2, 1), (1, 7, 7), "global mean"),
    Before(lambda: nn.ConvTranspose2d(3, 2, 2, stride=2, output_padding=1), (3, 3, 3), "duplicated channels"),
    Before(lambda: nn.AvgPool2d(2, 1), (2, 8, 8), "strided, dilated, grouped"),
    Before(lambda: nn.Linear(4, 3), (4, 4), "rnn, time first"),
)
AFTER = ("cnn", "leaky relu", "maxout", "overlapping pool", "amax over several axes", "output of three axes",
         "recurrent cell", "where of two values")  # fmt: skip


def dense(f: nn.Module, shape: tuple[int, ...]) -> tuple[Tensor, Tensor]:
    """Matrix (outputs, inputs) and offset of an affine module, from its values at zero and at unit inputs."""
    size = torch.Size(shape).numel()
    points = torch.cat((torch.zeros(1, size), torch.eye(size))).double().view(-1, *shape)
    with torch.no_grad():
        values = f(points).flatten(1)
    return (values[1:] - values[0]).T, values[0]


def near(ours: Tensor, expected: Tensor) -> bool:
    return bool((ours - expected).abs().max() <= BOUND * expected.abs().max().clamp(min=1))


@pytest.mark.parametrize("before", BEFORE, ids=lambda before: before.then)
def test_a_network_after_an_affine_map(before: Before) -> None:
    """g(A x + c) at x is g's own piece at A x + c, times A: W_g A and W_g c + b_g, in the same regions."""
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(3)
        f = before.build().double().requires_grad_(False)
        x = torch.randn(12, *before.shape, dtype=torch.float64)
    g = CASES[before.then].model().double()
    matrix, offset = dense(f, before.shape)
    inner = opened(before.then)[1].linearize(f(x))
    whole = openbox.capture(nn.Sequential(f, g), x).linearize(x)
    weight = inner.weight.flatten(2)
    assert near(whole.weight.flatten(2), weight @ matrix)
    assert near(whole.bias, weight @ offset + inner.bias)
    assert whole.region_ids == inner.region_ids
    assert torch.equal(whole.degenerate, inner.degenerate)
    assert len(set(whole.region_ids)) > 1, "all inputs lie in one region: this proves little"


@pytest.mark.parametrize("name", AFTER)
def test_an_affine_map_after_a_network(name: str) -> None:
    """M f(x) + m has the weights M W and M b + m, in the same regions, ties included."""
    net = opened(name)[1]
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(4)
        last = nn.Linear(net.outputs, 3).double().requires_grad_(False)
    model = nn.Sequential(CASES[name].model().double(), nn.Flatten(), last)
    x = torch.stack(list(CASES[name].inputs().values())).double()
    inner = net.linearize(x)
    whole = openbox.capture(model, x).linearize(x)
    assert near(whole.weight.flatten(2), last.weight @ inner.weight.flatten(2))
    assert near(whole.bias, inner.bias @ last.weight.T + last.bias)
    assert whole.region_ids == inner.region_ids
    assert torch.equal(whole.degenerate, inner.degenerate)


def test_a_sum_of_two_networks_has_the_sum_of_their_weights() -> None:
    """And its regions are the intersections: equal ids exactly where both networks' ids are equal."""
    names = ("leaky relu", "hardtanh")
    f, g = (CASES[name].model().double() for name in names)

    class Sum(nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.f, self.g = f, g

        def forward(self, x: Tensor) -> Tensor:
            return self.f(x) - 2 * self.g(x)

    x = CASES["leaky relu"].inputs()["random"].double()
    x = x + 0.05 * torch.randn(40, 6, generator=torch.Generator().manual_seed(5), dtype=torch.float64)
    first, second = (opened(name)[1].linearize(x) for name in names)
    whole = openbox.capture(Sum(), x).linearize(x)
    assert near(whole.weight, first.weight - 2 * second.weight)
    assert near(whole.bias, first.bias - 2 * second.bias)
    pairs = list(zip(first.region_ids, second.region_ids, strict=True))
    assert (
        len(set(pairs)) == len(set(whole.region_ids)) == len(set(zip(pairs, whole.region_ids, strict=True)))
    )
    assert 1 < len(set(pairs)) < len(pairs)
