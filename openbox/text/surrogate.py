"""What a method takes the score for around a title: a function of titles of as many words, to be tried."""

from dataclasses import dataclass
from typing import Protocol

from torch import Tensor


class TokenSurrogate(Protocol):
    """Titles as embedded words x (M, T, E), and which words are still those of the title, kept (M, T).

    Returns what the method predicts of the score, (M,).
    """

    def __call__(self, x: Tensor, kept: Tensor) -> Tensor: ...


@dataclass(frozen=True, eq=False)
class AffineTokens:
    """``weight . x + bias``; weight (T, E)."""

    weight: Tensor
    bias: float

    def __call__(self, x: Tensor, kept: Tensor) -> Tensor:
        del kept
        return (self.weight * x.to(self.weight)).sum((-2, -1)) + self.bias


@dataclass(frozen=True, eq=False)
class PresentWords:
    """``bias`` and the values (T,) of the words that are still there."""

    values: Tensor
    bias: float

    def __call__(self, x: Tensor, kept: Tensor) -> Tensor:
        del x
        return kept.to(self.values) @ self.values + self.bias


def affine_tokens(weight: Tensor, bias: Tensor) -> tuple[AffineTokens, ...]:
    """One for each title: weight (N, T, E), bias (N,)."""
    return tuple(AffineTokens(w, b) for w, b in zip(weight, bias.tolist(), strict=True))


def present_words(values: Tensor, bias: Tensor) -> tuple[PresentWords, ...]:
    """One for each title: values (N, T), bias (N,)."""
    return tuple(PresentWords(v, b) for v, b in zip(values, bias.tolist(), strict=True))
