"""Readers that say by construction what a word adds: against matrices multiplied out word by word."""

import numpy as np
import pytest
import torch

import openbox
from openbox.errors import NotPiecewiseLinearError
from openbox.zoo import build_reader
from openbox.zoo.readers import AdditiveReader, SwitchedReader
from openbox.zoo.recurrent_readers import PairReader, RecurrentReader

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


def test_pairs_of_neighbours_add_their_logits() -> None:
    """Against a table looked up by hand; a pair counts at its second word, unless one of both is gone."""
    entries = (*WORDS, "index join", "join join")
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(3)
        model = build_reader("rnn_pairs", entries, 4)
    assert isinstance(model, PairReader)
    with torch.no_grad():
        model.added.weight[1:] = torch.arange(8).view(2, 4) + 1.0
    model = model.double().eval().requires_grad_(False)
    bare = RecurrentReader(WORDS, 4).double().eval().requires_grad_(False)
    bare.load_state_dict({name: part for name, part in model.state_dict().items() if name != "added.weight"})
    for title, pairs in (
        ("index join join join", ([1, 2, 3, 4], [5, 6, 7, 8], [5, 6, 7, 8])),
        ("join index", ()),
        ("index unheard join", ()),
        ("join", ()),
    ):
        found = model(model.embed([title])) - bare(bare.embed([title]))
        expected = torch.tensor([[0, 0, 0, 0], *pairs]).sum(0)
        assert (found - expected).abs().max() < 1e-12, title
    rows = model.read(["index", "join", "join"])[None]
    gone = model.forget(rows, torch.tensor([[False, True, False]]))
    assert gone[0].tolist() == [[2, 0], [0, 0], [1, 0]]
    assert tuple(model.entries) == entries
    assert (model.vocabulary, model.pairs) == (WORDS, entries[3:])


def test_a_network_with_pairs_is_opened_exactly_for_all_lengths() -> None:
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(4)
        model = build_reader("rnn_pairs", (*WORDS, "index join"), 4).double().eval()
        assert isinstance(model, PairReader)
        torch.nn.init.normal_(model.added.weight)
    net = openbox.capture(model, model.embed(["index join"]))
    for title in (TITLE, "index join", "query"):
        x = model.embed([title])
        piece = net.linearize(x)
        assert piece.error.max() < 1e-13
        # the last features of a word are what its pair adds, so their weights are those of an identity
        assert torch.equal(
            piece.weight[0, :, :, -4:], torch.eye(4).double()[:, None].expand(-1, x.shape[1], -1)
        )
