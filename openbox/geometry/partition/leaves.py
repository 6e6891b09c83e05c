"""``Leaves``: regions that were found in a window, with the affine map of the output on each."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from openbox.geometry.partition.convex import Array, stack
from openbox.geometry.partition.envelope import Indices


@dataclass(frozen=True, eq=False)
class Leaves:
    """``cells`` (n, V, m) in the coordinates of the window, the output on each as affine ``functions``
    (n, K, m + 1), constant first, and the ``ids`` of their regions."""

    cells: Array
    functions: Array
    ids: list[str]

    def part(self, chosen: Indices) -> "Leaves":
        """The chosen ones, in that order."""
        return Leaves(self.cells[chosen], self.functions[chosen], [self.ids[i] for i in chosen])


def joined(parts: Sequence[Leaves]) -> Leaves:
    """All of them."""
    cells, functions = (
        stack([part.cells for part in parts]),
        np.concatenate([part.functions for part in parts]),
    )
    return Leaves(cells, functions, [name for part in parts for name in part.ids])
