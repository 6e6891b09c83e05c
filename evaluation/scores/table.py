"""The one table of scores; the command line, the studies, the leaderboard and the tests read the same one."""

from ..measurement import Score
from ..titles import consistency, eraser, hybrid, prediction, word_flip
from ..titles import exactness as title_exactness
from . import (
    exactness,
    flip,
    hacking,
    infidelity,
    insertion,
    max_sensitivity,
    neighbours,
    randomisation,
    shift,
    sparsity,
)

SCORES: dict[str, Score] = {
    "exactness": exactness.SCORE,
    "flip": flip.SCORE,
    "flip_patches": flip.PATCHES,
    "insertion": insertion.SCORE,
    "hacking": hacking.SCORE,
    "infidelity": infidelity.SCORE,
    "max_sensitivity": max_sensitivity.SCORE,
    "neighbours": neighbours.SCORE,
    "randomisation": randomisation.SCORE,
    "shift": shift.SCORE,
    "sparsity": sparsity.SCORE,
    "word_flip": word_flip.SCORE,
    "eraser": eraser.SCORE,
    "hybrid": hybrid.SCORE,
    "title_exactness": title_exactness.SCORE,
    "title_consistency": consistency.SCORE,
    "title_prediction": prediction.SCORE,
}
