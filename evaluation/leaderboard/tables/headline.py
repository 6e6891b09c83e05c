"""The scores that the compact tables show: the two of the project's goal, and those of the other studies."""

from collections.abc import Iterator
from itertools import groupby

from ..grouping.groups import ALL
from ..statistics.board import Board
from ..statistics.standing import Standing

FLIP = "flip.abpc"
SHIFT = "shift.cosine"
NEIGHBOUR_STUDY = ("prediction.squared_error", "prediction.constant_squared_error", "prediction.exact")
TITLES = (
    "word_flip.aopc_1", "word_flip.aopc_2", "word_flip.aopc_3",
    "eraser.comprehensiveness", "eraser.sufficiency", "hybrid.hit", "hybrid.chance",
    "title_consistency.cosine", "title_consistency.gates_agree", "title_consistency.same_region",
    "title_exactness.error",
    "title_prediction.squared_error", "title_prediction.constant_squared_error", "title_prediction.exact",
)  # fmt: skip
SECONDS = "cost.seconds"
CALLS = "cost.model_calls"
FILLS = ["zero", "mean", "noise", "blur"]  # in this order, others behind
SPACES = ["logit", "probability"]


def cells(board: Board) -> Iterator[tuple[str, str, list[Standing]]]:
    """Data set, model and the standings over all its model seeds (of its one model where it has one)."""
    for (dataset, model), found in groupby(board.standings, key=lambda s: s.group.key[:2]):
        standings = list(found)
        pooled = [s for s in standings if s.group.model_seed == ALL]
        several = len({s.group.model_seed for s in standings}) > 1
        yield dataset, model, pooled if several else standings


def named(standings: list[Standing], metric: str) -> list[Standing]:
    """Those of one metric, by space, fill and order."""
    chosen = [s for s in standings if s.group.name == metric]
    return sorted(chosen, key=lambda s: (_place(SPACES, s.group.score_space), *_fill(s)))


def _fill(standing: Standing) -> tuple[object, ...]:
    return (*_place(FILLS, standing.group.fill), standing.group.order)


def _place(known: list[str], word: str) -> tuple[int, str]:
    return (known.index(word) if word in known else len(known), word)
