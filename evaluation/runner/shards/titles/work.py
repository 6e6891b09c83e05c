"""``TitleWork``: a shard of titles with everything loaded that its scores need."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from torch import Tensor

from openbox.text import TokenExplanation
from openbox.text.explain import explain_words
from openbox.text.open_reader import Words

from ....rows import Rows
from ....titles.case import TitleCase
from ...plan.shard import Shard, image_seeds
from ...plan.study import Study
from ..tables import Table, cost_table, score_table
from .bed import TitleBed
from .maps import ComputedTitles, compute, kept


@dataclass(frozen=True)
class TitleWork:
    """``index`` (n,) in the test set, ``label`` and ``target`` (n,)."""

    shard: Shard
    bed: TitleBed
    titles: list[tuple[str, ...]]
    index: Tensor
    label: Tensor
    target: Tensor
    seeds: tuple[int, ...]
    maps: ComputedTitles
    constants: dict[str, Any]

    @classmethod
    def begin(
        cls, study: Study, shard: Shard, bed: TitleBed, device: str, path: Path, constants: dict[str, Any]
    ) -> "TitleWork":
        """``path``: where the values lie, or will; ``constants``: the columns that are alike in all rows."""
        index = bed.order[shard.first : shard.first + shard.count]
        titles = [bed.pool.titles[number] for number in index.tolist()]
        label = bed.pool.labels[index]
        predicted = bed.reader.logits(titles).argmax(1).cpu()
        target = predicted if study.target == "predicted" else label
        explain = _bound(shard, bed)

        def make() -> ComputedTitles:
            lengths = [len(title) for title in titles]
            return compute(lambda p: explain([titles[i] for i in p], target[p]), lengths, device)

        seeds = image_seeds(study, shard.dataset, index.tolist())
        return cls(shard, bed, titles, index, label, target, seeds, kept(path, make), constants)

    def cost_rows(self) -> Table:
        """The rows of the costs, and how many titles failed."""
        return cost_table(self._rows(), self.maps.errors, self.maps.numbers)

    def score_rows(self, name: str) -> Table:
        """The rows of a score, and how many titles failed."""
        return score_table(self._rows(), self.shard, name, self.maps.errors, self._case)

    def _case(self, places: Tensor) -> TitleCase:
        some, maps = places.tolist(), self.maps
        return TitleCase(
            self.bed.reader, [self.titles[i] for i in some], [maps.values[i] for i in some],
            maps.numbers[places, 3], self.target[places], self.label[places],
            self.index[places], _bound(self.shard, self.bed), self.bed.pool,
            tuple(self.seeds[i] for i in some),
        )  # fmt: skip

    def _rows(self) -> Rows:
        flat = [bool((values == values[0]).all()) for values in self.maps.values]
        columns = {name: getattr(self, name).tolist() for name in ("label", "target")}
        return Rows(self.constants, {"image": self.index.tolist(), **columns, "degenerate": flat})


def _bound(shard: Shard, bed: TitleBed) -> Callable[[Sequence[Words], Tensor], list[TokenExplanation]]:
    def explain(titles: Sequence[Words], target: Tensor) -> list[TokenExplanation]:
        rows = target.to(bed.reader.unknown.device)
        return explain_words(shard.method.name, bed.reader, list(titles), rows, shard.explainer_seed)

    return explain
