"""Integrated gradients without a quadrature: complete, and what Riemann sums on the plain module go to."""

from functools import cache
from itertools import product

import pytest
import torch
from explainer_cases import digits, in_place_net, linear_net, noise
from torch import Tensor, nn
from torch.testing import assert_close

from openbox.errors import InputError
from openbox.explainers import Contrast, Explanation, Target, create
from openbox.explainers.exact.integrated_gradients import IntegratedSettings
from openbox.zoo.checkpoints import load_checkpoint

BASELINES: dict[str, str | Tensor] = {
    "black": "black",
    "mean": "mean",
    "own": torch.linspace(0, 1, 64, dtype=torch.float64).view(1, 8, 8),
}


@cache
def network() -> nn.Module:
    """The trained digits network in float64."""
    return load_checkpoint("digits-cnn-seed0").model.double()


def explain(model: nn.Module, x: Tensor, target: Target, baseline: str | Tensor = "black") -> Explanation:
    settings = IntegratedSettings(baseline)
    return create("integrated_gradients", model, x, settings=settings).explain(x, target)


def riemann(model: nn.Module, x: Tensor, z: Tensor, row: Tensor, steps: int) -> Tensor:
    """The midpoint rule with autograd on the module as it is, for one image x and one baseline z."""
    total = torch.zeros_like(x)
    for t in ((torch.arange(steps, dtype=x.dtype) + 0.5) / steps).split(1000):
        points = (z + t.view(-1, *(1,) * x.ndim) * (x - z)).requires_grad_()
        total += torch.autograd.grad((model(points) @ row).sum(), points)[0].sum(0)
    return (x - z) * total / steps


TARGETS: dict[str, Target] = {"prediction": None, "class": 4, "contrast": Contrast(3, 5)}
QUICK = {("prediction", "black"), ("class", "mean"), ("contrast", "own")}  # the others in the long set


@pytest.mark.parametrize(
    ("target", "baseline"),
    [
        pytest.param(
            TARGETS[asked], start, id=f"{asked}-{start}",
            marks=() if (asked, start) in QUICK else pytest.mark.long,
        )
        for asked, start in product(TARGETS, BASELINES)
    ],
)  # fmt: skip
def test_the_values_add_up_to_what_the_score_gains(baseline: str, target: Target) -> None:
    model, x = network(), digits(0, 2).double()
    found = explain(model, x, target, BASELINES[baseline])
    start = {"black": torch.zeros_like(x[0]), "mean": x.mean(0)}.get(baseline, BASELINES["own"])
    assert isinstance(start, Tensor)
    with torch.no_grad():
        outputs, base = model(x), model(start[None])[0]
    if isinstance(target, Contrast):
        gain = outputs[:, 3] - outputs[:, 5] - base[3] + base[5]
    else:
        chosen = outputs.argmax(1) if target is None else torch.tensor([target] * 2)
        gain = outputs[[0, 1], chosen] - base[chosen]
    total = found.values.flatten(1).sum(1)
    assert_close(total, gain, rtol=1e-10, atol=0)
    numbers = found.receipt.numbers
    scale = numbers["score"].abs() + numbers["base"].abs()
    assert bool((numbers["gap"].abs() <= 1e-10 * scale).all())
    assert_close(numbers["sum"], total, rtol=1e-12, atol=1e-12)
    assert bool((numbers["intervals"] > 100).all())
    assert found.model_calls == 4 * float(numbers["intervals"].mean())


@pytest.mark.parametrize("target", [3, 8])
def test_riemann_sums_on_the_module_converge_to_it(target: int) -> None:
    model, x = network(), digits(3, 1).double()
    exact = explain(model, x, target).values[0]
    row = torch.eye(10, dtype=x.dtype)[target]
    errors = [
        float(
            (riemann(model, x[0], torch.zeros_like(x[0]), row, steps) - exact).abs().max() / exact.abs().max()
        )
        for steps in (10, 100, 1_000, 10_000)
    ]
    assert errors == sorted(errors, reverse=True)
    assert errors[0] > 1e-3, "few steps are far from it"
    assert errors[-1] < 2e-4
    assert errors[-1] < errors[0] / 100


def test_a_linear_model_in_closed_form() -> None:
    model, x = linear_net().double(), digits(0, 3).double()
    head = model[1]  # pyright: ignore[reportIndexIssue]
    weight = head.weight[6].detach().view(1, 8, 8)
    for baseline, z in (("black", torch.zeros_like(x[0])), ("mean", x.mean(0)), (x[2], x[2])):
        found = explain(model, x, 6, baseline)
        assert_close(found.values, weight * (x - z), rtol=1e-13, atol=1e-15)
        assert found.receipt.numbers["intervals"].tolist() == [1, 1, 1]


def test_one_unit_by_hand() -> None:
    """relu(2 s - 1) + t from (0, 0) to (1, 1): the slope in s is 0, then 2, for half of the way each."""
    model = nn.Sequential(nn.Linear(2, 2), nn.ReLU(), nn.Linear(2, 1)).double().eval()
    for layer, weight, bias in ((0, [[2.0, 0.0], [0.0, 1.0]], [-1.0, 0.0]), (2, [[1.0, 1.0]], [0.0])):
        model[layer].weight.data = torch.tensor(weight, dtype=torch.float64)
        model[layer].bias.data = torch.tensor(bias, dtype=torch.float64)
    x = torch.ones(1, 2, dtype=torch.float64)
    found = explain(model, x, 0)
    assert_close(found.values, torch.tensor([[1.0, 1.0]], dtype=torch.float64))
    assert found.receipt.numbers["intervals"].tolist() == [2]


def test_the_baseline_itself_gets_an_empty_map() -> None:
    model, black = network(), torch.zeros(1, 1, 8, 8, dtype=torch.float64)
    found = explain(model, black, 4)
    assert not found.values.any()
    assert found.receipt.numbers["gap"].tolist() == [0]


def test_ties_all_the_way_are_harmless() -> None:
    """Constant images tie in every pooling window and in doubled channels, at each point of the way."""
    first = nn.Conv2d(1, 4, 3, padding=1)
    with torch.no_grad():
        first.weight[2:] = first.weight[:2]
        first.bias[2:] = first.bias[:2]  # pyright: ignore[reportOptionalSubscript]
    layers = first, nn.ReLU(), nn.MaxPool2d(3, 1), nn.Flatten(), nn.Linear(144, 3)
    model, x = nn.Sequential(*layers).double().eval(), torch.full((1, 1, 8, 8), 0.5, dtype=torch.float64)
    found = explain(model, x, 1)
    with torch.no_grad():
        gain = model(x)[0, 1] - model(torch.zeros_like(x))[0, 1]
    assert_close(found.values.sum(), gain, rtol=1e-10, atol=1e-14)


def test_in_float32_the_receipt_is_still_that_of_float64() -> None:
    model, x = in_place_net(), noise(2, (3, 12, 12))
    found = explain(model, x, 1)
    numbers = found.receipt.numbers
    assert found.values.dtype == torch.float32
    assert numbers["gap"].dtype == torch.float64
    assert bool((numbers["gap"].abs() <= 1e-10 * numbers["score"].abs()).all())
    assert_close(found.values.double().flatten(1).sum(1), numbers["sum"], rtol=1e-4, atol=1e-5)


def test_a_network_that_jumps_says_how_much_it_leaves_open() -> None:
    model = nn.Sequential(nn.Threshold(0.5, -1.0), nn.Linear(6, 1, bias=False)).double().eval()
    nn.init.ones_(model[1].weight)  # pyright: ignore[reportArgumentType]
    x = torch.ones(1, 6, dtype=torch.float64)
    numbers = explain(model, x, 0).receipt.numbers
    assert_close(numbers["gap"], torch.tensor([6 * 1.5], dtype=torch.float64))


@pytest.mark.parametrize(
    ("baseline", "message"),
    [
        (
            torch.zeros(8, 8),
            r"baseline has shape \(1, 8, 8\), expected \(N, 1, 8, 8\)",
        ),
        (torch.full((1, 8, 8), torch.nan), "baseline holds NaN"),
        (torch.zeros(1, 8, 8, dtype=torch.int64), "baseline is torch.int64"),
    ],
)
def test_a_baseline_that_is_no_image_is_refused(baseline: Tensor, message: str) -> None:
    with pytest.raises(InputError, match=message):
        explain(network(), digits(0, 1).double(), 4, baseline)


def test_an_unknown_baseline_is_refused() -> None:
    with pytest.raises(InputError, match=r"baseline is .white.; pass one of"):
        IntegratedSettings("white")
