"""``Group``: the methods that are compared, image by image, under one condition."""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from openbox.errors import InputError

from .columns import Columns, RowIndices

ALL = "all"


@dataclass(frozen=True)
class Group:
    """M methods on I images of one data set and model, by one metric under one condition.

    ``model_seed`` is a number as text or "all". ``values`` (M, I), NaN where a method has none: the
    mean over explainer seeds of what is there and, for "all", over the model seeds of images that have
    a value at each of them; so an image is one unit, never several. ``failed`` (M, I): a row with an
    error; ``degenerate`` (M, I): a map that is the same everywhere; ``curves`` (M, I, L + 1) or None.
    """

    dataset: str
    model: str
    model_seed: str
    score: str
    metric: str
    order: str
    fill: str
    score_space: str
    methods: tuple[str, ...]
    images: NDArray[np.int64]
    values: NDArray[np.float64]
    failed: NDArray[np.bool_]
    degenerate: NDArray[np.bool_]
    curves: NDArray[np.float32] | None

    @property
    def key(self) -> tuple[str, ...]:
        """What tells this group from all others."""
        return (
            self.dataset, self.model, self.model_seed, self.score, self.metric, self.order, self.fill,
            self.score_space,
        )  # fmt: skip

    @property
    def name(self) -> str:
        """``score.metric``; the score alone where all of it failed."""
        return f"{self.score}.{self.metric}".rstrip(".")


CONDITION = ["metric", "order", "fill", "score_space"]


def groups(columns: Columns) -> Iterator[Group]:
    """The groups of a table, sorted: those of every model seed, and "all" where there are several."""
    for (dataset, model, score), rows in columns.split(columns.rows, ["dataset", "model", "score"]):
        seeds = list(columns.split(rows, ["model_seed"]))
        if len(seeds) > 1:
            seeds.append(((ALL,), rows))
        for (seed,), part in seeds:
            yield from _of_one_seed(columns, (dataset, model, seed, score), part)


def _of_one_seed(columns: Columns, where: tuple[str, str, str, str], rows: RowIndices) -> Iterator[Group]:
    cells = _Cells(columns, rows)
    failed = cells.any(rows[~columns.where(rows, "error", "")])
    measured = rows[~columns.where(rows, "metric", "")]
    only_failed = failed.any(1) & ~cells.any(measured).any(1)  # then it would have been in every group
    nothing = [(("", "", "", ""), measured)]
    for (metric, order, fill, space), part in list(columns.split(measured, CONDITION)) or nothing:
        dataset, model, seed, score = where
        keep = np.flatnonzero(cells.any(part).any(1) | only_failed)
        flat = part[columns.values["degenerate"][part]]
        name = "/".join((*where, metric, order, fill, space))
        means, curves = cells.means(part, name)
        yield Group(
            dataset, model, seed, score, metric, order, fill, space,
            tuple(cells.methods[i] for i in keep), cells.images, means[keep], failed[keep],
            cells.any(flat)[keep], None if curves is None else curves[keep],
        )  # fmt: skip


class _Cells:
    """Where the rows of a block belong: model seed, method, image."""

    def __init__(self, columns: Columns, rows: RowIndices) -> None:
        self.columns = columns
        self.methods = columns.text("method", rows)
        self.images = np.unique(columns.values["image"][rows]).astype(np.int64)
        names = ("model_seed", "method", "image")
        self.axes = {name: np.unique(columns.values[name][rows]) for name in names}
        self.shape = tuple(len(axis) for axis in self.axes.values())

    def places(self, rows: RowIndices) -> NDArray[np.int64]:
        at = [np.searchsorted(axis, self.columns.values[name][rows]) for name, axis in self.axes.items()]
        return np.ravel_multi_index(at, self.shape).astype(np.int64)

    def any(self, rows: RowIndices) -> NDArray[np.bool_]:
        """(M, I): is there such a row, whatever the seed?"""
        found = np.zeros(self.shape, dtype=np.bool_)
        found.reshape(-1)[self.places(rows)] = True
        return np.logical_or.reduce(found, axis=0)

    def means(self, rows: RowIndices, name: str) -> tuple[NDArray[np.float64], NDArray[np.float32] | None]:
        """(M, I) over seeds, and the curves (M, I, L + 1) likewise; NaN where a model seed has none."""
        columns = self.columns
        rows = rows[np.isfinite(columns.values["value"][rows])]
        places = self.places(rows)
        size = int(np.prod(self.shape))
        counts = np.bincount(places, minlength=size).astype(np.float64)
        counts[counts == 0] = np.nan
        sums = np.bincount(places, weights=columns.values["value"][rows], minlength=size)
        means = (sums / counts).reshape(self.shape).mean(0)
        lengths = np.unique(columns.lengths[rows])
        if not lengths.any():
            return means, None
        if len(lengths) > 1:
            raise InputError(
                f"leaderboard: {name} has curves of different lengths {lengths.tolist()}; "
                "rows of different studies lie in one folder"
            )
        total = np.zeros((size, int(lengths[0])))
        for _, part in columns.split(rows, ["explainer_seed"]):  # within one of them no place occurs twice
            total[self.places(part)] += columns.curves(part)
        total /= counts[:, None]
        return means, total.reshape(*self.shape, -1).mean(0).astype(np.float32)
