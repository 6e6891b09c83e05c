"""What a map claims about the model holds, checked against the model itself."""

import pytest
import torch
from explainer_cases import (
    AVERAGES,
    BLIND,
    CASES,
    EXACT,
    NAMES,
    SUMS,
    explained,
    explainer_of,
    images_of,
    make,
    model_of,
)
from torch import nn
from torch.testing import assert_close

from openbox.explainers import Contrast, Target
from openbox.explainers.explanation import coefficients
from openbox.explainers.method import Counted

TARGETS: dict[str, Target] = {
    "class": 4,
    "prediction": None,
    "per image": torch.tensor([0, 5, 9]),
    "contrast": Contrast(3, 5),
}
pytestmark = pytest.mark.parametrize("case", CASES)
every_target = pytest.mark.parametrize("target", TARGETS)


def scores(case: str, target: Target) -> torch.Tensor:
    """The score that was asked for, read off the model's own logits."""
    logits = model_of(case)(images_of(case)).detach()
    if isinstance(target, Contrast):
        return logits[:, target.preferred] - logits[:, target.other]
    if target is None:
        return logits.amax(1)
    return torch.stack([row[c] for row, c in zip(logits, torch.as_tensor(target).expand(3), strict=True)])


@every_target
@pytest.mark.parametrize("name", ["openbox", "openbox_weights"])
def test_openbox_sums_to_the_model_s_own_score(name: str, target: str, case: str) -> None:
    x = images_of(case)
    found = explainer_of(name, case).explain(x, TARGETS[target])
    numbers = found.receipt.numbers
    scale = float(model_of(case)(x).detach().abs().max())
    assert_close(numbers["score"], scores(case, TARGETS[target]), rtol=1e-5, atol=1e-6 * scale)
    total = (found.values if name == "openbox" else found.values * x).flatten(1).sum(1)
    assert_close(numbers["sum"], total, rtol=1e-5, atol=1e-6 * scale)
    assert_close(numbers["sum"] + numbers["bias"], numbers["score"], rtol=1e-5, atol=1e-5 * scale)
    assert bool((numbers["error"] < 1e-5).all())


@every_target
@pytest.mark.parametrize("name", NAMES)
def test_a_map_declares_the_score_that_its_surrogate_predicts(name: str, target: str, case: str) -> None:
    found = explained(name, case, TARGETS[target])
    if found.surrogate is None:
        assert not found.against_others, "nothing here tells what it explains"
        return
    asked = coefficients(TARGETS[target], model_of(case)(images_of(case, name)).detach())
    least = asked - (1 - asked) / (asked.shape[1] - 1)  # a class minus the mean of the others
    against_others = found.against_others and target != "contrast"
    assert_close(found.surrogate.readout, least if against_others else asked)


@pytest.mark.parametrize("name", sorted(EXACT))
def test_an_exact_map_costs_few_passes(name: str, case: str) -> None:
    assert explainer_of(name, case).explain(images_of(case)).model_calls <= 4


@every_target
def test_a_piece_against_the_mean_reference_leaves_what_it_says_of_it(target: str, case: str) -> None:
    x = images_of(case)
    found = explainer_of("openbox_reference", case).explain(x, TARGETS[target])
    numbers = found.receipt.numbers
    scale = float(model_of(case)(x).detach().abs().max())
    assert_close(numbers["score"], scores(case, TARGETS[target]), rtol=1e-5, atol=1e-6 * scale)
    assert_close(numbers["sum"], found.values.flatten(1).sum(1), rtol=1e-5, atol=1e-6 * scale)
    assert_close(numbers["sum"] + numbers["piece at z"], numbers["score"], rtol=1e-5, atol=1e-5 * scale)
    assert bool((numbers["error"] < 1e-5).all())


@every_target
@pytest.mark.parametrize("name", sorted(AVERAGES))
def test_an_average_of_pieces_answers_as_the_model_does_on_average(name: str, target: str, case: str) -> None:
    """The scores are the model's own at the points, the answers those of the pieces."""
    found = explainer_of(name, case).explain(images_of(case), TARGETS[target])
    numbers = found.receipt.numbers
    assert_close(numbers["average"], numbers["score"], rtol=1e-5, atol=1e-5)
    assert bool((numbers["score"].abs() > 1e-3).any()), "nothing was compared"
    assert_close(numbers["sum"], found.values.flatten(1).sum(1), rtol=1e-5, atol=1e-5)
    assert bool((numbers["error"] < 1e-5).all())
    assert found.model_calls == 2 * numbers["points"][0]


@pytest.mark.parametrize("name", sorted(AVERAGES | EXACT))
def test_a_model_that_left_its_capture_is_found_out(name: str, case: str) -> None:
    """A constant that the capture does not follow, as in the core's own test of the certificate."""
    del case
    torch.manual_seed(1)
    layers = nn.Conv2d(1, 4, 3), nn.LeakyReLU(0.1), nn.Flatten(), nn.Linear(4 * 6 * 6, 10)
    model, x = nn.Sequential(*layers).eval(), images_of("digits-cnn")
    explainer = make(name, model, x)
    assert bool((explainer.explain(x, 4).receipt.numbers["error"] < 1e-5).all())
    vars(model[1])["negative_slope"] = 0.7
    found = explainer.explain(x, 4).receipt.numbers
    assert bool((found["error"] > 1e-3).all())
    if name in AVERAGES:
        answer = found["average"]
    else:
        answer = found["sum"] + found["piece at z" if name == "openbox_reference" else "bias"]
    assert bool(((answer - found["score"]).abs() > 1e-3).all()), "the score is the model's own"


@every_target
@pytest.mark.parametrize("name", ["shap", "shap_partition"])
def test_shap_states_its_gap(name: str, target: str, case: str) -> None:
    x = images_of(case)
    found = explainer_of(name, case).explain(x, TARGETS[target])
    numbers = found.receipt.numbers
    expected = scores(case, TARGETS[target])
    assert_close(numbers["score"], expected, rtol=1e-5, atol=1e-5)
    assert_close(numbers["sum"], found.values.flatten(1).sum(1), rtol=1e-5, atol=1e-5)
    assert_close(numbers["sum"] + numbers["base"] + numbers["gap"], expected, rtol=1e-4, atol=1e-4)
    if name == "shap_partition":
        assert bool((numbers["gap"].abs() < 1e-4).all()), "Owen values add up"
    else:
        assert bool((numbers["gap"].abs() > 1e-4).any()), "a sampled integral has a gap; it must be stated"


def test_shap_s_base_is_the_mean_score_of_the_references(case: str) -> None:
    found = explainer_of("shap", case).explain(images_of(case), 4)
    expected = model_of(case)(CASES[case].example())[:, 4].mean().detach()
    assert_close(found.receipt.numbers["base"], expected.expand(3), rtol=1e-4, atol=1e-4)


@every_target
def test_lime_states_the_fit_of_its_surrogate(target: str, case: str) -> None:
    found = explainer_of("lime", case).explain(images_of(case), TARGETS[target])
    fit = found.receipt.numbers["R^2"]
    assert bool(((fit >= 0) & (fit <= 1)).all())


def test_lime_s_map_is_constant_on_each_patch(case: str) -> None:
    found = explainer_of("lime", case).explain(images_of(case))
    assert found.segments is not None
    assert found.segments.shape == (3, *found.values.shape[-2:])
    patches = found.segments[0]
    assert sorted(patches.unique().tolist()) == list(range(int(patches.max()) + 1))
    assert int(patches.max()) + 1 >= 16, "4x4 patches and more"
    for values in found.values:
        for number in patches.unique():
            inside = values[:, patches == number]
            assert bool((inside == inside[0, 0]).all())


def test_gradcam_claims_nothing_and_shows_its_own_grid(case: str) -> None:
    found = explainer_of("gradcam", case).explain(images_of(case))
    assert "no claim" in found.receipt.claim
    assert set(found.receipt.numbers) == {"flat map"}
    assert found.grid is not None
    assert len(found.grid) == 3
    assert min(found.grid.shape[-2:]) >= 4
    assert float(found.values.max()) <= 1, "the package scales each map to its own maximum"


@pytest.mark.parametrize("name", sorted(BLIND))
def test_a_baseline_says_that_it_is_one(name: str, case: str) -> None:
    found = explainer_of(name, case).explain(images_of(case))
    assert "nothing" in found.receipt.claim or "never the network" in found.receipt.claim
    assert found.model_calls == 0


@pytest.mark.parametrize("name", sorted(set(NAMES) - BLIND - EXACT - AVERAGES - SUMS))
def test_passes_are_counted_forward_and_backward(name: str, case: str) -> None:
    passes = 0

    def count(module: torch.nn.Module, inputs: tuple[torch.Tensor, ...], output: torch.Tensor) -> None:
        nonlocal passes
        passes += len(inputs[0])

    explainer = explainer_of(name, case)
    (inner,) = (value.model for value in vars(explainer._method).values() if isinstance(value, Counted))
    with inner.register_forward_hook(count):
        found = explainer.explain(images_of(case)[:1], 2)
    references = len(CASES[case].example())
    expected = {  # less the receipt's own passes
        "shap": passes - references - 1 + 40,  # each sample of SETTINGS has a backward pass
        "expected_gradients": 2 * (passes - references - 1),
        "shap_partition": passes - 1,
        "kernel_shap": passes - 1,
        "lime": passes,
        "occlusion": passes,
        "rise": passes,
        "score_cam": passes,
        "deeplift": 2 * (passes - 2),
        "hires_cam": 2 * (passes - 1),
        "meaningful_perturbation": 2 * (passes - 3) + 2,  # two of its own go only forward
    }
    assert passes > 0
    assert found.model_calls == expected.get(name, 2 * passes)
