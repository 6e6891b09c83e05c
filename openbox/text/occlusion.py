"""Occlusion: how the score changes when one word is not there."""

from collections.abc import Callable

import torch

from openbox.explainers.explanation import Receipt
from openbox.text.explanation import TokenMaps
from openbox.text.open_reader import NOTHING, Words
from openbox.text.query import Query


def deleted(title: Words, place: int) -> Words:
    """The title without the word at ``place``; of one word, the unknown word is left."""
    return [*title[:place], *title[place + 1 :]]


def made_unknown(title: Words, place: int) -> Words:
    """The title with an unknown word at ``place``."""
    return [*title[:place], NOTHING, *title[place + 1 :]]


def occlusion_delete(query: Query) -> TokenMaps:
    """The score minus that of the title without the word."""
    return _occlusion(query, deleted)


def occlusion_unknown(query: Query) -> TokenMaps:
    """The score minus that of the title with an unknown word in its place."""
    return _occlusion(query, made_unknown)


def _occlusion(query: Query, change: Callable[[Words, int], Words]) -> TokenMaps:
    values = []
    for number, title in enumerate(query.titles):
        scores = query.scores(number, [title, *(change(title, place) for place in range(len(title)))])
        values.append(scores[0] - scores[1:])
    receipt = Receipt("each value is the score minus that of the changed title", {})
    return TokenMaps(torch.stack(values), receipt, 1 + query.x.shape[1])
