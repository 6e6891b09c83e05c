"""The one table of scores; the command line, the studies, the leaderboard and the tests read the same one."""

from ..measurement import Score
from ..titles import consistency as title_consistency
from ..titles import eraser, hybrid, word_flip
from ..titles import exactness as title_exactness
from ..titles import prediction as title_prediction
from . import (
    exactness,
    flip,
    hacking,
    infidelity,
    insertion,
    max_sensitivity,
    neighbours,
    prediction,
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
    "prediction": prediction.SCORE,
    "randomisation": randomisation.SCORE,
    "shift": shift.SCORE,
    "sparsity": sparsity.SCORE,
    "word_flip": word_flip.SCORE,
    "eraser": eraser.SCORE,
    "hybrid": hybrid.SCORE,
    "title_exactness": title_exactness.SCORE,
    "title_consistency": title_consistency.SCORE,
    "title_prediction": title_prediction.SCORE,
}
