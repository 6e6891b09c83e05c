"""Readers that say by construction what a word adds: against matrices multiplied out word by word."""

import numpy as np
import pytest
import torch

import openbox
from openbox.errors import NotPiecewiseLinearError
from openbox.zoo import build_reader
from openbox.zoo.readers import AdditiveReader, SwitchedReader

WORDS = ("join", "index", "query")
TITLE = "index unheard join query join"


def reader(name: str) -> AdditiveReader:
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(3)
        model = build_reader(name, WORDS, 4)
        torch.nn.init.normal_(model.embedding.weight)
    assert isinstance(model, AdditiveReader)
    return model.double().eval().requires_grad_(False)


@pytest.mark.parametrize("name", ["isan", "bag"])
def test_what_words_add_and_the_bias_are_the_logits(name: str) -> None:
    model = reader(name)
    x = model.embed([TITLE, "query join join join index"])
    found = model.contributions(x).sum(1) + model.head.bias
    assert (found - model(x)).abs().max() < 1e-12 * model(x).abs().max()


def test_a_switched_word_adds_what_the_words_behind_it_make_of_it() -> None:
    model = reader("isan")
    assert isinstance(model, SwitchedReader)
    size, rows = model.states, {word: row for row, word in enumerate(WORDS, 1)}
    table = model.embedding.weight.numpy()
    shown = model.contributions(model.embed([TITLE]))[0].numpy()
    words = TITLE.split()
    for place, word in enumerate(words):
        state = table[rows.get(word, 0), size * size :]
        for later in words[place + 1 :]:
            change = table[rows.get(later, 0), : size * size].reshape(size, size)
            state = state + change.dot(state)
        added = model.head.weight.numpy().dot(state)
        assert np.abs(shown[place] - added).max() < 1e-11 * np.abs(shown).max()


def test_a_switched_network_is_refused_for_its_products() -> None:
    model = reader("isan")
    with pytest.raises(NotPiecewiseLinearError, match="multiplies two values that both depend on the input"):
        openbox.capture(model, model.embed([TITLE]))
