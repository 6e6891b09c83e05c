"""``Clusters``: which inputs share a region, gate layer by gate layer, and how far apart they are."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from openbox.errors import InputError
from openbox.geometry.clusters.groups import GateLayer, Groups
from openbox.geometry.clusters.purity import Agreement, Members, agreement
from openbox.geometry.clusters.summary import Row, lines, row
from openbox.progress import OnCount

_BLOCK = 256  # inputs whose distances to all others are held at a time


@dataclass(frozen=True)
class Neighbours:
    """``inputs`` (N, k): the nearest other inputs of each, nearest first; ``distances`` (N, k) in units.

    ``agreement``: how often they have the same label; None without labels.
    """

    inputs: NDArray[np.int64]
    distances: NDArray[np.int64]
    agreement: Agreement | None


@dataclass(frozen=True, repr=False)
class Clusters:
    """N inputs by the decisions of the gate layers, in the order in which the network computes them.

    ``levels`` is the tree: level 0 has one cluster, all inputs; level d those that agree in the first d
    gate layers; the last level is the regions. Every level refines the one before. The ids are hashes
    of decisions alone: they do not depend on which other inputs there are.
    ``labels`` (N,): numbers of the labels ``label_names``, or None.
    """

    levels: tuple[Groups, ...]
    layers: tuple[GateLayer, ...]
    labels: Members | None
    label_names: tuple[object, ...]

    def __len__(self) -> int:
        """The number N of inputs."""
        return len(self.levels[0].members)

    def __repr__(self) -> str:
        return (
            f"Clusters({len(self)} inputs, {len(self.layers)} gate layers, {len(self.regions)} regions, "
            f"{self.regions.shared:.1%} of the inputs share theirs)"
        )

    @property
    def regions(self) -> Groups:
        """Who shares a region: all gates agree."""
        return self.levels[-1]

    @property
    def region_id(self) -> list[str]:
        """The region of each input, as in ``LinearPiece.region_id``."""
        return [self.regions.ids[number] for number in self.regions.members]

    def parents(self, level: int) -> NDArray[np.int64]:
        """The tree's edges: for each cluster of ``level`` >= 1, its cluster in the level before. (C,)"""
        if level not in range(1, len(self.levels)):
            raise InputError(f"clusters.parents: level {level} is none of 1 to {len(self.levels) - 1}")
        _, first = np.unique(self.levels[level].members, return_index=True)
        return self.levels[level - 1].members[first]

    def common(self, i: int, j: int) -> int:
        """How many gate layers, from the input on, decide alike for the inputs i and j."""
        self._inputs("common", [i, j])
        return sum(bool(groups.members[i] == groups.members[j]) for groups in self.levels) - 1

    def hamming(self, i: int, j: int) -> NDArray[np.int64]:
        """In how many units of each gate layer the inputs i and j are decided differently: (layers,)."""
        a, b = self._inputs("hamming", [i]), self._inputs("hamming", [j])
        return np.array([layer.decisions.between(a, b)[0, 0] for layer in self.layers], np.int64)

    def distances(
        self,
        rows: Sequence[int] | None = None,
        columns: Sequence[int] | None = None,
        layer: int | None = None,
    ) -> NDArray[np.int64]:
        """Hamming distances (R, C) between chosen inputs, None for all: the number of units that differ.

        ``layer``: of one gate layer, by its place in ``layers``; None for the sum of all. A metric, and 0
        exactly where the ids are equal. Costs N units / 8 byte operations a row; holds 8 R C bytes.
        """
        chosen = [self._inputs("distances", range(len(self)) if s is None else s) for s in (rows, columns)]
        total = np.zeros((len(chosen[0]), len(chosen[1])), np.int64)
        for one in self._layers("distances", layer):
            total += one.decisions.between(*chosen)
        return total

    def neighbours(self, k: int, layer: int | None = None, progress: OnCount | None = None) -> Neighbours:
        """The k nearest other inputs of each, in Hamming distance; of equally far ones the first ones.

        Useful where every input has a region of its own. ``layer`` as in ``distances``.
        """
        if not hasattr(k, "__index__") or k not in range(1, len(self)):
            raise InputError(
                f"clusters.neighbours: k is {k!r}, expected 1 to {len(self) - 1}, the other inputs"
            )
        inputs, distances = (np.empty((len(self), k), np.int64) for _ in range(2))
        for start in range(0, len(self), _BLOCK):
            rows = range(start, min(start + _BLOCK, len(self)))
            block = self.distances(rows, None, layer)
            block[np.arange(len(rows)), rows] = np.iinfo(np.int64).max  # not of itself
            inputs[rows] = np.argsort(block, axis=1, kind="stable")[:, :k]
            distances[rows] = np.take_along_axis(block, inputs[rows], 1)
            if progress is not None:
                progress(rows.stop, len(self))
        return Neighbours(inputs, distances, None if self.labels is None else agreement(inputs, self.labels))

    def table(self, shuffles: int = 100, seed: int = 0) -> tuple[Row, ...]:
        """One row for each gate layer; ``shuffles`` of the labels, from ``seed``, tell chance."""
        return tuple(row(layer, self.labels, shuffles, seed) for layer in self.layers)

    def lines(self) -> list[str]:
        """The table as text, one line for each gate layer below the headings."""
        return lines(self.table())

    def _inputs(self, call: str, chosen: Sequence[int]) -> NDArray[np.int64]:
        found = np.asarray(chosen)
        if found.ndim != 1 or (found.size and (found.dtype.kind not in "iu" or found.min() < 0)):
            raise InputError(f"clusters.{call}: pass whole numbers from 0 to {len(self) - 1}, got {chosen!r}")
        if found.size and found.max() >= len(self):
            raise InputError(f"clusters.{call}: input {found.max()} does not exist; there are {len(self)}")
        return found.astype(np.int64)

    def _layers(self, call: str, layer: int | None) -> tuple[GateLayer, ...]:
        if layer is None:
            return self.layers
        if not hasattr(layer, "__index__") or layer not in range(len(self.layers)):
            raise InputError(
                f"clusters.{call}: layer is {layer!r}, expected a place below {len(self.layers)}"
            )
        return self.layers[layer : layer + 1]
