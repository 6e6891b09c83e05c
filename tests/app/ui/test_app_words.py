"""The sentences under the maps say what the numbers say."""

import pytest
import torch
from explain import sentences
from ui import config, words
from ui.regions import Square

from openbox.explainers.explanation import Contrast, Explanation, Receipt
from openbox.explainers.table import EXPLAINERS

CLASSES = ("cat", "dog", "frog")


def explanation(claim, numbers, calls=4.0, seconds=0.5):
    receipt = Receipt(claim, {name: torch.tensor([value]) for name, value in numbers.items()})
    return Explanation(torch.zeros(1, 1, 2, 2), True, "logits", calls, seconds, receipt)


SUM = {"sum": 17.596, "bias": -2.174, "score": 15.422, "error": 3.2e-7}


def test_the_receipt_of_an_exact_map_is_a_sum_with_its_error():
    text = words.receipt(explanation("sum(w*x) + b = score", SUM), 1, CLASSES)
    assert text == "Σ w·x + b = 17.596 \N{MINUS SIGN} 2.174 = 15.422 = logit of “dog”, error 3e-07"


def test_a_contrast_is_named_as_a_difference():
    text = words.receipt(explanation("sum(w*x) + b = score", SUM), Contrast(0, 2), CLASSES)
    assert "logit of “cat” \N{MINUS SIGN} logit of “frog”, error" in text
    assert sentences.question(Contrast(0, 2), CLASSES) == "Why “cat” rather than “frog”?"


def test_decision_features_subtract_the_mean_unless_a_contrast_is_asked():
    claim = "sum(D*x) + b = score minus the mean of the other logits"
    assert "mean of the other logits" in words.receipt(explanation(claim, SUM), 0, CLASSES)
    assert "mean" not in words.receipt(explanation(claim, SUM), Contrast(0, 1), CLASSES)
    assert words.receipt(explanation(claim, SUM), 0, CLASSES).startswith("Σ D·x + b = ")


AVERAGE = {"sum": 9.5, "average": 3.25, "score": 3.25, "error": 4e-7, "points": 128.0}


def test_an_average_of_pieces_is_compared_where_it_was_opened():
    text = words.receipt(explanation("mean(W_i*p_i + b_i) = mean score", AVERAGE), 1, CLASSES)
    assert text == (
        "average of 128 exact pieces: at their points they answer 3.250 on average, the network 3.250 "
        "(logit of “dog”), largest error 4e-07; Σ map = 9.500, not the score of this picture"
    )
    claim = "mean(W_i*p_i + b_i) = mean score, minus the mean of the others"
    assert "mean of the other logits" in words.receipt(explanation(claim, AVERAGE), 1, CLASSES)
    assert "other logits" not in words.receipt(explanation(claim, AVERAGE), Contrast(0, 1), CLASSES)


def test_a_map_against_a_baseline_says_what_its_piece_says_of_the_baseline():
    numbers = {"sum": 8.0, "piece at z": -1.0, "score": 7.0, "error": 0.0}
    text = words.receipt(explanation("sum(w*(x - z)) + w*z + b = score", numbers), 0, CLASSES)
    assert text == (
        "Σ w·(x \N{MINUS SIGN} z) + piece at z = 8.000 \N{MINUS SIGN} 1.000 = 7.000 = logit of “cat”, error 0"
    )


def test_integrated_gradients_add_up_over_the_pieces_on_the_way():
    numbers = {"sum": 8.0, "base": -1.0, "score": 7.0, "gap": -3e-15, "intervals": 2214.0}
    text = words.receipt(explanation("sum(values) + score of the baseline = score", numbers), 0, CLASSES)
    assert text == (
        "Σ values + score of the baseline = 8.000 \N{MINUS SIGN} 1.000 = 7.000 = logit of “cat”, "
        "over 2,214 exact pieces on the way, gap 3e-15"
    )


def test_shap_states_its_gap_with_a_sign():
    numbers = {"sum": 8.0, "base": 1.0, "score": 7.59, "gap": -1.41}
    text = words.receipt(explanation("sum(values) + base value = score, up to the gap", numbers), 0, CLASSES)
    assert text.endswith("additivity gap \N{MINUS SIGN}1.410")
    assert "8.000 + 1.000 = 9.000; logit of “cat” is 7.590" in text


def test_lime_states_its_fit():
    assert words.receipt(explanation("fits", {"R^2": 0.863}), 0, CLASSES).startswith("R² = 0.86")


def test_grad_cam_makes_no_such_claim_and_admits_a_flat_map():
    assert words.receipt(explanation("makes no claim", {"flat map": 0.0}), 0, CLASSES) == words.NO_CLAIM
    assert "flat" in words.receipt(explanation("makes no claim", {"flat map": 1.0}), 0, CLASSES)


def test_an_unknown_receipt_is_shown_as_it_is():
    text = words.receipt(explanation("knows nothing", {"luck": 2.0}), 0, CLASSES)
    assert text == "knows nothing (luck 2.000)"


def test_cost():
    assert words.cost(explanation("", {}, 1000.0, 0.284)) == "0.28 s · 1,000 model calls"
    assert words.cost(explanation("", {}, 0, 0.0021)) == "2 ms · no model calls"


def test_probabilities_are_never_zero_or_one():
    assert words.percent(1.0) == "> 99.9 %"
    assert words.percent(0.0) == "< 0.1 %"
    assert words.percent(0.5) == "50.0 %"


@pytest.mark.parametrize(("value", "text"), [(0, "0"), (1.34, "1.3"), (0.0123, "0.012"), (123.4, "123")])
def test_short_numbers(value, text):
    assert words.short(value) == text


def test_the_legend_of_a_signed_map_is_symmetric():
    assert words.legend(EXPLAINERS["openbox"], 0.73) == ("\N{MINUS SIGN}0.73", "logits", "+0.73")
    assert words.legend(EXPLAINERS["gradcam"], 1.0)[0] == "0"


def test_the_alternative_text_is_a_sentence_with_the_strongest_place():
    text = words.alt_map(EXPLAINERS["openbox"], "logit of “cat”", [Square(4, 8, 4, 2.0)], [])
    assert text == "OpenBox map of the logit of “cat”. Strongest support: rows 5–8, columns 9–12."  # noqa: RUF001
    assert "zero everywhere" in words.alt_map(EXPLAINERS["openbox"], "logit", [], [])


def test_the_configuration_is_known_by_its_sentinel():
    assert config.problem(5) is None
    assert "streamlit_config.toml" in (config.problem(200) or "")
