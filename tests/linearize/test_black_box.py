"""The outputs of the module alone give the same weights: an oracle that knows neither layers nor gates.

OpenAPI (Cong, Chu, Wang, Hu, Pei: Exact and consistent interpretation of piecewise linear models hidden
behind APIs, ICDE 2020): sample more points around x than an affine map has coefficients, solve for it, and
shrink the cube until the equations have a solution.
"""

from collections.abc import Callable

import numpy as np
import pytest
import torch
from cases import CASES, GENERIC
from opened import opened
from torch import Tensor, nn

import openbox

SIDES = [0.1 * 0.25**power for power in range(10)]
"""Half the side of the cube. In the smallest one, 4e-7, the values still differ by 1e9 roundings."""
RESIDUAL = 1e-10  # of the equations, relative to the largest difference of a value from that at x,
ROUNDING = 4 * np.finfo(np.float64).eps  # and to the largest value: resnet20 moves by 1e-7 of its output
BOUND = 1e-7  # a kink or rounding that passes for a residual moves the slopes by this much at most
SPARE = 10  # equations more than unknowns


def recover(values: Callable[[Tensor], Tensor], x: Tensor) -> np.ndarray | None:
    """The slopes (K, inputs) of ``values`` (N, *shape) -> (N, K) at x (*shape); None if no cube is affine."""
    generator = torch.Generator().manual_seed(7)
    for side in SIDES:
        steps = 2 * torch.rand(x.numel() + 1 + SPARE, x.numel(), generator=generator, dtype=x.dtype) - 1
        points = torch.cat((x[None], x + side * steps.view(-1, *x.shape)))
        found = values(points)
        change = (found[1:] - found[:1]).numpy()
        equations = np.hstack((np.ones((len(steps), 1)), steps.numpy()))
        solution = np.linalg.lstsq(equations, change, rcond=None)[0]
        misfit = np.abs(equations @ solution - change).max()
        if misfit <= RESIDUAL * np.abs(change).max() + ROUNDING * float(found.abs().max()):
            return solution[1:].T / side
    return None


def differences(f: Tensor) -> Tensor:
    """(N, K, ...) logits or weights: each minus the mean of the others, the decision features of OpenBox."""
    count = f.shape[1]
    return (f - f.mean(1, keepdim=True)) * count / (count - 1)


def gap(found: np.ndarray, expected: Tensor, weight: Tensor) -> float:
    """The largest error, relative to the largest slope; all but zero beside the weights counts as zero."""
    flat = expected.flatten(1).numpy()
    return float(
        np.abs(found - flat).max() / max(np.abs(flat).max(), 1e-6 * float(weight.abs().max()), 1e-30)
    )


def logit_differences(model: nn.Module) -> Callable[[Tensor], Tensor]:
    def values(points: Tensor) -> Tensor:
        with torch.no_grad():
            return differences(model(points.clone()).flatten(1))

    return values


def generic(name: str) -> Tensor:
    inputs = CASES[name].inputs()
    return torch.stack([inputs[which] for which in GENERIC]).double()


@pytest.mark.parametrize("name", CASES)
def test_the_outputs_alone_give_the_same_decision_features(name: str) -> None:
    _, net = opened(name)
    x = generic(name)
    piece = net.linearize(x)
    if net.outputs < 2:
        assert net.outputs == 1  # one output has no differences
        return
    model = CASES[name].model().double()
    for row in (row for row in range(len(x)) if piece.degenerate[row] == 0):
        found = recover(logit_differences(model), x[row])
        assert found is not None, f"no cube around {GENERIC[row]!r} is affine"
        assert gap(found, differences(piece.weight)[row], piece.weight[row]) <= BOUND


@pytest.mark.parametrize("name", ["overlapping pool", "median of three", "leaky relu", "recurrent cell"])
def test_probabilities_alone_give_the_decision_features_of_the_logits(name: str) -> None:
    model = nn.Sequential(CASES[name].model(), nn.Softmax(1)).double()
    x = generic(name)
    net = openbox.capture(model, x)
    assert net.head == "softmax"
    piece = net.linearize(x)

    def values(points: Tensor) -> Tensor:
        with torch.no_grad():
            return differences(model(points).log())  # the normaliser cancels

    for row in range(len(x)):
        found = recover(values, x[row])
        assert found is not None, f"no cube around {GENERIC[row]!r} is affine"
        assert gap(found, differences(piece.weight)[row], piece.weight[row]) <= BOUND


def test_the_oracle_does_not_see_an_affine_map_where_there_is_none() -> None:
    """On a kink the oracle finds nothing, beside it the map of that side."""
    x = torch.tensor([0.3, -0.2, 0.5], dtype=torch.float64)
    assert recover(lambda points: torch.relu(points - 0.3), x) is None
    found = recover(torch.relu, x)
    assert found is not None
    assert np.abs(found - np.diag([1.0, 0.0, 1.0])).max() <= BOUND
