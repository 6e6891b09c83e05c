"""What can be asked: a class, a class per image, a contrast, the prediction; and what is refused."""

import pytest
import torch
from explainer_cases import BLIND, CASES, EXACT, NAMES, explained, explainer_of, images_of, model_of
from torch.testing import assert_close

import openbox
from openbox.errors import InputError
from openbox.explainers import Contrast
from openbox.explainers.explanation import coefficients

every_name = pytest.mark.parametrize("name", NAMES)
every_case = pytest.mark.parametrize("case", CASES)


@every_case
@every_name
def test_a_class_for_all_a_class_per_image_and_the_prediction_agree(name: str, case: str) -> None:
    x = images_of(case, name)
    explainer = explainer_of(name, case)
    seven = explained(name, case, 7).values
    assert torch.equal(explainer.explain(x, torch.tensor([7, 7, 7])).values, seven)
    assert torch.equal(explainer.explain(x, torch.tensor([7, 7, 7], dtype=torch.int32)).values, seven)
    predicted = model_of(case)(x).argmax(1)
    assert torch.equal(explained(name, case).values, explainer.explain(x, predicted).values)


@every_case
@every_name
def test_a_class_per_image_is_that_image_s_own(name: str, case: str) -> None:
    x = images_of(case, name)
    explainer = explainer_of(name, case)
    classes = [4, 0, 9]
    mixed = explainer.explain(x, torch.tensor(classes)).values
    for i, label in enumerate(classes):
        assert_close(mixed[i], explained(name, case, label).values[i], rtol=1e-4, atol=1e-5)


@every_case
@every_name
def test_the_target_matters_exactly_to_methods_that_look_at_the_network(name: str, case: str) -> None:
    targets = (1, 2, Contrast(1, 2))
    first, second, contrast = (explained(name, case, target).values for target in targets)
    assert torch.equal(first, second) == (name in BLIND)
    assert torch.equal(first, contrast) == (name in BLIND)


@every_case
@pytest.mark.parametrize("name", ["openbox", "openbox_weights"])
def test_a_contrast_is_the_difference_of_two_maps(name: str, case: str) -> None:
    x = images_of(case)
    explainer = explainer_of(name, case)
    contrast = explainer.explain(x, Contrast(3, 8))
    a, b = explainer.explain(x, 3), explainer.explain(x, 8)
    assert_close(contrast.values, a.values - b.values, rtol=1e-4, atol=1e-4)
    for key in ("sum", "bias", "score"):
        found = contrast.receipt.numbers[key]
        assert_close(found, a.receipt.numbers[key] - b.receipt.numbers[key], rtol=1e-4, atol=1e-4)


@every_case
@pytest.mark.parametrize("name", sorted(EXACT))
def test_a_contrast_turned_round_is_its_negative(name: str, case: str) -> None:
    x = images_of(case)
    explainer = explainer_of(name, case)
    forth, back = explainer.explain(x, Contrast(3, 8)).values, explainer.explain(x, Contrast(8, 3)).values
    assert_close(forth, -back, rtol=1e-4, atol=1e-5)


@every_case
def test_decision_features_are_the_paper_s_definition(case: str) -> None:
    """``D_c = sum_{k != c} (W_c - W_k) / (K - 1)``, by a loop over all K weights in float64."""
    x = images_of(case)
    classes = [5, 0, 9]
    weights = openbox.capture(model_of(case), x).linearize(x.double()).weight
    found = explainer_of("decision_features", case).explain(x, torch.tensor(classes))
    for i, c in enumerate(classes):
        outputs = weights.shape[1]
        expected = torch.zeros_like(weights[0, 0])
        for k in range(outputs):
            if k != c:
                expected += (weights[i, c] - weights[i, k]) / (outputs - 1)
        assert_close(found.values[i].double(), expected, rtol=1e-4, atol=1e-5 * float(expected.abs().max()))
        logits = model_of(case)(x[i : i + 1])[0]
        others = (logits.sum() - logits[c]) / (outputs - 1)
        assert_close(found.receipt.numbers["score"][i], logits[c] - others, rtol=1e-4, atol=1e-4)


@every_case
def test_decision_features_of_a_contrast_are_its_weights(case: str) -> None:
    x = images_of(case)
    contrast = Contrast(2, 6)
    expected = explainer_of("openbox_weights", case).explain(x, contrast).values
    assert torch.equal(explainer_of("decision_features", case).explain(x, contrast).values, expected)


BAD_TARGETS: dict[str, tuple[object, str]] = {
    "class too large": (10, "explain: target 10 does not exist; the classes are 0 to 9"),
    "negative class": (-1, "explain: target -1 does not exist"),
    "one bad class of three": (torch.tensor([0, 10, 1]), "explain: .* does not exist"),
    "too few classes": (torch.tensor([1, 2]), r"explain: target has shape \(2,\) .* expected \(3,\)"),
    "a matrix": (torch.zeros(3, 10, dtype=torch.int64), r"explain: target has shape \(3, 10\)"),
    "float tensor": (torch.tensor([1.0, 2.0, 3.0]), r"explain: target .*float32, expected \(3,\) int64"),
    "float": (2.5, "explain: target 2.5 is no class"),
    "text": ("3", "explain: target '3' is no class"),
    "list": ([1, 2, 3], r"explain: target \[1, 2, 3\] is no class"),
    "contrast with itself": (Contrast(1, 1), "explain: .* compares a class with itself"),
    "contrast out of range": (Contrast(1, 10), "explain: .* does not exist"),
    "contrast of fractions": (Contrast(1.5, 2), "explain: .* is no class"),  # pyright: ignore[reportArgumentType]
}


@pytest.mark.parametrize("bad", BAD_TARGETS)
@pytest.mark.parametrize("name", ["openbox", "gradcam", "edges"])
def test_a_bad_target_is_refused_with_the_call_and_what_was_found(name: str, bad: str) -> None:
    target, message = BAD_TARGETS[bad]
    with pytest.raises(InputError, match=message):
        explainer_of(name, "digits-cnn").explain(images_of("digits-cnn"), target)  # pyright: ignore[reportArgumentType]


def test_a_score_is_a_row_over_the_outputs() -> None:
    logits = torch.tensor([[0.0, 3.0, 1.0], [5.0, 0.0, 1.0]])
    assert coefficients(None, logits).tolist() == [[0, 1, 0], [1, 0, 0]]
    assert coefficients(2, logits).tolist() == [[0, 0, 1], [0, 0, 1]]
    assert coefficients(torch.tensor([2, 0]), logits).tolist() == [[0, 0, 1], [1, 0, 0]]
    assert coefficients(Contrast(0, 2), logits).tolist() == [[1, 0, -1], [1, 0, -1]]
