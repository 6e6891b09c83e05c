"""``TitleCase``: a few titles, a network and one method's values of their words: all a score is given."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import torch
from scipy.sparse import csr_matrix
from sklearn.feature_extraction.text import TfidfVectorizer
from torch import Tensor

from openbox.module.precision import exact_math
from openbox.text import TokenExplanation
from openbox.text.open_reader import OpenReader, Words

Explain = Callable[[Sequence[Words], Tensor], list[TokenExplanation]]


@dataclass(frozen=True)
class Pool:
    """All test titles as words, with their labels (P,); none of them is a training title."""

    titles: tuple[tuple[str, ...], ...]
    labels: Tensor

    @cached_property
    def _vectors(self) -> csr_matrix:
        texts = [" ".join(title) for title in self.titles]
        return TfidfVectorizer(token_pattern=r"\S+").fit_transform(texts)

    def nearest(self, index: Tensor) -> list[int]:
        """The nearest other title of each, by the cosine of TF-IDF; the first of equals."""
        likeness = (self._vectors[index.numpy()] @ self._vectors.T).toarray()
        likeness[np.arange(len(index)), index.numpy()] = -1
        return likeness.argmax(1).tolist()


@dataclass(frozen=True)
class TitleCase:
    """n titles with the values of one method.

    ``values[i]`` (T_i,) float64 for the words of ``titles[i]``, ``error`` (n,) as in
    ``TokenExplanation``, NaN where the method has none; ``target`` (n,) the class that is explained,
    ``label`` (n,), ``index`` (n,) places in ``pool``; ``explain`` the same method on other titles;
    ``seeds`` one for each title, alike for every method.
    """

    reader: OpenReader
    titles: list[tuple[str, ...]]
    values: list[Tensor]
    error: Tensor
    target: Tensor
    label: Tensor
    index: Tensor
    explain: Explain
    pool: Pool
    seeds: tuple[int, ...]

    def orders(self) -> list[list[int]]:
        """The places of each title's words, the largest value first; of equals the one that comes first."""
        return [torch.sort(values, descending=True, stable=True).indices.tolist() for values in self.values]

    def logits(self, titles: Sequence[Words]) -> Tensor:
        """(M, K) float32 of titles of any lengths; without words: of one unknown word."""
        with exact_math():
            return self.reader.logits(titles)

    def logits_at(self, points: Sequence[Tensor]) -> Tensor:
        """(M, K) float32 at embedded titles (T_i, E) of any lengths."""
        with exact_math():
            return self.reader.logits_at(points)


def drawn_places(case: TitleCase) -> list[int]:
    """A word of each title, drawn alike for every method and score."""
    draws = zip(case.titles, generators(case.seeds), strict=True)
    return [int(torch.randint(len(title), (), generator=generator)) for title, generator in draws]


def generators(seeds: Sequence[int]) -> list[torch.Generator]:
    """One generator for each title."""
    return [torch.Generator().manual_seed(seed) for seed in seeds]
