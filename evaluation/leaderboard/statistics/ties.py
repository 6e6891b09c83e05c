"""Tie groups: which methods the images tell apart."""

import numpy as np
from numpy.typing import NDArray

from .holm import holm
from .signed_rank import signed_rank

ALPHA = 0.05


def against(
    leader: NDArray[np.float64], others: NDArray[np.float64]
) -> tuple[NDArray[np.float64], NDArray[np.int64]]:
    """Holm-corrected p (m,) of ``leader`` (n,) against each of ``others`` (m, n), and the directions (m,).

    The direction is 1 where the leader is higher.
    """
    tests = [signed_rank(leader, other) for other in others]
    return holm([test.p for test in tests]), np.array([test.direction for test in tests], dtype=np.int64)


def tie_groups(
    values: NDArray[np.float64], means: NDArray[np.float64]
) -> tuple[NDArray[np.int64], NDArray[np.float64]]:
    """Groups 1, 2, ... (m,) of methods ``values`` (m, n) where higher is better, and p against the best.

    The method of the highest mean leads group 1. Each of the others is tested against it; group 1 is the
    leader with all that are not significantly worse: Holm-corrected p above 5 %, or a sum of ranks that
    is not in the leader's favour. The highest mean of those that are left leads group 2, is tested
    against the rest of them with a correction over these, and so on. So two methods of one group are
    not told apart *from its leader*; a method may stand in a better group than one of a higher mean
    whose images vary less; and as the leader was chosen by looking, its lead is a little flattered.
    The second answer (m,) holds the corrected p of group 1's tests; NaN for the best method itself.
    """
    groups = np.zeros(len(values), dtype=np.int64)
    p_best = np.full(len(values), np.nan)
    left = np.argsort(-means, kind="stable")
    number = 0
    while len(left):
        number += 1
        leader, rest = left[0], left[1:]
        p, direction = against(values[leader], values[rest])
        if number == 1:
            p_best[rest] = p
        worse = (p <= ALPHA) & (direction > 0)
        groups[leader] = number
        groups[rest[~worse]] = number
        left = rest[worse]
    return groups, p_best


def ranks(means: NDArray[np.float64]) -> NDArray[np.int64]:
    """1 for the highest mean (m,); equal means share the better rank."""
    return 1 + (means[None, :] > means[:, None]).sum(1)
