"""Max-sensitivity: 0 for a map that stays, a closed form for a linear model's contributions."""

from dataclasses import replace
from typing import Any

import pytest
import torch
from small_cases import by_function, by_method, case_of, conv, gradient, linear, part, pictures
from torch import Tensor
from torch.testing import assert_close

from evaluation.case import Case
from evaluation.scores.max_sensitivity import MaxSensitivitySettings, measure, shaking
from openbox.errors import InputError

SETTINGS = MaxSensitivitySettings()


def values(case: Case, settings: MaxSensitivitySettings = SETTINGS) -> Tensor:
    (found,) = measure(case, settings)
    assert found.metric == "max_sensitivity"
    return found.values


def test_a_map_that_stays_is_not_sensitive() -> None:
    pixels = pictures(5)
    constant = case_of(conv(), by_function(lambda model, x, target: torch.ones_like(x)), pixels)
    assert values(constant).tolist() == [0, 0, 0]
    slope = case_of(linear(), by_method("openbox_weights", pixels[:1] / 255), pixels)
    assert values(slope).tolist() == [0, 0, 0]


@pytest.mark.parametrize("samples", [1, 3, 5])
def test_contributions_of_a_linear_model_move_by_the_weighted_noise(samples: int) -> None:
    """``|w * noise| / |w * x|`` with the noise that is left between black and white."""
    model, settings = linear(), MaxSensitivitySettings(0.1, samples)
    case = case_of(model, by_function(lambda m, x, target: gradient(m, x, target) * x), pictures(5))
    head = model[1]
    assert isinstance(head, torch.nn.Linear)
    noise = shaking(case.x, settings, case.seeds).noise
    assert float(noise.abs().max()) <= 0.1
    assert float(noise.min()) < -0.09
    assert float(noise.max()) > 0.09
    for n in range(3):
        w = head.weight[case.target[n]].reshape(1, 6, 6).double()
        x = case.x[n].double()
        moved = [(w * ((x + d).clamp(0, 1) - x)).norm() / (w * x).norm() for d in noise[n].double()]
        assert_close(values(case, settings)[n].double(), max(moved), rtol=1e-4, atol=1e-7)


def test_the_target_stays_that_of_the_image() -> None:
    asked: list[Tensor] = []

    def draw(model: torch.nn.Module, x: Tensor, target: Tensor) -> Tensor:
        asked.append(target)
        return x

    case = case_of(conv(), by_function(draw), pictures(5))
    asked.clear()
    values(case)
    assert torch.equal(torch.cat(asked), case.target.repeat_interleave(3))


def test_an_empty_map_has_the_change_itself() -> None:
    """captum divides by 1 then."""
    case = case_of(conv(), by_function(lambda model, x, target: torch.ones_like(x)), pictures(5))
    empty = replace(case, explanation=replace(case.explanation, values=torch.zeros_like(case.x)))
    assert values(empty).tolist() == [6, 6, 6], "36 pixels that are 1"


@pytest.mark.parametrize("batch", [1, 2, 4, 7, 9])
@pytest.mark.parametrize("name", ["gradient", "random"])
def test_neither_the_batch_nor_the_company_matters_nor_the_global_numbers(name: str, batch: int) -> None:
    pixels = pictures(5)
    rebuild = by_method(name, pixels[:1] / 255) if name == "random" else by_function(gradient)
    case = case_of(conv(), rebuild, pixels)
    before, whole = torch.get_rng_state(), values(case)
    sizes: list[int] = []

    def explain(x: Tensor, target: Tensor) -> Any:
        sizes.append(len(x))
        return case.explain(x, target)

    small = values(replace(case, batch=batch, explain=explain))
    assert torch.equal(torch.get_rng_state(), before)
    assert max(sizes) <= batch
    assert sum(sizes) == 9, "the map of the image itself is known"
    assert_close(small, whole, rtol=1e-4, atol=1e-6)
    assert bool((whole > 0).any()), "a gradient may be the same all around an image, not around all of them"
    for i in range(3):
        assert_close(values(part(case, i))[0], whole[i], rtol=1e-4, atol=1e-6)


@pytest.mark.parametrize("wrong", [{"samples": 0}, {"samples": -1}, {"radius": 0}, {"radius": -0.1}])
def test_senseless_settings_are_refused(wrong: dict[str, Any]) -> None:
    with pytest.raises(InputError, match=r"max_sensitivity: (samples|radius)"):
        MaxSensitivitySettings(**wrong)
