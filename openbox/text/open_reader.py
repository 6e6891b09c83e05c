"""``OpenReader``: a reader of titles, opened, and asked about titles of any lengths."""

from collections import defaultdict
from collections.abc import Callable, Sequence, Sized

import torch
from torch import Tensor

from openbox.errors import NotPiecewiseLinearError
from openbox.module.lock import computing
from openbox.network import PiecewiseLinearNetwork
from openbox.opening import capture
from openbox.program.step import Step
from openbox.zoo.title_reader import TitleReader

Words = Sequence[str]
NOTHING = ""  # a word that no vocabulary holds


class OpenReader:
    """A network that cannot be opened still answers, and methods that only ask it still explain it.

    ``passes`` counts the titles that went through the module itself, in its own precision.
    """

    def __init__(self, model: TitleReader) -> None:
        self.model = model
        self.passes = 0
        try:
            self._net = capture(model, self.embed([(NOTHING, NOTHING)]))
        except NotPiecewiseLinearError as refused:
            self._net = refused

    @property
    def net(self) -> PiecewiseLinearNetwork:
        """The network from embedded words to logits; raises ``NotPiecewiseLinearError`` where it is none."""
        if isinstance(self._net, NotPiecewiseLinearError):
            raise self._net
        return self._net

    @property
    def unknown(self) -> Tensor:
        """The embedding (E,) of a word that is not in the vocabulary."""
        return self.embed([(NOTHING,)])[0, 0]

    def at(self, length: int) -> PiecewiseLinearNetwork:
        """The network for titles of so many words."""
        return capture(self.model, self.unknown.expand(1, length, -1))

    def embed(self, titles: Sequence[Words]) -> Tensor:
        """Titles of one length as (N, T, E)."""
        with torch.no_grad():
            rows = torch.stack([self.model.read(title) for title in titles])
            return self.model.embedded(rows.to(self.model.embedding.weight.device))

    def logits(self, titles: Sequence[Words]) -> Tensor:
        """(N, K) for titles of any lengths; one without words is read as one unknown word."""
        self.passes += len(titles)
        read = [title or (NOTHING,) for title in titles]
        return self._in_order(read, lambda numbers: self.embed([read[number] for number in numbers]))

    def logits_at(self, points: Sequence[Tensor]) -> Tensor:
        """(N, K) at embedded titles (T_i, E) of any lengths."""
        return self._in_order(points, lambda numbers: torch.stack([points[number] for number in numbers]))

    def record(self, title: Words) -> list[tuple[Step, Tensor]]:
        """Every gate of the network at a title, and what it decides there, in float64."""
        x, program = self.embed([title]).double(), self.at(len(title)).program
        with computing():
            return list(zip(program.gates, program.record(x)[1], strict=True))

    def _in_order(self, titles: Sequence[Sized], embedded: Callable[[list[int]], Tensor]) -> Tensor:
        """The logits of titles of any lengths, those of one length together; ``embedded`` (their numbers)."""
        groups = by_length(titles)
        with computing(), torch.no_grad():
            logits = torch.cat([self.model(embedded(numbers)) for numbers in groups])
        place = torch.tensor([i for numbers in groups for i in numbers], device=logits.device)
        return torch.empty_like(logits).index_copy_(0, place, logits)


def by_length(titles: Sequence[Sized]) -> list[list[int]]:
    """The numbers of the titles of each length, shortest first."""
    groups = defaultdict[int, list[int]](list)
    for number, title in enumerate(titles):
        groups[len(title)].append(number)
    return [groups[length] for length in sorted(groups)]
