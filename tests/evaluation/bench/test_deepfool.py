"""DeepFool as its paper has it, and that ``net.counterfactual`` is not farther on test images."""

import copy
import math
import statistics

import pytest
import torch
from requirements import require_data
from torch import nn

import openbox
from evaluation.bench.geometry.deepfool import deepfool, pulled_back
from openbox import zoo

NORMS = (2.0, math.inf)


def linear() -> nn.Linear:
    with torch.random.fork_rng():
        torch.manual_seed(0)
        return nn.Linear(6, 4).double()


@pytest.mark.parametrize("norm", NORMS)
def test_on_a_linear_classifier_it_is_the_closed_form(norm: float) -> None:
    """One step: min_k |f_k - f_c| / |w_k - w_c|_dual, times one plus the overshoot (section 3.1)."""
    model = linear()
    for x in torch.rand((10, 1, 6), generator=torch.Generator().manual_seed(0), dtype=torch.float64):
        with torch.no_grad():
            f = model(x)[0]
        label = int(f.argmax())
        others = [k for k in range(4) if k != label]
        w = model.weight.detach()[others] - model.weight.detach()[label]
        dual = torch.linalg.vector_norm(w, 2 if norm == 2 else 1, dim=1)
        closed = float(((f[label] - f[others]) / dual).min())
        fooled = deepfool(model, x, norm, overshoot=0.02, bounds=None)
        assert fooled.success
        assert fooled.steps == 1
        assert fooled.distance == pytest.approx(1.02 * closed, rel=1e-12)
        assert pulled_back(model, x, fooled, norm).distance == pytest.approx(closed, rel=1e-9)


def test_each_step_is_of_the_linearisation_at_the_last_point() -> None:
    """f_1 - f_0 = x^2 - 1 from x = 3: Newton's steps, 3 - 8/6 and so on, made longer together."""

    class Square(nn.Module):
        def forward(self, x: torch.Tensor) -> torch.Tensor:
            return torch.cat((torch.ones_like(x), x * x), 1)

    x = torch.full((1, 1), 3.0, dtype=torch.float64)
    one = deepfool(Square(), x, overshoot=0.0, bounds=None, steps=1)
    two = deepfool(Square(), x, overshoot=0.0, bounds=None, steps=2)
    assert float(one.point) == pytest.approx(3 - 8 / 6)
    z = 3 - 8 / 6
    assert float(two.point) == pytest.approx(z - (z * z - 1) / (2 * z))
    end = deepfool(Square(), x, bounds=None)
    assert end.success
    assert 0.9 < float(end.point) < 1


def test_the_iterates_are_clipped() -> None:
    fooled = deepfool(linear(), torch.rand((1, 6), dtype=torch.float64), bounds=(0, 1))
    assert 0 <= float(fooled.point.min()) <= float(fooled.point.max()) <= 1


@pytest.mark.parametrize("norm", NORMS)
def test_ours_is_not_farther_on_digits(norm: float) -> None:
    _not_farther("digits-cnn-seed0", norm, 8, starts=1, regions=1)


@pytest.mark.long
@pytest.mark.parametrize("norm", NORMS)
def test_ours_is_not_farther_on_more_digits(norm: float) -> None:
    _not_farther("digits-cnn-seed0", norm, 20, starts=1, regions=1)


@pytest.mark.long
@pytest.mark.parametrize("norm", NORMS)
@pytest.mark.parametrize("name", ["mnist-mlp-seed0", "mnist-cnn-seed0"])
def test_ours_is_not_farther_on_mnist(name: str, norm: float) -> None:
    require_data("mnist")
    _not_farther(name, norm, 20, starts=3, regions=1)


def _not_farther(name: str, norm: float, count: int, starts: int, regions: int) -> None:
    """Against DeepFool as published and pulled back to the boundary; a failure of it counts as a success.

    Of 20 images one may lie farther.
    """
    model = zoo.load_checkpoint(name).model
    images = zoo.load(name.split("-")[0]).batch(slice(0, count))
    net = openbox.capture(model, images[:1])
    double = copy.deepcopy(model).double()
    ratios = []
    for x in images.double().split(1):
        found = net.counterfactual(x, norm=norm, starts=starts, regions=regions)
        with torch.no_grad():
            assert int(double(found.point).argmax()) == found.target != int(double(x).argmax())
        assert 0 <= float(found.point.min()) <= float(found.point.max()) <= 1
        rival = deepfool(double, x, norm)
        ratios.append(found.distance / min(rival.distance, pulled_back(double, x, rival, norm).distance))
    assert statistics.median(ratios) < 0.97
    assert sum(ratio > 1 for ratio in ratios) <= count // 20
