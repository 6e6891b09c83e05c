"""``TitleReader``: what all networks that read titles share: their words, and how these become numbers."""

from collections.abc import Mapping, Sequence
from functools import cached_property

import torch
from torch import Tensor, nn

from openbox.errors import InputError, named, shown
from openbox.zoo.data.words import words

MOST_WORDS = 200  # the longest title of DBLP has 40
UNKNOWN = 0  # the row of the embedding for all words that are not in the vocabulary


class Vocabulary(tuple[str, ...]):
    """Words in the order of their rows; immutable, so a copy of a network shares it."""

    @cached_property
    def rows(self) -> Mapping[str, int]:
        """The row of each word in the embedding."""
        return {word: row for row, word in enumerate(self, UNKNOWN + 1)}

    def __deepcopy__(self, memo: object) -> "Vocabulary":
        return self


class TitleReader(nn.Module):
    """Logits (N, K) of titles as embedded words (N, T, E), all of one length T, without any padding.

    ``vocabulary`` are the words it knows, ``embed`` turns titles into its input. ``embedding_dropout``: the
    share of an embedded word's numbers that training drops.
    """

    embedding_dropout = 0.6

    def __init__(self, vocabulary: Sequence[str], features: int) -> None:
        super().__init__()
        self.vocabulary = Vocabulary(vocabulary)
        self.embedding = nn.Embedding(len(self.vocabulary) + 1, features)

    @property
    def features(self) -> int:
        """E, of an embedded word."""
        return self.embedding.embedding_dim

    @property
    def entries(self) -> tuple[str, ...]:
        """What builds the same network again: the ``vocabulary``, and what else stands for rows."""
        return self.vocabulary

    def _begin_words(self) -> None:
        """The last of all layers, as it always was: a seed draws the same weights."""
        nn.init.normal_(self.embedding.weight, 0, 0.1)  # of a rare word, little is left of this noise

    @torch.no_grad()
    def embed(self, titles: Sequence[str]) -> Tensor:
        """Titles of one length as (N, T, E). Raises ``InputError``, see ``read``; and for titles of several
        lengths, which ``openbox.text.explain_titles`` takes."""
        with named("embed"):
            rows = [self.read(words) for words in split_titles(titles)]
            lengths = sorted({len(row) for row in rows})
            if len(lengths) > 1:
                raise InputError(
                    f"titles of {lengths[0]} to {lengths[-1]} words; pass titles of one length, "
                    "or call openbox.text.explain_titles, which sorts them"
                )
            return self.embedded(torch.stack(rows).to(self.embedding.weight.device))

    def read(self, title: Sequence[str]) -> Tensor:
        """The rows of a title's words in the embedding, (T,) int64; ``UNKNOWN`` for one it does not know."""
        return torch.tensor([self.vocabulary.rows.get(word, UNKNOWN) for word in title])

    def forget(self, rows: Tensor, gone: Tensor) -> Tensor:
        """Rows as ``read`` gives them, with the words in ``gone`` (..., T), a mask, made unknown."""
        return rows.masked_fill(gone, UNKNOWN)

    def embedded(self, rows: Tensor) -> Tensor:
        """Rows as ``read`` gives them as (..., T, E)."""
        return self.embedding(rows)

    def dropped(self, x: Tensor) -> Tensor:
        """Embedded words without a share of their numbers, as training sees them."""
        return nn.functional.dropout(x, self.embedding_dropout)

    def mean_word(self) -> Tensor:
        """The mean (E,) of all words that it knows."""
        return self.embedding.weight[UNKNOWN + 1 :].mean(0)

    def knows(self, word: str) -> bool:
        """Whether the word is in the vocabulary."""
        return word in self.vocabulary.rows


def split_titles(titles: Sequence[str]) -> list[list[str]]:
    """Each title as its words. Raises ``InputError`` for no titles, and for one of no or too many words."""
    if isinstance(titles, str) or not isinstance(titles, Sequence) or not titles:
        raise InputError(f"titles is {shown(titles)}; pass a list of one or more strings")
    found = []
    for number, title in enumerate(titles):
        if not isinstance(title, str):
            raise InputError(f"titles[{number}] is {shown(title)}; pass a string")
        found.append(words(title))
        if not found[-1]:
            raise InputError(f"titles[{number}] is {shown(title)}, without any word; pass at least one word")
        if len(found[-1]) > MOST_WORDS:
            raise InputError(
                f"titles[{number}] has {len(found[-1])} words; pass at most {MOST_WORDS}, a part of the text"
            )
    return found
