"""The one table of scores; the command line, the studies, the leaderboard and the tests read the same one."""

from evaluation.measurement import Score
from evaluation.scores import flip, insertion, shift, sparsity

SCORES: dict[str, Score] = {
    "flip": flip.SCORE,
    "insertion": insertion.SCORE,
    "shift": shift.SCORE,
    "sparsity": sparsity.SCORE,
}
