"""Titles word by word: what the values claim is true, in any company of other titles."""

import math

import numpy as np
import pytest
import torch
from reference.unrolled import states
from small_reader import TITLES, small_reader

from openbox.errors import InputError, UnknownNameError
from openbox.explainers.explanation import Contrast
from openbox.text import TEXT_EXPLAINERS, TokenExplanation, explain_titles
from openbox.text.open_reader import OpenReader
from openbox.zoo import load_checkpoint
from openbox.zoo.data.words import words

QUICK = [name for name in TEXT_EXPLAINERS if name not in ("integrated_gradients", "openbox_dropouts")]
SUMMING = ("openbox", "openbox_unknown", "decision_features", "shap_partition")


def explained(method: str, titles: tuple[str, ...] = TITLES, **more: object) -> list[TokenExplanation]:
    return explain_titles(method, small_reader(), list(titles), **more)  # pyright: ignore[reportArgumentType]


def score(one: TokenExplanation, row: torch.Tensor) -> float:
    return float(one.logits.double() @ row)


@pytest.mark.parametrize("method", QUICK)
def test_titles_of_mixed_lengths_come_back_in_order_as_they_are_alone(method: str) -> None:
    together = explained(method, seed=3)
    assert [one.tokens for one in together] == [tuple(words(title)) for title in TITLES]
    for one, title in zip(together, TITLES, strict=True):
        alone = explained(method, (title,), seed=3)[0]
        assert torch.allclose(one.values, alone.values, rtol=0, atol=1e-5 if method == "lime" else 1e-6)
        assert torch.allclose(one.logits, alone.logits, rtol=0, atol=1e-6)
        assert one.values.shape == (len(one.tokens),)
        assert one.values.dtype == torch.float64


def test_the_exact_values_are_those_of_matrices_multiplied_out() -> None:
    """Nothing is padded: the oracle sees the words of one title and no others."""
    reader = small_reader(2)
    found = explain_titles("openbox", reader, TITLES, target=2)
    for one, title in zip(found, TITLES, strict=True):
        x = reader.embed([title])[0].double().numpy()
        matrix, constant = states(reader.rnn, x)
        values = np.einsum("sjte,te->sj", matrix, x) + constant
        winners, units = values.argmax(0), np.arange(values.shape[1])
        pooled = np.concatenate([matrix.mean(0), matrix[winners, units]])
        head = reader.head.weight.double().numpy()
        weight = np.einsum("kj,jte->kte", head, pooled)
        expected = (weight * x).sum(-1)
        assert one.by_class is not None
        assert np.allclose(one.by_class, expected, rtol=0, atol=1e-10)
        assert np.allclose(one.values, expected[2], rtol=0, atol=1e-10)


@pytest.mark.parametrize("method", SUMMING)
@pytest.mark.parametrize("target", [None, 4, Contrast(1, 3)])
def test_values_and_bias_add_up_to_the_score(method: str, target: object) -> None:
    for one in explained(method, target=target):
        if isinstance(target, Contrast):
            row = torch.eye(6).double()[1] - torch.eye(6).double()[3]
        else:
            row = torch.eye(6).double()[int(one.logits.argmax()) if target is None else 4]
            if method == "decision_features":
                row = row - (1 - row) / 5
        assert one.bias is not None
        assert one.error is not None
        assert float(one.values.sum()) + one.bias == pytest.approx(score(one, row), abs=1e-5)
        assert one.error <= (1e-12 if TEXT_EXPLAINERS[method].role == "exact" else 1e-5)


def test_integrated_gradients_reach_from_unknown_words_to_the_title() -> None:
    one = explained("integrated_gradients", TITLES[:1], target=0)[0]
    reader = OpenReader(small_reader())
    unknown = reader.logits([[""] * 5])[0, 0]
    assert one.bias == pytest.approx(float(unknown), abs=1e-5)
    assert float(one.values.sum()) == pytest.approx(float(one.logits[0] - unknown), abs=1e-5)
    assert one.error is not None
    assert one.error <= 1e-12


def test_dropouts_are_exact_where_words_were_dropped() -> None:
    one = explained("openbox_dropouts", TITLES[:1])[0]
    numbers = one.receipt.numbers
    assert float(numbers["average"]) == pytest.approx(float(numbers["score"]), abs=1e-10)
    assert float(numbers["error"]) <= 1e-12


def test_occlusion_is_the_difference_of_two_scores() -> None:
    reader, title = OpenReader(small_reader()), words(TITLES[0])
    for method, changed in {"occlusion_unknown": ["", *title[1:]], "occlusion_delete": title[1:]}.items():
        one = explained(method, TITLES[:1], target=1)[0]
        before, after = reader.logits([title, changed])[:, 1]
        assert float(one.values[0]) == pytest.approx(float(before - after), abs=1e-6)


def test_what_unknown_words_add_to_unknown_words_is_nothing() -> None:
    for method in ("openbox_unknown", "occlusion_unknown", "integrated_gradients"):
        values = explained(method, ("zzzz qqqq",))[0].values
        assert values.abs().max() < 1e-6, method


def test_the_gradient_is_that_of_the_piece_but_for_ties() -> None:
    """In float32, in which both decide. Unknown words tie in the maximum over time: we take the first of
    them, PyTorch's gradient is split."""
    net, tied = OpenReader(small_reader()).net, 0
    for one, title in zip(explained("gradient_x_input", target=2), TITLES, strict=True):
        x = small_reader().embed([title])
        piece = net.linearize(x, [2])
        ours = (piece.weight[0, 0] * x[0]).sum(-1)
        ties = int(piece.degenerate)
        tied += ties > 0
        assert float(one.values.sum()) == pytest.approx(float(ours.sum()), abs=1e-5)
        assert ties or torch.allclose(one.values.float(), ours, rtol=0, atol=1e-5)
    assert 0 < tied < len(TITLES)


def test_lime_gives_each_word_of_two_alike_a_weight_of_its_own() -> None:
    one = explained("lime", ("index queries index",))[0]
    assert one.values.shape == (3,)
    assert float(one.values[0]) != float(one.values[2])


def test_surrogates_say_at_the_title_itself_what_they_claim() -> None:
    for method in ("openbox", "openbox_unknown", "gradient_x_input", "lime", "shap_partition"):
        for one, title in zip(explained(method, target=3), TITLES, strict=True):
            assert one.surrogate is not None
            x = small_reader().embed([title]).double()
            said = float(one.surrogate(x, torch.ones(1, x.shape[1]))[0])
            close = 0.5 if method == "lime" else 1e-5
            assert said == pytest.approx(float(one.logits[3]), abs=close)


BAD = {
    "empty": ([""], "without any word"),
    "control characters": (["\x00\x07 \x1b"], "without any word"),
    "too long": (["word " * 10_000], "10000 words; pass at most 200"),
    "a string": ("one title", "pass a list"),
    "none": ([], "pass a list"),
    "a number": ([3], "titles\\[0\\] is 3; pass a string"),
}


@pytest.mark.parametrize("name", BAD)
def test_what_is_no_title_gets_one_message(name: str) -> None:
    titles, message = BAD[name]
    with pytest.raises(InputError, match=message):
        explain_titles("openbox", small_reader(), titles)  # pyright: ignore[reportArgumentType]
    with pytest.raises(InputError, match=message):
        small_reader().embed(titles)  # pyright: ignore[reportArgumentType]


def test_other_mistakes() -> None:
    with pytest.raises(UnknownNameError, match="unknown explainer of titles 'edges'"):
        explained("edges")
    with pytest.raises(InputError, match="reads no titles"):
        explain_titles("openbox", load_checkpoint("digits-cnn-seed0"), ["a title"])
    with pytest.raises(InputError, match="titles of 1 to 9 words"):
        small_reader().embed(TITLES)
    with pytest.raises(InputError, match="target 6 does not exist"):
        explained("openbox", target=6)
    with pytest.raises(InputError, match="seed is -1"):
        explained("random", seed=-1)


def test_the_longest_title_is_answered() -> None:
    one = explained("openbox", ("index " * 200,))[0]
    assert one.error is not None
    assert one.error <= 1e-12


def test_a_notebook_shows_words_and_no_markup_of_theirs() -> None:
    one = explained("openbox", ("index",))[0]
    html = TokenExplanation._repr_html_(one)
    assert "index" in html
    assert "rgb(" in html
    assert "error" in repr(one)
    assert not math.isnan(float(one.values[0]))


def test_every_network_is_found_again(monkeypatch: pytest.MonkeyPatch) -> None:
    """One capture serves all lengths: after the first, nothing is traced."""
    reader = OpenReader(small_reader())
    calls: list[object] = []
    monkeypatch.setattr("openbox.tracing.trace.trace", lambda *args: calls.append(args))
    for length in (1, 3, 9):
        assert reader.at(length).input_shape == (length, 128)
    assert not calls
