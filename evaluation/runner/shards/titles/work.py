"""``TitleWork``: a shard of titles with everything loaded that its scores need."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pyarrow as pa
from torch import Tensor

from openbox.text import TokenExplanation
from openbox.text.explain import explain_words
from openbox.text.open_reader import Words

from ....cost import COST, COSTS
from ....measurement import Measurement
from ....rows import Rows
from ....scores.table import SCORES
from ....titles.case import TitleCase
from ...plan.shard import Shard, image_seeds, images_of
from ...plan.study import Study
from ..scoring import measure
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

    def cost_rows(self) -> tuple[pa.Table, int]:
        """The rows of the costs, and how many titles failed."""
        rows, good = self._rows(), self.maps.good
        for place, error in enumerate(self.maps.errors):
            if error:
                rows.fail(place, COST, error)
        for column, name in enumerate(COSTS):
            rows.add(good, COST, Measurement(name, self.maps.numbers[good, column]))
        return rows.table(), len(self.titles) - len(good)

    def score_rows(self, name: str) -> tuple[pa.Table, int]:
        """The rows of a score, and how many titles failed."""
        chosen = next(one for one in self.shard.scores if one.name == name)
        count = images_of(self.shard, chosen)
        rows, broken = self._rows(), 0
        for place, error in enumerate(self.maps.errors[:count]):
            if error:
                rows.fail(place, name, error)
                broken += 1
        good = [place for place in self.maps.good if place < count]
        for part in measure(SCORES[name], chosen.settings, self._case, good):
            for one in part.measurements:
                rows.add(part.places, name, one)
            if part.error:
                rows.fail(part.places[0], name, part.error)
                broken += 1
        return rows.table(), broken

    def _case(self, places: Tensor) -> TitleCase:
        some, maps = places.tolist(), self.maps
        return TitleCase(
            self.bed.reader, [self.titles[i] for i in some], [maps.values[i] for i in some],
            maps.numbers[places, 3], maps.numbers[places, 4], self.target[places], self.label[places],
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
