"""What is kept between reruns: readers, their titles with the network's answers, and explanations."""

import dataclasses
import logging
from dataclasses import dataclass

import streamlit as st
import torch
from torch import Tensor

from openbox.errors import DataNotFoundError, InputError
from openbox.explainers.explanation import Contrast
from openbox.text import TokenExplanation
from openbox.text.explain import explain_words
from openbox.text.open_reader import OpenReader
from openbox.zoo.checkpoints import Card, load_checkpoint
from openbox.zoo.data import Titles, data_root, load_titles
from openbox.zoo.title_reader import TitleReader

SEED = 0
INVENTED = "titles"  # the embedded data set
SHOWN = 200  # titles in a list
USUAL = (5, 12)  # words of a title in a list: what fits on a page, and is no single word


@dataclass(frozen=True)
class Picks:
    """Titles to choose from, by what the network makes of them, each with its label; the plainest first."""

    right: tuple[tuple[str, int], ...]
    wrong: tuple[tuple[str, int], ...]
    borderline: tuple[tuple[str, int], ...]


def reader(card: Card) -> OpenReader:
    """The network of a card, opened; raises ``CheckpointError``."""
    return _reader(card.name, card.sha256)


@st.cache_resource(max_entries=4, show_spinner="Opening the network …")
def _reader(name: str, sha256: str) -> OpenReader:
    del sha256  # part of the key: a retrained network is another one
    model = load_checkpoint(name).model
    if not isinstance(model, TitleReader):
        raise InputError(f"{name} reads no titles")
    return OpenReader(model)


def test_titles(data: str) -> Titles | None:
    """The test titles, or None where there are none to read; the reason goes to the log."""
    try:
        return _test_titles(data, str(data_root()))
    except DataNotFoundError as error:
        logging.getLogger(__name__).warning("no test titles of %s: %s", data, error)
        return None


@st.cache_resource(max_entries=2, show_spinner="Reading the titles …")
def _test_titles(data: str, root: str) -> Titles:
    return load_titles(data, root=root)


def picks(card: Card, titles: Titles) -> Picks:
    """The titles by what the network makes of them."""
    return _picks(card.sha256, titles.source, len(titles), card, titles)


@st.cache_data(max_entries=8, show_spinner="Asking the network about all titles …")
def _picks(sha256: str, source: str, count: int, _card: Card, _titles: Titles) -> Picks:
    del sha256, source, count
    split = [text.split(" ") for text in _titles.texts]
    usual = torch.tensor([USUAL[0] <= len(words) <= USUAL[1] for words in split])
    best, order = reader(_card).logits(split).softmax(1).sort(descending=True)
    margin, right = best[:, 0] - best[:, 1], order[:, 0] == _titles.labels

    def chosen(which: Tensor, surest: bool) -> tuple[tuple[str, int], ...]:
        places = (which & usual).nonzero()[:, 0]
        places = places[margin[places].argsort(descending=surest)][:SHOWN].tolist()
        return tuple((_titles.texts[place], int(_titles.labels[place])) for place in places)

    return Picks(chosen(right, True), chosen(~right, True), chosen(torch.ones_like(right), False))


def explain(method: str, card: Card, words: tuple[str, ...], target: Contrast | int) -> TokenExplanation:
    """One explanation, from the cache if the same was asked before. Raises what the method raises."""
    return _explanation(method, card.sha256, words, str(target), card, target)


@st.cache_data(max_entries=500, show_spinner=False)
def _explanation(
    method: str, sha256: str, words: tuple[str, ...], question: str, _card: Card, _target: Contrast | int
) -> TokenExplanation:
    del sha256, question
    found = explain_words(method, reader(_card), [words], _target, SEED)[0]
    return dataclasses.replace(found, surrogate=None)


def gates(opened: OpenReader, before: tuple[str, ...], after: tuple[str, ...]) -> tuple[int, int]:
    """Of two titles of one length: how many of how many gates agree; if all do, they lie in one region."""
    agree = total = 0
    for (_, ours), (_, theirs) in zip(opened.record(before), opened.record(after), strict=True):
        agree += int((ours == theirs).sum())
        total += ours.numel()
    return agree, total
