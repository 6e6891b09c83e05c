"""The networks of the zoo that read titles, by name."""

from abc import ABC, abstractmethod
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial

import torch
from torch import Tensor, nn

from openbox.errors import UnknownNameError, named
from openbox.zoo.title_reader import TitleReader

WIDTH = 128  # of an embedded word, and of a layer in one direction
DROPOUT = 0.5


class RecurrentReader(TitleReader):
    """The head reads the mean and the maximum over time of the last recurrent layer's states."""

    def __init__(self, vocabulary: Sequence[str], classes: int, layers: int = 1, width: int = WIDTH) -> None:
        super().__init__(vocabulary, width)
        self.rnn = nn.RNN(
            width, width, layers, nonlinearity="relu", batch_first=True, bidirectional=True,
            dropout=DROPOUT if layers > 1 else 0,
        )  # fmt: skip
        self.dropout = nn.Dropout(DROPOUT)
        self.head = nn.Linear(4 * width, classes)
        self._begin_words()
        _begin(self.rnn)

    def forward(self, x: Tensor) -> Tensor:
        states, _ = self.rnn(x)
        return self.head(self.dropout(torch.cat((states.mean(1), states.amax(1)), 1)))


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
    "rnn": Reader(RecurrentReader, "recurrent ReLU layer, both ways"),
    "rnn2": Reader(partial(RecurrentReader, layers=2), "two recurrent ReLU layers, both ways"),
    "rnn_narrow": Reader(partial(RecurrentReader, width=32), "recurrent ReLU layer of 32 units, both ways"),
    "bag": Reader(BagReader, "mean of embedded words, linear"),
    "isan": Reader(SwitchedReader, "input-switched affine, 16 states"),
}


@named("zoo.build_reader")
def build_reader(name: str, vocabulary: Sequence[str], classes: int) -> TitleReader:
    """Build a network of the table with fresh weights."""
    if name not in READERS:
        raise UnknownNameError("network for titles", name, READERS)
    return READERS[name].build(vocabulary, classes)
