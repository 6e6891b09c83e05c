"""What a worker computes for the page Text: functions of a reader and titles."""

import dataclasses
from dataclasses import dataclass
from functools import lru_cache

import torch
from torch import Tensor
from work.explaining import SEED
from work.networks import Source, module

from openbox.errors import InputError
from openbox.explainers.explanation import Contrast
from openbox.text import TokenExplanation
from openbox.text.explain import explain_words
from openbox.text.open_reader import OpenReader
from openbox.zoo.data import Titles
from openbox.zoo.title_reader import TitleReader

SHOWN = 200  # titles in a list
USUAL = (5, 12)  # words of a title in a list: what fits on a page, and is no single word
Words = tuple[str, ...]


@dataclass(frozen=True)
class Picks:
    """Titles to choose from, by what the network makes of them, each with its label; the plainest first."""

    right: tuple[tuple[str, int], ...]
    wrong: tuple[tuple[str, int], ...]
    borderline: tuple[tuple[str, int], ...]


@dataclass(frozen=True)
class Reading:
    """``logits`` (K,) of a title, and which of its words the network knows."""

    logits: Tensor
    known: tuple[bool, ...]


@lru_cache(maxsize=4)
def reader(source: Source) -> OpenReader:
    """The network, opened; raises ``CheckpointError``."""
    model = module(source)
    if not isinstance(model, TitleReader):
        raise InputError(f"{source.name} reads no titles")
    return OpenReader(model)


def read(source: Source, words: Words) -> Reading:
    """What the network says of a title."""
    opened = reader(source)
    return Reading(opened.logits([words])[0], tuple(opened.model.knows(word) for word in words))


def picks(source: Source, titles: Titles) -> Picks:
    """The titles by what the network makes of them."""
    split = [text.split(" ") for text in titles.texts]
    usual = torch.tensor([USUAL[0] <= len(words) <= USUAL[1] for words in split])
    best, order = reader(source).logits(split).softmax(1).sort(descending=True)
    margin, right = best[:, 0] - best[:, 1], order[:, 0] == titles.labels

    def chosen(which: Tensor, surest: bool) -> tuple[tuple[str, int], ...]:
        places = (which & usual).nonzero()[:, 0]
        places = places[margin[places].argsort(descending=surest)][:SHOWN].tolist()
        return tuple((titles.texts[place], int(titles.labels[place])) for place in places)

    return Picks(chosen(right, True), chosen(~right, True), chosen(torch.ones_like(right), False))


def explain(source: Source, method: str, words: Words, target: Contrast | int) -> TokenExplanation:
    """Raises what the method raises."""
    found = explain_words(method, reader(source), [words], target, SEED)[0]
    return dataclasses.replace(found, surrogate=None)


def gates(source: Source, before: Words, after: Words) -> tuple[int, int]:
    """Of two titles of one length: how many of how many gates agree; if all do, they lie in one region."""
    opened, agree, total = reader(source), 0, 0
    for (_, ours), (_, theirs) in zip(opened.record(before), opened.record(after), strict=True):
        agree += int((ours == theirs).sum())
        total += ours.numel()
    return agree, total
