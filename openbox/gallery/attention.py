"""A small reader of titles that attends to words, and how its weights disagree with its gradient."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import torch
from safetensors import safe_open
from safetensors.torch import save_file
from scipy.stats import kendalltau
from torch import Tensor, nn

from openbox.errors import CheckpointError
from openbox.files import write_by_rename
from openbox.zoo.title_reader import UNKNOWN, Vocabulary, split_titles

WIDTH = 32


class AttentionReader(nn.Module):
    """Logits (N, K) and weights (N, T) of titles as rows of words (N, T), all of one length.

    One learned question attends to the embedded words (``nn.MultiheadAttention``, one head); a linear head
    reads what it brings back.
    """

    def __init__(self, vocabulary: Sequence[str], classes: Sequence[str]) -> None:
        super().__init__()
        self.vocabulary, self.classes = Vocabulary(vocabulary), tuple(classes)
        self.embedding = nn.Embedding(len(self.vocabulary) + 1, WIDTH)
        self.question = nn.Parameter(torch.zeros(1, 1, WIDTH))
        self.attention = nn.MultiheadAttention(WIDTH, 1, batch_first=True)
        self.head = nn.Linear(WIDTH, len(self.classes))
        nn.init.normal_(self.embedding.weight, 0, 0.1)
        nn.init.normal_(self.question, 0, 0.1)

    def forward(self, embedded: Tensor) -> tuple[Tensor, Tensor]:
        """Of embedded words (N, T, E)."""
        question = self.question.expand(len(embedded), -1, -1)
        read, weights = self.attention(question, embedded, embedded, need_weights=True)
        return self.head(read[:, 0]), weights[:, 0]

    def read(self, title: Sequence[str]) -> Tensor:
        """The rows (T,) of a title's words."""
        return torch.tensor([self.vocabulary.rows.get(word, UNKNOWN) for word in title])


@dataclass(frozen=True, eq=False)
class Attended:
    """One title: its ``words``, each word's share of ``attention`` (T,) and ``gradient`` (T,), the size of
    gradient x input of the predicted class ``answer``; ``tau``, Kendall's rank correlation of the two."""

    words: tuple[str, ...]
    attention: Tensor
    gradient: Tensor
    answer: str
    tau: float


def attend(reader: AttentionReader, title: str) -> Attended:
    """Raises ``InputError`` for a title without any word."""
    words = split_titles([title])[0]
    embedded = reader.embedding(reader.read(words))[None].detach().requires_grad_()
    with torch.enable_grad():
        logits, weights = reader(embedded)
        best = int(logits.argmax())
        (slope,) = torch.autograd.grad(logits[0, best], embedded)
    attention, gradient = weights[0].detach(), (slope * embedded.detach()).sum(-1)[0].abs()
    tau, _ = map(float, kendalltau(attention.numpy(), gradient.numpy()))  # NaN for a single word
    return Attended(tuple(words), attention, gradient, reader.classes[best], tau)


def mean_tau(reader: AttentionReader, titles: Sequence[str]) -> float:
    """The mean of tau over titles of three words or more (Jain, Wallace, NAACL 2019, section 4.1)."""
    found = [attend(reader, title) for title in titles]
    return float(torch.tensor([one.tau for one in found if len(one.words) > 2]).nanmean())


def save_reader(reader: AttentionReader, path: Path, accuracy: float) -> None:
    """Weights, words, classes and test accuracy in one file, by rename."""
    notes = {
        "words": "\n".join(reader.vocabulary),
        "classes": "\n".join(reader.classes),
        "accuracy": str(accuracy),
    }
    write_by_rename(path, lambda partial: save_file(reader.state_dict(), partial, notes))


def load_reader(path: Path) -> tuple[AttentionReader, float]:
    """The reader in eval mode and its test accuracy. Raises ``CheckpointError``."""
    try:
        with safe_open(path, "pt") as file:
            notes = file.metadata()
            reader = AttentionReader(notes["words"].split("\n"), notes["classes"].split("\n"))
            reader.load_state_dict({key: file.get_tensor(key) for key in file.keys()})  # noqa: SIM118
            accuracy = float(notes["accuracy"])
    except Exception as error:
        raise CheckpointError(
            f"{path} cannot be read ({type(error).__name__}: {str(error).partition(chr(10))[0]}); restore "
            "the file, or train it again: python -m openbox.gallery"
        ) from error
    return reader.eval(), accuracy
