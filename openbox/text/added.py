"""``added_by_words``: what each word of a title adds to each logit, exactly, by any network that says so."""

import copy
from collections.abc import Sequence

import torch
from torch import Tensor

from openbox.text.explain import explain_words
from openbox.text.open_reader import OpenReader, Words, by_length
from openbox.zoo.readers import AdditiveReader


def added_by_words(reader: OpenReader, titles: Sequence[Words]) -> list[Tensor]:
    """(T, K) float64 on the CPU for each title of T words: with a bias they add up to the logits.

    Of an ``AdditiveReader`` by its construction, else by the affine function around the title. Raises
    ``NotPiecewiseLinearError`` where there is neither.
    """
    model = reader.model
    if not isinstance(model, AdditiveReader):
        found = explain_words("openbox", reader, titles, None, 0)
        return [one.by_class.T.double() for one in found if one.by_class is not None]
    exact = copy.deepcopy(model).double()
    added: dict[int, Tensor] = {}
    with torch.no_grad():
        for numbers in by_length(titles):
            x = reader.embed([titles[number] for number in numbers]).double()
            added |= dict(zip(numbers, exact.contributions(x).cpu(), strict=True))
    return [added[number] for number in range(len(titles))]


def to_decision(by_class: Tensor, target: int) -> Tensor:
    """(T,) of what words add (T, K): to ``target``, less the mean of what they add to the other classes."""
    own = by_class[:, target]
    return own - (by_class.sum(1) - own) / (by_class.shape[1] - 1)
