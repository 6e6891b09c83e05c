"""``Groups``: inputs that share a name, and ``GateLayer``: what one gate layer tells apart."""

from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from openbox.geometry.clusters.packed import Packed


@dataclass(frozen=True, eq=False)
class Groups:
    """``ids``: the name of each of the C clusters, in the order in which they first occur; ``members``
    (N,) int64: the number of each input's cluster."""

    ids: tuple[str, ...]
    members: NDArray[np.int64]

    def __len__(self) -> int:
        return len(self.ids)

    def __repr__(self) -> str:
        return f"Groups({len(self)} clusters of {len(self.members)} inputs)"

    @cached_property
    def sizes(self) -> NDArray[np.int64]:
        """(C,): how many inputs each cluster has."""
        return np.bincount(self.members, minlength=len(self.ids))

    @property
    def largest(self) -> int:
        """The size of the largest cluster."""
        return int(self.sizes.max())

    @property
    def shared(self) -> float:
        """The share of the inputs that are in clusters of at least two."""
        return float(self.sizes[self.sizes > 1].sum() / len(self.members))

    def inputs(self, cluster: int) -> NDArray[np.int64]:
        """The inputs in one cluster, ascending."""
        return np.flatnonzero(self.members == cluster)


@dataclass(frozen=True, eq=False)
class GateLayer:
    """One gate layer: the path of its module, its kind, its number of units, and who decides alike in it.

    ``alone``: in this layer, whatever the others do; ``so_far``: in this layer and all before it, which
    is one depth of the tree of regions. ``decisions`` are the N patterns, packed.
    """

    module: str
    kind: str
    units: int
    alone: Groups
    so_far: Groups
    decisions: Packed

    def __repr__(self) -> str:
        return (
            f"GateLayer({self.module!r}, {self.kind}, {self.units} units, {len(self.so_far)} clusters so far)"
        )


def group(names: Iterable[str]) -> Groups:
    """The inputs, in order, by their names."""
    numbers: dict[str, int] = {}
    members = [numbers.setdefault(name, len(numbers)) for name in names]
    return Groups(tuple(numbers), np.array(members, np.int64))
