"""The networks of the zoo that read titles, by name."""

from abc import ABC, abstractmethod
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial

import torch
from torch import Tensor, nn

from openbox.errors import UnknownNameError, named
from openbox.zoo.recurrent_readers import DROPOUT, WIDTH, PairReader, RecurrentReader
from openbox.zoo.title_reader import TitleReader


class AdditiveReader(TitleReader, ABC):
    """A network that says by its construction what each word adds."""

    head: nn.Linear

    @abstractmethod
    def contributions(self, x: Tensor) -> Tensor:
        """(N, T, K) what each word adds to each logit, in eval mode: with the bias of the head they add up to
        the logits."""


class BagReader(AdditiveReader):
    """A linear layer reads the mean of the embedded words: one region for all titles of a length."""

    def __init__(self, vocabulary: Sequence[str], classes: int) -> None:
        super().__init__(vocabulary, WIDTH)
        self.dropout = nn.Dropout(DROPOUT)
        self.head = nn.Linear(WIDTH, classes)
        self._begin_words()

    def forward(self, x: Tensor) -> Tensor:
        return self.head(self.dropout(x.mean(1)))

    def contributions(self, x: Tensor) -> Tensor:
        return x @ self.head.weight.T / x.shape[1]


class SwitchedReader(AdditiveReader):
    """An input-switched affine network: h_t = (I + A) h_{t-1} + b, with A and b of word t, and h_0 = 0
    (Foerster et al., ICML 2017, equation 1); the head reads the last state of ``states`` numbers.

    An embedded word is A, row by row, and b. As they multiply, the network is not piecewise linear in
    embedded words, and ``capture`` refuses it; in the b of the words it is linear, which
    ``contributions`` reads off (equation 5 there).
    """

    embedding_dropout = 0.3  # of products, more is lost

    def __init__(self, vocabulary: Sequence[str], classes: int, states: int = 16) -> None:
        super().__init__(vocabulary, states * (states + 1))
        self.states = states
        self.dropout = nn.Dropout(DROPOUT)
        self.head = nn.Linear(states, classes)
        self._begin_words()

    def forward(self, x: Tensor) -> Tensor:
        state = x.new_zeros(x.shape[0], self.states, 1)
        for step in x.unbind(1):
            change, shift = self._parts(step)
            state = state + change @ state + shift
        return self.head(self.dropout(state[..., 0]))

    def contributions(self, x: Tensor) -> Tensor:
        read = self.head.weight.expand(len(x), -1, -1)
        found: list[Tensor] = []
        for step in reversed(x.unbind(1)):
            change, shift = self._parts(step)
            found.append((read @ shift)[..., 0])
            read = read + read @ change
        return torch.stack(found[::-1], 1)

    def _parts(self, step: Tensor) -> tuple[Tensor, Tensor]:
        size = self.states
        return step[:, : size * size].view(-1, size, size), step[:, size * size :, None]


@dataclass(frozen=True)
class Reader:
    """One entry of the table: how to build it from a vocabulary and a number of classes, what it is, and
    whether its vocabulary holds pairs of words, too."""

    build: Callable[[Sequence[str], int], TitleReader]
    summary: str
    pairs: bool = False


READERS: dict[str, Reader] = {
    "rnn": Reader(RecurrentReader, "recurrent ReLU layer, both ways"),
    "rnn2": Reader(partial(RecurrentReader, layers=2), "two recurrent ReLU layers, both ways"),
    "rnn_pairs": Reader(PairReader, "recurrent ReLU layer, both ways, and pairs of words", pairs=True),
    "rnn_narrow": Reader(partial(RecurrentReader, width=32), "recurrent ReLU layer of 32 units, both ways"),
    "bag": Reader(BagReader, "mean of embedded words, linear"),
    "isan": Reader(SwitchedReader, "input-switched affine, 16 states"),
}


def find_reader(name: str) -> Reader:
    """An entry of the table. Raises ``UnknownNameError``."""
    if name not in READERS:
        raise UnknownNameError("network for titles", name, READERS)
    return READERS[name]


@named("zoo.build_reader")
def build_reader(name: str, vocabulary: Sequence[str], classes: int) -> TitleReader:
    """Build a network of the table with fresh weights."""
    return find_reader(name).build(vocabulary, classes)
