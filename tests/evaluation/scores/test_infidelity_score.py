"""Infidelity: 0 for the true slope and the true contributions of a linear model, and by a plain loop."""

from dataclasses import replace
from typing import Any

import pytest
import torch
from small_cases import (
    Draw,
    by_function,
    by_method,
    case_of,
    conv,
    explanation,
    gradient,
    linear,
    part,
    pictures,
)
from torch import Tensor, nn
from torch.testing import assert_close

from evaluation.case import Case, Explain
from evaluation.scores.infidelity import InfidelitySettings, measure, squares
from openbox.errors import InputError
from openbox.explainers.entry import CONTRIBUTION, SLOPE

SETTINGS = InfidelitySettings(samples=9)


def values(case: Case, settings: InfidelitySettings = SETTINGS) -> dict[str, Tensor]:
    return {m.metric: m.values for m in measure(case, settings)}


def contribution(model: nn.Module, x: Tensor, target: Tensor) -> Tensor:
    return gradient(model, x, target) * x


@pytest.mark.parametrize("shape", [(1, 6, 6), (3, 6, 7)])
@pytest.mark.parametrize(("draw", "unit"), [(gradient, SLOPE), (contribution, CONTRIBUTION)])
def test_the_true_map_of_a_linear_model_has_no_fault(shape: tuple[int, ...], draw: Draw, unit: str) -> None:
    pixels = pictures(5, shape)
    found = values(case_of(linear(shape), by_function(draw, unit), pixels))
    assert list(found) == ["infidelity_scaled", "infidelity"]
    for numbers in found.values():
        assert_close(numbers, torch.zeros(3, dtype=torch.float64), rtol=0, atol=1e-9)


@pytest.mark.parametrize(("draw", "unit"), [(gradient, CONTRIBUTION), (contribution, SLOPE)])
def test_the_unit_decides_what_the_map_is_multiplied_with(draw: Draw, unit: str) -> None:
    found = values(case_of(linear(), by_function(draw, unit), pictures(5)))
    assert bool((found["infidelity"] > 1e-4).all())


@pytest.mark.parametrize("unit", [SLOPE, CONTRIBUTION, "arbitrary"])
def test_the_values_by_a_plain_loop(unit: str) -> None:
    model, pixels = conv(), pictures(5)
    case = case_of(model, by_function(contribution, unit), pixels)
    boxes = squares(case.x.shape, SETTINGS, case.seeds)
    found = values(case)
    for n in range(3):
        told, done = [], []
        for side, top, left in boxes[n].tolist():
            black = case.x[n].clone()
            black[:, top : top + side, left : left + side] = 0
            both = model(torch.stack((case.x[n], black))).double()[:, case.target[n]]
            done.append(float(both[0] - both[1]))
            map_ = case.explanation.values[n].double() * (case.x[n] if unit == SLOPE else 1)
            told.append(float(map_[:, top : top + side, left : left + side].sum()))
        t, d = torch.tensor(told, dtype=torch.float64), torch.tensor(done, dtype=torch.float64)
        scale = (t * d).sum() / (t * t).sum()
        assert_close(found["infidelity_scaled"][n], (scale * t - d).square().mean(), rtol=1e-4, atol=1e-8)
        if unit != "arbitrary":
            assert_close(found["infidelity"][n], (t - d).square().mean(), rtol=1e-4, atol=1e-8)
    assert ("infidelity" in found) == (unit != "arbitrary")


@pytest.mark.parametrize("against_others", [False, True])
@pytest.mark.parametrize("shape", [(1, 6, 6), (3, 6, 7)])
def test_a_map_is_compared_with_what_its_method_explains(
    against_others: bool, shape: tuple[int, ...]
) -> None:
    """The true slope of a logit minus the mean of the others, drawn by autograd, and its declaration."""

    def slope(model: nn.Module, x: Tensor, target: Tensor) -> Tensor:
        x = x.clone().requires_grad_()
        with torch.enable_grad():
            logits = model(x)
            own = logits.gather(1, target[:, None])[:, 0]
            score = own - (logits.sum(1) - own) / (logits.shape[1] - 1)
        return torch.autograd.grad(score.sum(), x)[0]

    def rebuild(model: nn.Module, offset: int) -> Explain:
        return lambda x, target: explanation(slope(model, x, target), SLOPE, against_others=against_others)

    case = case_of(linear(shape), rebuild, pictures(5, shape))
    scaled, own = measure(case, SETTINGS)
    assert (scaled.space, own.space) == ("logit", "contrast" if against_others else "logit")
    assert bool((own.values < 1e-9).all()) == against_others
    assert bool((own.values > 1e-4).all()) == (not against_others)
    plain = replace(case, explanation=replace(case.explanation, against_others=False))
    assert torch.equal(scaled.values, measure(plain, SETTINGS)[0].values), "the same question for all"


def test_the_scale_means_nothing_where_it_must_not() -> None:
    pixels = pictures(5)
    cases = [
        case_of(conv(), by_function(lambda m, x, t, s=s: s * contribution(m, x, t)), pixels)
        for s in (1.0, 40.0)
    ]
    first, second = (values(case) for case in cases)
    assert_close(first["infidelity_scaled"], second["infidelity_scaled"])
    assert bool((second["infidelity"] > 10 * first["infidelity"]).all())
    empty = values(case_of(conv(), by_function(lambda m, x, t: torch.zeros_like(x)), pixels))
    assert_close(empty["infidelity_scaled"], empty["infidelity"])
    assert bool((empty["infidelity_scaled"] >= first["infidelity_scaled"]).all())


@pytest.mark.parametrize("shape", [(1, 6, 6), (3, 9, 5)])
def test_the_squares_lie_inside_and_have_all_sizes(shape: tuple[int, ...]) -> None:
    side, top, left = squares(torch.Size(shape), InfidelitySettings(2000, 1.0), (0, 1)).unbind(2)
    assert set(side.unique().tolist()) == set(range(1, min(shape[1:]) + 1))
    assert int(top.min()) == int(left.min()) == 0
    assert int((top + side).max()) == shape[1]
    assert int((left + side).max()) == shape[2]
    half = squares(torch.Size(shape), InfidelitySettings(200), (0,))[..., 0]
    assert int(half.max()) == min(shape[1:]) // 2


@pytest.mark.parametrize("batch", [1, 2, 3, 4, 20, 27])
def test_neither_the_batch_nor_the_company_matters_nor_the_global_numbers(batch: int) -> None:
    case = case_of(conv(), by_function(contribution), pictures(5))
    before, whole = torch.get_rng_state(), values(case)
    sizes: list[int] = []
    with case.model.register_forward_pre_hook(lambda module, inputs: sizes.append(len(inputs[0]))):
        small = values(replace(case, batch=batch))
    assert torch.equal(torch.get_rng_state(), before)
    assert max(sizes) <= batch
    for metric, numbers in whole.items():
        assert_close(small[metric], numbers, rtol=1e-4, atol=1e-8)
        for i in range(3):
            assert_close(values(part(case, i))[metric][0], numbers[i], rtol=1e-4, atol=1e-8)


def test_all_methods_meet_the_same_squares() -> None:
    """The forward passes of two methods see the same images."""
    seen: list[list[Tensor]] = []
    for name in ("random", "edges"):
        case = case_of(conv(), by_method(name, torch.zeros(1, 1, 6, 6)), pictures(5))
        seen.append([])
        with case.model.register_forward_pre_hook(lambda module, inputs: seen[-1].append(inputs[0].clone())):
            assert list(values(case)) == ["infidelity_scaled"]
    assert torch.equal(torch.cat(seen[0]), torch.cat(seen[1]))


@pytest.mark.parametrize("wrong", [{"samples": 0}, {"samples": -2}, {"largest": 0}, {"largest": 1.5}])
def test_senseless_settings_are_refused(wrong: dict[str, Any]) -> None:
    with pytest.raises(InputError, match=r"infidelity: (samples|largest)"):
        InfidelitySettings(**wrong)
