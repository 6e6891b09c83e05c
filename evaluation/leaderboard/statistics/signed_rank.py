"""``signed_rank``: does one method do better than another on the same images?"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy import stats

EXACT = 50  # images up to which the null distribution is counted; there are 2^50 signs, which float64 holds
EXACT_WITH_TIES = 13


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
    to 13 with ties; beyond that SciPy's normal approximation. It is what ``scipy.stats.wilcoxon``
    answers, which goes through all signs of tied ranks one by one.
    """
    difference = first - second
    difference = difference[~np.isnan(difference)]
    if not difference.any():
        return Comparison(1.0, 0)
    size = np.abs(difference)
    rank = stats.rankdata(size)
    direction = int(np.sign(np.sign(difference) @ rank))
    if len(size) <= EXACT_WITH_TIES or (len(size) <= EXACT and size.all() and _differ(size)):
        return Comparison(exact_p(rank[difference != 0], difference[difference != 0] > 0), direction)
    found = stats.wilcoxon(difference, zero_method="pratt", method="asymptotic")
    return Comparison(min(float(np.asarray(found, dtype=np.float64)[1]), 1.0), direction)


def exact_p(rank: NDArray[np.float64], positive: NDArray[np.bool_]) -> float:
    """Two-sided p of ranks (n,), n <= 50 and ties at their mean rank, of which some are ``positive`` (n,).

    All 2^n signs are equally likely; how many of them reach each sum of positive ranks is counted rank
    by rank. Ranks are doubled, for a mean rank may be a half.
    """
    doubled = np.rint(2 * rank).astype(np.int64)
    ways = np.zeros(int(doubled.sum()) + 1)
    ways[0] = 1
    for one in doubled:
        ways[one:] = ways[one:] + ways[:-one]
    observed = int(doubled[positive].sum())
    tail = min(ways[: observed + 1].sum(), ways[observed:].sum())
    return min(1.0, float(2 * tail / ways.sum()))


def _differ(size: NDArray[np.float64]) -> bool:
    return len(np.unique(size)) == len(size)
