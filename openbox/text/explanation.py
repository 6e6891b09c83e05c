"""What is answered about a title: ``TokenExplanation``, a number for each of its words."""

from collections.abc import Sequence
from dataclasses import dataclass
from html import escape

import torch
from torch import Tensor

from openbox.display.words import coloured_words
from openbox.explainers.explanation import Receipt
from openbox.text.surrogate import TokenSurrogate


@dataclass(frozen=True, eq=False)
class TokenMaps:
    """What a method computes for N titles of one length T; ``values`` (N, T) and the receipt in float64.

    ``bias`` (N,): where the values and it add up to the score, and then ``error`` (N,): how far they are from
    it, relative to the largest logit. ``model_calls`` counts forward and backward passes for each title.
    ``by_class`` (N, K, T): the same values for the logit of every class. ``surrogates``: for each title what
    the method takes the score for around it.
    """

    values: Tensor
    receipt: Receipt
    model_calls: float
    bias: Tensor | None = None
    error: Tensor | None = None
    by_class: Tensor | None = None
    surrogates: Sequence[TokenSurrogate] | None = None


@dataclass(frozen=True, eq=False, repr=False)
class TokenExplanation:
    """A title, word by word.

    ``tokens`` are its T words as the network reads them, ``known`` whether each is in its vocabulary;
    ``values`` (T,) float64 in ``unit``, ``logits`` (K,) of the network itself. Where the values are parts of
    a sum, ``bias`` completes it, and ``error`` is by how much the sum misses the score, relative to the
    largest logit; both None where a method makes no such claim. ``signed``: a negative value opposes the
    target. ``by_class`` (K, T): the values for every class, where a method has them at no further cost;
    ``surrogate``: what the method takes the score for on titles of as many words, if it has such a function.
    """

    method: str
    tokens: tuple[str, ...]
    known: tuple[bool, ...]
    values: Tensor
    unit: str
    signed: bool
    logits: Tensor
    bias: float | None
    error: float | None
    receipt: Receipt
    model_calls: float
    seconds: float
    by_class: Tensor | None = None
    surrogate: TokenSurrogate | None = None

    def __repr__(self) -> str:
        pairs = ", ".join(f"{t} {v:.3g}" for t, v in zip(self.tokens, self.values.tolist(), strict=True))
        error = "" if self.error is None else f", error {self.error:.1e}"
        return f"TokenExplanation({self.method}: {pairs}{error})"

    def _repr_html_(self) -> str:
        words = coloured_words(self.tokens, self.values.tolist(), self.signed)
        return f"<p>{words} <small>({escape(self.method)}, {escape(self.unit)})</small></p>"


def receipt_of(receipt: Receipt, number: int) -> Receipt:
    """The receipt of one title among those of a batch."""
    return Receipt(receipt.claim, {name: values[number] for name, values in receipt.numbers.items()})


def as_float(values: Tensor | None, number: int) -> float | None:
    """One number of a batch, if there are any."""
    return None if values is None else float(torch.as_tensor(values[number]))
