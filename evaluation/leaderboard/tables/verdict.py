"""``Verdict``: does one method of the exact family beat the rivals? Read off the images, cell by cell.

The goal: first, significantly after Holm, in pixel flipping under every fill, and not behind in shift
consistency, on every data set and model.
"""

from dataclasses import dataclass
from enum import Enum

import numpy as np

from ..statistics.board import Board
from ..statistics.standing import Standing
from ..statistics.ties import ALPHA, against
from .headline import FLIP, SHIFT, cells, named


class Answer(Enum):
    """Of one method in one cell.

    FIRST: of a better mean than every rival, and each of them significantly worse. BEHIND: a rival is
    significantly better. MISSING: it or a rival has no value there, so neither can be said. TIED: else.
    """

    FIRST = "first"
    TIED = "tied"
    BEHIND = "behind"
    MISSING = "missing"


@dataclass(frozen=True)
class Question:
    """One question: data set, model, metric, fill, space; its answer and the rivals that decide it.

    ``rivals`` holds those that are better, have no value, or are not beaten; empty for FIRST.
    """

    dataset: str
    model: str
    metric: str
    fill: str
    score_space: str
    answer: Answer
    rivals: tuple[str, ...]


@dataclass(frozen=True)
class Verdict:
    """All cells of one method."""

    method: str
    cells: tuple[Question, ...]

    @property
    def reached(self) -> bool:
        """Is the goal reached: FIRST in every flip cell, FIRST or TIED in every shift cell, both there?"""
        flips = [cell.answer is Answer.FIRST for cell in self.cells if cell.metric == FLIP]
        shifts = [cell.answer in (Answer.FIRST, Answer.TIED) for cell in self.cells if cell.metric == SHIFT]
        places = {(cell.dataset, cell.model) for cell in self.cells}
        both = all(
            {c.metric for c in self.cells if (c.dataset, c.model) == p} == {FLIP, SHIFT} for p in places
        )
        return bool(flips) and bool(shifts) and both and all(flips) and all(shifts)


def verdict(board: Board, method: str, rivals: tuple[str, ...]) -> Verdict:
    """Compare ``method`` with ``rivals`` on the same images, Holm-corrected over the rivals of a cell."""
    found = []
    for dataset, model, standings in cells(board):
        for standing in named(standings, FLIP) + named(standings, SHIFT):
            group = standing.group
            answer, decisive = _answer(standing, method, rivals)
            found.append(
                Question(dataset, model, group.name, group.fill, group.score_space, answer, decisive)
            )
    return Verdict(method, tuple(found))


def _answer(standing: Standing, method: str, rivals: tuple[str, ...]) -> tuple[Answer, tuple[str, ...]]:
    ranked = {m for m, rank in zip(standing.group.methods, standing.rank, strict=True) if rank > 0}
    absent = tuple(name for name in (method, *rivals) if name not in ranked)
    present = [name for name in rivals if name in ranked]
    if method in absent or not present:
        return Answer.MISSING, absent
    sign = 1.0 if standing.better == "higher" else -1.0
    at = [standing.group.methods.index(name) for name in (method, *present)]
    values, means = sign * standing.group.values[at], sign * standing.value[at]
    p, direction = against(values[0], values[1:])
    told_apart = p <= ALPHA
    better = np.flatnonzero(told_apart & (direction < 0))
    if len(better):
        return Answer.BEHIND, tuple(present[i] for i in better)
    if absent:
        return Answer.MISSING, absent
    unbeaten = np.flatnonzero(~(told_apart & (means[0] > means[1:])))
    return (Answer.TIED if len(unbeaten) else Answer.FIRST), tuple(present[i] for i in unbeaten)
