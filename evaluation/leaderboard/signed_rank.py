"""``signed_rank``: does one method do better than another on the same images?"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy import stats


@dataclass(frozen=True)
class Comparison:
    """``p`` two-sided; ``direction`` 1 if the first is the higher one in the sum of ranks, -1, or 0."""

    p: float
    direction: int


def signed_rank(first: NDArray[np.float64], second: NDArray[np.float64]) -> Comparison:
    """Wilcoxon's signed-rank test of (n,) against (n,), on the images where both are known (not NaN).

    Differences of zero take part in the ranking and are then left out (Pratt 1959): the test keeps its
    level, and a handful of images that differ among hundreds that do not is not mistaken for a large
    effect, as it is when zeros are dropped first; splitting the zeros ("zsplit") instead leaves the
    variance too large, so that a metric that is equal on most images could hardly ever differ. With
    nothing in common, or no difference anywhere, p is 1. Exact up to 50 images without ties, and up
    to 13 with ties; beyond that the normal approximation.
    """
    difference = first - second
    difference = difference[~np.isnan(difference)]
    if not difference.any():
        return Comparison(1.0, 0)
    sum_of_ranks = np.sign(difference) @ stats.rankdata(np.abs(difference))
    p = np.asarray(stats.wilcoxon(difference, zero_method="pratt"), dtype=np.float64)[1]
    return Comparison(min(float(p), 1.0), int(np.sign(sum_of_ranks)))
