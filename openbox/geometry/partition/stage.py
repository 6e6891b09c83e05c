"""``Stage``: the cells that wait at one gate, to be cut by it or to pass it."""

import heapq
from itertools import count
from typing import Any

import numpy as np

from openbox.geometry.partition.convex import distances
from openbox.geometry.partition.envelope import Pieces, cut
from openbox.geometry.partition.frontier import DecidedFrontier, Frontier, Ready, open_frontier
from openbox.geometry.partition.layouts import Layouts
from openbox.program.layout import Layout

GROUP, NEAR_GROUP = 256, 16  # cells that are cut at once; few, where far ones may never be wanted


class Stage:
    """``nearest_first``: cells near the origin of the window go first, else those that came last are cut
    first, and pass last. ``layout`` is the gate's."""

    def __init__(self, layout: Layout, nearest_first: bool) -> None:
        self.layout = layout
        self.waiting = 0
        self._nearest_first = nearest_first
        self._serial = count()
        self._cutting: list[tuple[float, int, DecidedFrontier, Pieces]] = []  # heaps
        self._ready: list[tuple[float, int, Ready]] = []

    @property
    def cuts(self) -> bool:
        """Whether there are cells that the gate may still cut."""
        return bool(self._cutting)

    @property
    def distance(self) -> float:
        """How near the nearest cell is, where they are in that order; inf if there is none."""
        heads: list[list[Any]] = [self._cutting[:1], self._ready[:1]]
        return min((head[0][0] for head in heads if head), default=float("inf"))

    def arrive(self, frontier: Frontier, layouts: Layouts) -> None:
        """Cells that come to the gate."""
        self._sort(*open_frontier(frontier, layouts, self.layout), whole=True)

    def cut(self) -> None:
        """Cut some cells once."""
        _, _, opened, pieces = heapq.heappop(self._cutting)
        self._sort(opened, cut(pieces, opened.functions)[0], whole=False)

    def take(self, most: int) -> list[Ready]:
        """Up to so many cells that are ready to pass."""
        taken: list[Ready] = []
        while most and self._ready:
            key, _, some = heapq.heappop(self._ready)
            taken.append(Ready(some.opened, some.owner[:most], some.cells[:most], some.whole))
            if len(some.owner) > most:
                rest = Ready(some.opened, some.owner[most:], some.cells[most:], some.whole)
                self._keep(rest, distances(rest.cells[:1])[0] if self._nearest_first else key)
            self.waiting -= len(taken[-1].owner)
            most -= len(taken[-1].owner)
        return taken

    def _sort(self, opened: DecidedFrontier, pieces: Pieces, whole: bool) -> None:
        """Cells that nothing cuts are ready; the others wait."""
        far = distances(pieces.vertices) if self._nearest_first else np.zeros(len(pieces))
        order = np.argsort(far, kind="stable")
        uncut = np.bincount(pieces.cell, minlength=len(pieces))[order] == 0
        ready, rest = order[uncut], order[~uncut]
        if len(ready):
            self.waiting += len(ready)
            self._keep(Ready(opened, pieces.owner[ready], pieces.vertices[ready], whole), far[ready[0]])
        group = NEAR_GROUP if self._nearest_first else GROUP
        for start in range(0, len(rest), group):
            some = rest[start : start + group]
            serial = next(self._serial)
            key = far[some[0]] if self._nearest_first else -serial
            heapq.heappush(self._cutting, (float(key), serial, opened, pieces.part(some)))

    def _keep(self, some: Ready, key: Any) -> None:
        heapq.heappush(self._ready, (float(key), next(self._serial), some))
