"""What happens exactly on a kink: known answers, weight by weight and tie by tie."""

from collections.abc import Callable
from dataclasses import dataclass

import pytest
import torch
from plain import Plain
from torch import Tensor, nn
from torch.nn import functional as F

import openbox


@dataclass(frozen=True)
class Kink:
    """A function at one point x, its weight (K rows) and bias by the convention, and the number of ties."""

    function: Callable[[Tensor], Tensor]
    x: list[float]
    weight: list[list[float]]
    bias: list[float]
    ties: int


FIRST, SECOND, THIRD = [1.0, 0.0, 0.0], [0.0, 1.0, 0.0], [0.0, 0.0, 1.0]
NONE = [0.0, 0.0, 0.0]


def _grid(x: Tensor) -> Tensor:
    return x.view(-1, 1, 2, 2)


KINKS: dict[str, Kink] = {
    "relu is off at zero": Kink(F.relu, [0.0, -0.0, 1.0], [NONE, NONE, THIRD], [0, 0, 0], 2),
    "leaky relu is off at zero": Kink(
        lambda x: F.leaky_relu(x, 0.25), [0.0, -0.0], [[0.25, 0], [0, 0.25]], [0, 0], 2),
    "prelu is off at zero": Kink(
        lambda x: F.prelu(x, torch.tensor([-2.0], dtype=x.dtype)), [0.0], [[-2]], [0], 1),
    "abs falls at zero": Kink(torch.abs, [0.0, -0.0, 3.0], [[-1, 0, 0], [0, -1, 0], THIRD], [0, 0, 0], 2),
    "threshold is not passed by itself": Kink(
        lambda x: F.threshold(x, 0.5, 0.5), [0.5, 1.0], [[0, 0], [0, 1]], [0.5, 0], 1),
    "hardtanh holds at both borders": Kink(
        lambda x: F.hardtanh(x, -1, 2), [-1.0, 2.0, 0.0], [NONE, NONE, THIRD], [-1, 2, 0], 2),
    "clamp holds at both borders": Kink(
        lambda x: x.clamp(-1, 2), [-1.0, 2.0, 0.0], [NONE, NONE, THIRD], [-1, 2, 0], 2),
    "clamp_min and clamp_max hold": Kink(
        lambda x: x.clamp_min(0.5).clamp_max(1), [0.5, 1.0, 0.75], [NONE, NONE, THIRD], [0.5, 1, 0], 2),
    "relu6 holds at 0 and 6": Kink(F.relu6, [0.0, 6.0, 3.0], [NONE, NONE, THIRD], [0, 6, 0], 2),
    "hardsigmoid holds at -3 and 3": Kink(
        F.hardsigmoid, [-3.0, 3.0, 0.0], [NONE, NONE, [0, 0, 1 / 6]], [0, 1, 0.5], 2),
    "softshrink is flat at its borders": Kink(
        lambda x: F.softshrink(x, 0.5), [-0.5, 0.5, 1.0], [NONE, NONE, THIRD], [0, 0, -0.5], 2),
    "maximum takes the first of equals": Kink(
        lambda x: torch.maximum(x[:, :1], x[:, 1:]), [2.0, 2.0], [[1, 0]], [0], 1),
    "maximum with the constant first": Kink(
        lambda x: torch.maximum(torch.full_like(x, 0.5), x), [0.5, 1.0], [[0, 0], [0, 1]], [0.5, 0], 1),
    "minimum takes the first of equals": Kink(
        lambda x: torch.minimum(x[:, :1], x[:, 1:]), [2.0, 2.0], [[1, 0]], [0], 1),
    "amax takes the lowest index": Kink(
        lambda x: x.amax(1, keepdim=True), [1.0, 2.0, 2.0], [SECOND], [0], 1),
    "amax of three equals is one tie": Kink(
        lambda x: x.amax(1, keepdim=True), [2.0, 2.0, 2.0], [FIRST], [0], 1),
    "amin takes the lowest index": Kink(
        lambda x: x.amin(1, keepdim=True), [3.0, 2.0, 2.0], [SECOND], [0], 1),
    "max along an axis takes the lowest index": Kink(
        lambda x: x.max(1, keepdim=True).values, [-0.0, 0.0, -1.0], [FIRST], [0], 1),
    "min along an axis takes the lowest index": Kink(
        lambda x: x.min(1, keepdim=True).values, [0.0, -0.0, 1.0], [FIRST], [0], 1),
    "max pooling takes the lowest index": Kink(
        lambda x: F.max_pool1d(x[:, None], 2, 1).flatten(1), [1.0, 1.0, 1.0], [FIRST, SECOND], [0, 0], 2),
    "max pooling in two dimensions": Kink(
        lambda x: F.max_pool2d(_grid(x), 2).flatten(1), [0.0, 1.0, 1.0, 1.0], [[0, 1, 0, 0]], [0], 1),
    "padding of a pool is no rival": Kink(
        lambda x: F.max_pool1d(x[:, None], 3, 2, 1).flatten(1), [-5.0] * 3, [FIRST, SECOND], [0, 0], 2),
    "adaptive max pooling takes the lowest index": Kink(
        lambda x: F.adaptive_max_pool2d(_grid(x), 1).flatten(1), [1.0, 0, 1, 1], [[1, 0, 0, 0]], [0], 1),
    "where above says what it says": Kink(
        lambda x: torch.where(x > 0, x, -x), [0.0, 1.0], [[-1, 0], [0, 1]], [0, 0], 1),
    "where at least says what it says": Kink(
        lambda x: torch.where(x >= 0, x, -x), [0.0, 1.0], [[1, 0], [0, 1]], [0, 0], 1),
    "one unit between two borders that are one": Kink(
        lambda x: x.clamp(0.5, 0.5) + 0 * x, [0.5], [[0]], [0.5], 1),
    "no tie, nothing counted": Kink(F.relu, [1e-300, -1e-300], [[1, 0], [0, 0]], [0, 0], 0),
}  # fmt: skip


@pytest.mark.parametrize("name", KINKS)
def test_weights_bias_and_ties_on_the_kink(name: str) -> None:
    kink = KINKS[name]
    x = torch.tensor([kink.x], dtype=torch.float64)
    piece = openbox.capture(Plain(kink.function), torch.rand_like(x)).linearize(x)
    assert torch.equal(piece.weight[0], torch.tensor(kink.weight, dtype=torch.float64))
    assert torch.equal(piece.bias[0], torch.tensor(kink.bias, dtype=torch.float64))
    assert piece.degenerate.tolist() == [kink.ties]
    assert torch.equal(piece.logits, kink.function(x))
    assert piece.error.tolist() == [0.0]


def test_zero_weights_tie_everywhere() -> None:
    """A unit that is zero on the whole space is off and counted, wherever x is."""
    model = nn.Sequential(nn.Linear(3, 4), nn.ReLU(), nn.Linear(4, 2)).double()
    for parameter in model[0].parameters():
        nn.init.zeros_(parameter)
    x = torch.randn(5, 3, dtype=torch.float64)
    piece = openbox.capture(model, x).linearize(x)
    assert piece.degenerate.tolist() == [4] * 5
    assert not bool(piece.weight.any())
    assert len(set(piece.region_ids)) == 1


def test_duplicated_channels_tie_and_the_first_one_wins() -> None:
    """Two channels with the same weights: the maximum over channels reads the first one only."""
    layer = nn.Linear(3, 4, bias=False)
    with torch.no_grad():
        layer.weight[2:] = layer.weight[:2]
    model = nn.Sequential(layer, Plain(lambda x: x.amax(1, keepdim=True))).double()
    x = torch.randn(6, 3, dtype=torch.float64)
    piece = openbox.capture(model, x).linearize(x)
    winner = layer.weight.detach()[(x @ layer.weight.detach().T)[:, :2].argmax(1)]
    assert torch.equal(piece.weight[:, 0], winner)
    assert piece.degenerate.tolist() == [1] * 6
