"""``Clusters``: which inputs share a region, gate layer by gate layer, and how far apart they are."""

import warnings
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from openbox.display.table import table
from openbox.errors import InputError, named, shown
from openbox.geometry.clusters.groups import GateLayer, Groups
from openbox.geometry.clusters.purity import Agreement, Members, agreement
from openbox.geometry.clusters.summary import Row, lines, row
from openbox.progress import OnCount
from openbox.shapes import SEEDS, check_count, whole

_BLOCK = 256  # inputs whose distances to all others are held at a time


@dataclass(frozen=True, eq=False)
class Neighbours:
    """``inputs`` (N, k): the nearest other inputs of each, nearest first; ``distances`` (N, k) in units.

    ``agreement``: how often they have the same label; None without labels.
    """

    inputs: NDArray[np.int64]
    distances: NDArray[np.int64]
    agreement: Agreement | None

    def __repr__(self) -> str:
        return f"Neighbours({self.inputs.shape[1]} of each of {len(self.inputs)} inputs, {self.agreement})"

    def _repr_html_(self) -> str:
        units = {
            "inputs": "the nearest others of each, by number",
            "distances": "units of the gates that decide differently",
            "agreement": "share of the same label, and by chance",
        }
        return table(self, units)


@dataclass(frozen=True, eq=False, repr=False)
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

    def _repr_html_(self) -> str:
        units = {
            "layers": "gate layers",
            "regions": "who shares all decisions",
        }
        return table(self, units)

    @property
    def regions(self) -> Groups:
        """Who shares a region: all gates agree."""
        return self.levels[-1]

    @property
    def region_ids(self) -> list[str]:
        """The region of each input, as in ``LinearPiece.region_ids``."""
        return [self.regions.ids[number] for number in self.regions.members]

    @property
    def region_id(self) -> list[str]:
        """The old name of ``region_ids``."""
        warnings.warn("clusters.region_id is now clusters.region_ids", DeprecationWarning, stacklevel=2)
        return self.region_ids

    @named("clusters.parents")
    def parents(self, level: int) -> NDArray[np.int64]:
        """The tree's edges: for each cluster of ``level`` >= 1, its cluster in the level before. (C,)"""
        if whole(level) not in range(1, len(self.levels)):
            raise InputError(f"level {shown(level)} is none of 1 to {len(self.levels) - 1}")
        _, first = np.unique(self.levels[level].members, return_index=True)
        return self.levels[level - 1].members[first]

    @named("clusters.common")
    def common(self, i: int, j: int) -> int:
        """How many gate layers, from the input on, decide alike for the inputs i and j."""
        a, b = self._inputs([i, j])
        return sum(bool(groups.members[a] == groups.members[b]) for groups in self.levels) - 1

    @named("clusters.hamming")
    def hamming(self, i: int, j: int) -> NDArray[np.int64]:
        """In how many units of each gate layer the inputs i and j are decided differently: (layers,)."""
        a, b = self._inputs([i]), self._inputs([j])
        return np.array([layer.decisions.between(a, b)[0, 0] for layer in self.layers], np.int64)

    @named("clusters.distances")
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
        chosen = [self._inputs(range(len(self)) if s is None else s) for s in (rows, columns)]
        return _between(self._layers(layer), chosen[0], chosen[1])

    @named("clusters.neighbours")
    def neighbours(self, k: int, layer: int | None = None, progress: OnCount | None = None) -> Neighbours:
        """The k nearest other inputs of each, in Hamming distance; of equally far ones the first ones.

        Useful where every input has a region of its own. ``layer`` as in ``distances``.
        """
        if whole(k) not in range(1, len(self)):
            raise InputError(f"k is {shown(k)}, expected 1 to {len(self) - 1}, the other inputs")
        layers, everyone = self._layers(layer), np.arange(len(self))
        inputs, distances = (np.empty((len(self), k), np.int64) for _ in range(2))
        for start in range(0, len(self), _BLOCK):
            rows = everyone[start : start + _BLOCK]
            block = _between(layers, rows, everyone)
            block[np.arange(len(rows)), rows] = np.iinfo(np.int64).max  # not of itself
            inputs[rows] = np.argsort(block, axis=1, kind="stable")[:, :k]
            distances[rows] = np.take_along_axis(block, inputs[rows], 1)
            if progress is not None:
                progress(start + len(rows), len(self))
        return Neighbours(inputs, distances, None if self.labels is None else agreement(inputs, self.labels))

    @named("clusters.table")
    def table(self, shuffles: int = 100, seed: int = 0) -> tuple[Row, ...]:
        """One row for each gate layer; ``shuffles`` of the labels, from ``seed``, tell chance."""
        shuffles, seed = check_count("shuffles", shuffles, 1), check_count("seed", seed, 0, SEEDS)
        return tuple(row(layer, self.labels, shuffles, seed) for layer in self.layers)

    def lines(self) -> list[str]:
        """The table as text, one line for each gate layer below the headings."""
        return lines(self.table())

    def _inputs(self, chosen: Sequence[int]) -> NDArray[np.int64]:
        try:
            found = np.asarray(chosen)
        except (TypeError, ValueError, RuntimeError):  # rows of different lengths; a tensor with a gradient
            found = np.array(None)
        if found.ndim != 1 or (found.size and (found.dtype.kind not in "iu" or found.min() < 0)):
            raise InputError(f"pass whole numbers from 0 to {len(self) - 1}, got {shown(chosen)}")
        if found.size and found.max() >= len(self):
            raise InputError(f"input {found.max()} does not exist; there are {len(self)}")
        return found.astype(np.int64)

    def _layers(self, layer: int | None) -> tuple[GateLayer, ...]:
        if layer is None:
            return self.layers
        if whole(layer) not in range(len(self.layers)):
            raise InputError(f"layer is {shown(layer)}, expected a place below {len(self.layers)}")
        return self.layers[layer : layer + 1]


def _between(
    layers: tuple[GateLayer, ...], rows: NDArray[np.int64], columns: NDArray[np.int64]
) -> NDArray[np.int64]:
    """Hamming distances (R, C), summed over the layers."""
    total = np.zeros((len(rows), len(columns)), np.int64)
    for layer in layers:
        total += layer.decisions.between(rows, columns)
    return total
