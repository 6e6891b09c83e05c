"""The readers with a recurrent ReLU layer."""

from collections.abc import Sequence
from itertools import pairwise

import torch
from torch import Tensor, nn

from openbox.zoo.title_reader import UNKNOWN, TitleReader, Vocabulary

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


class PairReader(RecurrentReader):
    """Wide and deep (Cheng et al., DLRS 2016): to the recurrent network's logits, each pair of neighbouring
    words adds its own, in training all of them or none.

    The features of a word are its embedding, and what the pair of the word before it and itself adds to each
    logit: nothing, where the pair is not among ``pairs``. ``vocabulary``: words, and pairs with a space.
    """

    def __init__(self, vocabulary: Sequence[str], classes: int) -> None:
        super().__init__([entry for entry in vocabulary if " " not in entry], classes)
        self.pairs = Vocabulary(entry for entry in vocabulary if " " in entry)
        self.added = nn.Embedding(len(self.pairs) + 1, classes, padding_idx=UNKNOWN)
        nn.init.zeros_(self.added.weight)

    @property
    def features(self) -> int:
        return super().features + self.added.embedding_dim

    @property
    def entries(self) -> tuple[str, ...]:
        return (*self.vocabulary, *self.pairs)

    def read(self, title: Sequence[str]) -> Tensor:
        """(T, 2): the row of each word, and that of the pair with the word before it."""
        pairs = [self.pairs.rows.get(f"{before} {word}", UNKNOWN) for before, word in pairwise(title)]
        return torch.stack((super().read(title), torch.tensor([UNKNOWN, *pairs])), 1)

    def forget(self, rows: Tensor, gone: Tensor) -> Tensor:
        words, pairs = rows.unbind(-1)
        before = nn.functional.pad(gone[..., :-1], (1, 0))
        return torch.stack((super().forget(words, gone), super().forget(pairs, gone | before)), -1)

    def embedded(self, rows: Tensor) -> Tensor:
        words, pairs = rows.unbind(-1)
        return torch.cat((super().embedded(words), self.added(pairs)), -1)

    def dropped(self, x: Tensor) -> Tensor:
        words, added = self._parts(x)
        kept = nn.functional.dropout(torch.ones_like(added[..., :1]), DROPOUT)
        return torch.cat((super().dropped(words), added * kept), -1)

    def mean_word(self) -> Tensor:
        """Without a pair."""
        return nn.functional.pad(super().mean_word(), (0, self.added.embedding_dim))

    def forward(self, x: Tensor) -> Tensor:
        words, added = self._parts(x)
        return super().forward(words) + added.sum(1)

    def _parts(self, x: Tensor) -> tuple[Tensor, Tensor]:
        words, added = x.split((super().features, self.added.embedding_dim), -1)
        return words, added


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
