"""Exactness: 0 for a linear model, LIME's own prediction for LIME, and a gap that grows with the distance."""

import pickle
from dataclasses import replace
from typing import Any

import numpy as np
import pytest
import torch
from lime import lime_image
from small_cases import by_method, case_of, conv, linear, part, pictures
from torch import Tensor
from torch.testing import assert_close

from evaluation.case import Case
from evaluation.scores.exactness import ExactnessSettings, measure, noisy, without_patches
from openbox.errors import InputError
from openbox.explainers import create
from openbox.explainers.paths.gradient_shap import GradientSettings
from openbox.explainers.perturbation.lime import LimeSettings
from openbox.explainers.surrogate import patch_grid

SETTINGS = ExactnessSettings(radii=(0.001, 0.3), patches=3, draws=4)
LIME = LimeSettings(samples=60, grid=3)
EXACT = ["decision_features", "openbox", "openbox_weights"]
FILLS = ["", "noise 0.001", "noise 0.3", "patches"]


def gaps(case: Case, metric: str = "gap") -> dict[str, Tensor]:
    return {m.fill: m.values for m in measure(case, SETTINGS) if m.metric == metric}


@pytest.mark.parametrize("name", EXACT)
def test_a_linear_model_is_its_own_surrogate_everywhere(name: str) -> None:
    pixels = pictures(5)
    found = gaps(case_of(linear(), by_method(name, pixels[:1] / 255), pixels))
    assert list(found) == FILLS
    assert all(bool((values < 1e-5).all()) for values in found.values())


@pytest.mark.parametrize("name", EXACT)
def test_an_exact_piece_is_exact_at_the_input_and_less_so_far_away(name: str) -> None:
    pixels = pictures(5)
    found = gaps(case_of(conv(), by_method(name, pixels[:1] / 255), pixels))
    assert bool((found[""] < 1e-5).all())
    assert float(found["noise 0.3"].mean()) > 10 * float(found["noise 0.001"].mean())
    assert bool((found["patches"] > 1e-3).all())


def test_the_gap_is_that_of_the_map_by_hand() -> None:
    """``w . z + b`` from the linear piece of an independent capture of the score, z drawn again."""
    pixels, model = pictures(5), conv()
    case = case_of(model, by_method("openbox_weights", pixels[:1] / 255), pixels)
    w = case.explanation.values.double()
    f = model(case.x).gather(1, case.target[:, None])[:, 0].double()
    expected = torch.zeros(3, dtype=torch.float64)
    for z in noisy(case.x, 0.3, 4, case.seeds):
        model_there = model(z).gather(1, case.target[:, None])[:, 0]
        expected += (f + (w * (z - case.x)).flatten(1).sum(1) - model_there).abs() / 4
    assert_close(gaps(case)["noise 0.3"], expected, rtol=1e-4, atol=1e-5)
    relative = gaps(case, "relative_gap")["noise 0.3"]
    assert_close(relative, expected / f.abs(), rtol=1e-4, atol=1e-5)


@pytest.mark.parametrize("channels", [1, 3])
def test_lime_is_measured_by_the_prediction_that_lime_reports(
    monkeypatch: pytest.MonkeyPatch, channels: int
) -> None:
    reported: list[float] = []
    explain: Any = lime_image.LimeImageExplainer.explain_instance

    def note(*args: Any, **settings: Any) -> Any:
        result = explain(*args, **settings)
        reported.append(float(np.ravel(result.local_pred)[0]))
        return result

    monkeypatch.setattr(lime_image.LimeImageExplainer, "explain_instance", note)
    pixels = pictures(5, (channels, 6, 6))
    pixels[0, :, :2, :2] = 0  # a patch that cannot be switched off
    model = conv() if channels == 1 else linear((3, 6, 6))
    case = case_of(model, by_method("lime", pixels[:1] / 255, LIME), pixels)
    reported.clear()
    found = gaps(case)
    score = model(case.x).gather(1, case.target[:, None])[:, 0].double()
    assert len(reported) == 3
    assert_close(found[""], (torch.tensor(reported, dtype=torch.float64) - score).abs(), rtol=1e-4, atol=1e-5)


def test_lime_s_surrogate_is_its_regression_at_switched_patches() -> None:
    """``intercept + present @ weights`` with every patch of a point looked at in a plain loop."""
    pixels, fill = pictures(3), 0.25
    x = pixels.float() / 255
    x[0, :, :2, :2] = fill
    settings = LimeSettings(samples=60, grid=3, fill=fill)
    surrogate = create("lime", conv(), x, settings=settings).explain(x, 1).surrogate
    assert surrogate is not None
    segments = patch_grid((6, 6), 3)
    z = x.clone()
    z[:, :, 4:, 4:] = fill
    z[:, :, :2, :2] = fill
    z[1, 0, 0, 0] = 0.9  # one pixel that differs is enough
    expected = []
    for n in range(3):
        total = float(surrogate.intercept[n])  # pyright: ignore[reportAttributeAccessIssue]
        for p in range(9):
            there, image = z[n, 0][segments == p].numpy(), x[n, 0][segments == p].numpy()
            off = np.all(there == np.float32(fill)) and not np.all(image == np.float32(fill))
            total += 0.0 if off else float(surrogate.weights[n, p])  # pyright: ignore[reportAttributeAccessIssue]
        expected.append(total)
    assert_close(surrogate(z), torch.tensor(expected), rtol=1e-5, atol=1e-5)
    assert surrogate(z)[2] != surrogate(x)[2]


def test_shap_is_measured_at_the_input_only() -> None:
    pixels = pictures(5)
    rebuild = by_method("shap", pixels[:2] / 255, GradientSettings(samples=5))
    case = case_of(conv(), rebuild, pixels)
    found = gaps(case)
    numbers = case.explanation.receipt.numbers
    assert list(found) == [""]
    assert_close(
        found[""], (numbers["score"] - numbers["sum"] - numbers["base"]).abs().double(), atol=1e-5, rtol=0
    )
    assert bool((found[""] > 0).any())


@pytest.mark.parametrize("name", ["random", "edges", "gradcam"])
def test_a_method_without_a_claim_has_no_rows(name: str) -> None:
    pixels = pictures(5)
    assert measure(case_of(conv(), by_method(name, pixels[:1] / 255), pixels), SETTINGS) == []


@pytest.mark.parametrize("name", ["openbox", "lime", "shap"])
def test_neither_the_batch_nor_the_company_matters(name: str) -> None:
    pixels = pictures(5)
    setting = {"lime": LIME, "shap": GradientSettings(samples=5)}.get(name)
    case = case_of(conv(), by_method(name, pixels[:1] / 255, setting), pixels)
    state = torch.get_rng_state()
    found = measure(case, SETTINGS)
    assert torch.equal(torch.get_rng_state(), state)
    for m, small in zip(found, measure(replace(case, batch=2), SETTINGS), strict=True):
        assert_close(small.values, m.values, rtol=1e-4, atol=1e-5)
    for i in range(3):
        for m, alone in zip(found, measure(part(case, i), SETTINGS), strict=True):
            assert_close(alone.values[0], m.values[i], rtol=1e-4, atol=1e-5)


def test_the_neighbourhoods_are_what_they_say() -> None:
    x = pictures(3).float() / 255
    for z in noisy(x, 0.5, 3, (1, 2, 3)):
        assert float(z.min()) == 0
        assert float(z.max()) == 1
        assert not torch.equal(z[0], z[1])
    draws = list(without_patches(x, 3, 200, (1, 2, 3)))
    for z in draws:
        patches = (z == x).unflatten(2, (3, 2)).unflatten(4, (3, 2)).all(5).all(3)  # (n, C, 3, 3)
        black = (z == 0).unflatten(2, (3, 2)).unflatten(4, (3, 2)).all(5).all(3)
        assert bool((patches | black).all())
    lit = x > 0
    share = torch.stack(draws)[:, lit].gt(0).float().mean()
    assert float(share) == pytest.approx(0.5, abs=0.05)


@pytest.mark.parametrize("name", [*EXACT, "lime"])
def test_a_surrogate_can_be_pickled_as_the_app_does(name: str) -> None:
    x = pictures(2).float() / 255
    settings = LIME if name == "lime" else None
    found = create(name, conv(), x, settings=settings).explain(x, 1)
    again = pickle.loads(pickle.dumps(found))
    assert repr(again) == repr(found)
    assert found.surrogate is not None
    assert torch.equal(again.surrogate(x), found.surrogate(x))


@pytest.mark.parametrize(
    "wrong",
    [
        {"draws": 0},
        {"draws": -3},
        {"patches": 0},
        {"radii": [0.1, -1]},
        {"radii": [float("nan")]},
        {"radii": 0.1},
    ],
)
def test_senseless_settings_are_refused(wrong: dict[str, Any]) -> None:
    with pytest.raises(InputError, match="exactness"):
        ExactnessSettings(**wrong)
