"""The work on one shard: its maps, then the rows of each score; files that are there are left alone."""

import json
import time
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as parquet
import torch
from torch import Tensor, nn

from openbox.explainers.explanation import Explanation, Receipt
from openbox.explainers.table import EXPLAINERS
from openbox.zoo.checkpoints import Card

from ...case import Case
from ...conditions import git_sha
from ...cost import COST
from ...files import write_by_rename
from ...rows import SCHEMA, Rows
from ..plan.shard import Shard, maps_key, score_key
from ..plan.study import MethodConfig, Study, plain
from .images import ShardImages, draw
from .maps import ComputedMaps, compute, kept
from .method import Bound
from .tables import Table, cost_table, score_table
from .testbed import Testbed, load_testbed
from .titles.bed import TitleBed, load_title_bed
from .titles.work import TitleWork


@dataclass(frozen=True)
class Place:
    """Where a run's files lie and where it computes; ``root`` is the data root, None for the default."""

    folder: Path
    device: str
    root: str | None

    def maps(self, key: str) -> Path:
        """The file of a shard's maps."""
        return self.folder / "maps" / f"{key}.safetensors"

    def rows(self, key: str) -> Path:
        """The file of the rows of one score of a shard."""
        return self.folder / "rows" / f"{key}.parquet"

    def has_rows(self, key: str) -> bool:
        """Whether that file is there, whole and with today's columns; otherwise it is made anew."""
        try:
            return parquet.read_schema(self.rows(key)).names == SCHEMA.names
        except (OSError, pa.ArrowInvalid):
            return False


@dataclass(frozen=True)
class Report:
    """What became of a shard: how many files were made, how many rows in them are failures, and the time."""

    shard: Shard
    made: int
    failed: int
    seconds: float


def row_keys(study: Study, shard: Shard, weights_sha: str) -> dict[str, str]:
    """The keys of all row files of a shard, by score."""
    keys = {one.name: score_key(study, shard, one, weights_sha) for one in shard.scores}
    return {COST: maps_key(study, shard, weights_sha), **keys}


def run_shard(study: Study, place: Place, shard: Shard) -> Report:
    """Make the files of a shard that are missing; what a method or a score raises becomes rows."""
    started = time.perf_counter()
    subject = (shard.dataset, shard.model, shard.model_seed)
    if study.of == "titles":
        title_bed = load_title_bed(study, *subject, place.device, place.root)
        sha, begin = title_bed.card.sha256, lambda: _title_work(study, place, shard, title_bed)
    else:
        bed = load_testbed(study, *subject, place.device, place.root)
        sha, begin = bed.card.sha256, lambda: _Work.begin(study, place, shard, bed)
    keys = row_keys(study, shard, sha)
    missing = [name for name, key in keys.items() if not place.has_rows(key)]
    if not missing:
        return Report(shard, 0, 0, time.perf_counter() - started)
    failed = 0
    work = begin()
    for name in missing:
        table, broken = work.cost_rows() if name == COST else work.score_rows(name)
        write_by_rename("run", place.rows(keys[name]), lambda file, table=table: _write(table, file))
        failed += broken
    return Report(shard, len(missing), failed, time.perf_counter() - started)


def _write(table: pa.Table, file: Path) -> None:
    parquet.write_table(table, file, compression="zstd")


def _title_work(study: Study, place: Place, shard: Shard, bed: TitleBed) -> TitleWork:
    path = place.maps(maps_key(study, shard, bed.card.sha256))
    return TitleWork.begin(study, shard, bed, place.device, path, _constants(place, shard, bed.card))


def _constants(place: Place, shard: Shard, card: Card) -> dict[str, Any]:
    """The columns that are the same in all rows of a shard."""
    return {
        "dataset": shard.dataset, "model": shard.model, "model_seed": shard.model_seed,
        "weights_sha": card.sha256, "test_accuracy": card.test_accuracy, "method": shard.method.name,
        "params": json.dumps(plain(shard.method.settings)), "explainer_seed": shard.explainer_seed,
        "device": place.device, "dtype": "float32", "torch": torch.__version__,
        "git_sha": git_sha(), "timestamp": datetime.now(UTC).isoformat(timespec="seconds"),
    }  # fmt: skip


@dataclass(frozen=True)
class _Work:
    """A shard with everything loaded that its scores need."""

    study: Study
    place: Place
    shard: Shard
    bed: Testbed
    images: ShardImages
    maps: ComputedMaps
    method: Bound

    @classmethod
    def begin(cls, study: Study, place: Place, shard: Shard, bed: Testbed) -> "_Work":
        images = draw(study, bed, shard, place.device)
        subject = (shard.dataset, shard.model, shard.model_seed)
        method = _bound(study, place, subject, shard.method, shard.explainer_seed)
        path = place.maps(maps_key(study, shard, bed.card.sha256))
        maps = kept(path, lambda: compute(method, images.x, images.target))
        return cls(study, place, shard, bed, images, maps, method)

    def cost_rows(self) -> Table:
        return cost_table(self._rows(), self.maps.errors, self.maps.costs)

    def score_rows(self, name: str) -> Table:
        return score_table(self._rows(), self.shard, name, self.maps.errors, self._case)

    def _case(self, places: Tensor) -> Case:
        some = self.images.take(places)
        entry = EXPLAINERS[self.shard.method.name]
        values = self.maps.values[places].to(some.x.device)
        receipt = Receipt("read from a file", {})
        explanation = Explanation(
            values, entry.signed, entry.unit, 0, 0, receipt, against_others=entry.against_others
        )
        return Case(
            self.bed.model, some.x, some.target, some.label, some.index, explanation,
            self.method, self._rebuild, self.bed.context, some.seeds, self.study.batch,
        )  # fmt: skip

    def _rebuild(self, model: nn.Module, offset: int) -> Bound:
        seed = self.shard.explainer_seed + offset
        return Bound(self.shard.method, model, self.bed.context.references, seed)

    def _rows(self) -> Rows:
        flat = self.maps.values.sum(1).flatten(1)
        images = {
            "image": self.images.index.tolist(), "label": self.images.label.tolist(),
            "target": self.images.target.tolist(), "degenerate": (flat.amax(1) == flat.amin(1)).tolist(),
        }  # fmt: skip
        return Rows(_constants(self.place, self.shard, self.bed.card), images)


@cache
def _bound(
    study: Study, place: Place, subject: tuple[str, str, int], method: MethodConfig, seed: int
) -> Bound:
    """Kept between shards, so that a network is traced and a method warmed up once."""
    bed = load_testbed(study, *subject, place.device, place.root)
    return Bound(method, bed.model, bed.context.references, seed)
