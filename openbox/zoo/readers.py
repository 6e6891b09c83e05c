"""The networks of the zoo that read titles: embedded words, recurrent ReLU layers, a linear head."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property, partial

import torch
from torch import Tensor, nn

from openbox.errors import InputError, UnknownNameError, named, shown
from openbox.zoo.data.words import words

WIDTH = 128  # of an embedded word, and of a layer in one direction
MOST_WORDS = 200  # the longest title of DBLP has 40
DROPOUT = 0.5
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

    ``vocabulary`` are the words it knows, ``embed`` turns titles into its input. The head reads the mean and
    the maximum over time of the last layer's states.
    """

    def __init__(self, vocabulary: Sequence[str], classes: int, layers: int) -> None:
        super().__init__()
        self.vocabulary = Vocabulary(vocabulary)
        self.embedding = nn.Embedding(len(self.vocabulary) + 1, WIDTH)
        self.rnn = nn.RNN(
            WIDTH, WIDTH, layers, nonlinearity="relu", batch_first=True, bidirectional=True,
            dropout=DROPOUT if layers > 1 else 0,
        )  # fmt: skip
        self.dropout = nn.Dropout(DROPOUT)
        self.head = nn.Linear(4 * WIDTH, classes)
        nn.init.normal_(self.embedding.weight, 0, 0.1)  # of a rare word, little is left of this noise
        _begin(self.rnn)

    def forward(self, x: Tensor) -> Tensor:
        states, _ = self.rnn(x)
        return self.head(self.dropout(torch.cat((states.mean(1), states.amax(1)), 1)))

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
            return self.embedding(torch.stack(rows).to(self.embedding.weight.device))

    def read(self, title: Sequence[str]) -> Tensor:
        """The rows of a title's words in the embedding, (T,) int64; ``UNKNOWN`` for one it does not know."""
        return torch.tensor([self.vocabulary.rows.get(word, UNKNOWN) for word in title])

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


def _begin(rnn: nn.RNN) -> None:
    """Nearly the identity over time, so that what was read is kept (Le, Jaitly, Hinton 2015)."""
    for name, weight in rnn.named_parameters():
        with torch.no_grad():
            if name.startswith("weight_hh"):
                weight.copy_(0.9 * torch.eye(len(weight)))
            elif name.startswith("weight_ih"):
                nn.init.normal_(weight, 0, 0.1)
            else:
                nn.init.zeros_(weight)


@dataclass(frozen=True)
class Reader:
    """One entry of the table: how to build it from a vocabulary and a number of classes, and what it is."""

    build: Callable[[Sequence[str], int], TitleReader]
    summary: str


READERS: dict[str, Reader] = {
    "rnn": Reader(partial(TitleReader, layers=1), "recurrent ReLU layer, both ways"),
    "rnn2": Reader(partial(TitleReader, layers=2), "two recurrent ReLU layers, both ways"),
}


@named("zoo.build_reader")
def build_reader(name: str, vocabulary: Sequence[str], classes: int) -> TitleReader:
    """Build a network of the table with fresh weights."""
    if name not in READERS:
        raise UnknownNameError("network for titles", name, READERS)
    return READERS[name].build(vocabulary, classes)
