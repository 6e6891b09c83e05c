"""``OpenReader``: a reader of titles, opened, and asked about titles of any lengths."""

from collections import defaultdict
from collections.abc import Callable, Sequence

import torch
from torch import Tensor

from openbox.network import PiecewiseLinearNetwork
from openbox.opening import capture
from openbox.zoo.readers import UNKNOWN, TitleReader

Words = Sequence[str]


class OpenReader:
    """``net`` is the captured network from embedded words to logits.

    ``passes`` counts the titles that went through the module itself, in its own precision.
    """

    def __init__(self, model: TitleReader) -> None:
        self.model = model
        self.net = capture(model, model.embedding.weight[None, :2])
        self.passes = 0

    @property
    def unknown(self) -> Tensor:
        """The embedding (E,) of a word that is not in the vocabulary."""
        return self.model.embedding.weight[UNKNOWN].detach()

    def at(self, length: int) -> PiecewiseLinearNetwork:
        """The network for titles of so many words."""
        return capture(self.model, self.unknown.expand(1, length, -1))

    def embed(self, titles: Sequence[Words]) -> Tensor:
        """Titles of one length as (N, T, E)."""
        with torch.no_grad():
            rows = torch.stack([self.model.read(title) for title in titles])
            return self.model.embedding(rows.to(self.unknown.device))

    def logits(self, titles: Sequence[Words]) -> Tensor:
        """(N, K) for titles of any lengths; one without words is read as one unknown word."""
        self.passes += len(titles)
        return in_order([title or ("",) for title in titles], lambda some, _: self.model(self.embed(some)))


def in_order(titles: Sequence[Words], ask: Callable[[list[Words], list[int]], Tensor]) -> Tensor:
    """``ask`` (titles of one length, their numbers), with a row for each, for all lengths: rows in order."""
    groups = by_length(titles)
    with torch.no_grad():
        rows = torch.cat([ask([titles[i] for i in numbers], numbers) for numbers in groups])
    place = torch.tensor([i for numbers in groups for i in numbers], device=rows.device)
    return torch.empty_like(rows).index_copy_(0, place, rows)


def by_length(titles: Sequence[Words]) -> list[list[int]]:
    """The numbers of the titles of each length, shortest first."""
    groups = defaultdict[int, list[int]](list)
    for number, title in enumerate(titles):
        groups[len(title)].append(number)
    return [groups[length] for length in sorted(groups)]
