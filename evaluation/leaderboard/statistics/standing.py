"""``Standing``: what one group says about its methods."""

from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from ..grouping.groups import Group
from .bootstrap import first_shares, generator, intervals, resampled_means
from .ties import ranks, tie_groups

Better = Literal["higher", "lower", ""]
ENOUGH = 0.5  # of the images of the best covered method: a mean over fewer is not ranked


@dataclass(frozen=True)
class Standing:
    """One number for each of the group's M methods; NaN where it has none.

    ``value`` the mean over the method's images and its 95 % interval ``low``, ``high``; ``rank`` of the
    value; ``tie_group`` and ``p_vs_best``: see ``ties.tie_groups``; ``first_share``: how often the method
    has the best mean when the images are drawn again. All but the first three are NaN where no
    direction is better, and for methods with values on too few images (``ENOUGH``).
    """

    group: Group
    better: Better
    value: NDArray[np.float64]
    low: NDArray[np.float64]
    high: NDArray[np.float64]
    rank: NDArray[np.float64]
    tie_group: NDArray[np.float64]
    p_vs_best: NDArray[np.float64]
    first_share: NDArray[np.float64]

    def of(self, method: str) -> int | None:
        """Where this method stands; None if it is not in the group."""
        return self.group.methods.index(method) if method in self.group.methods else None


def judge(group: Group, better: Better, config_sha: str, resamples: int) -> Standing:
    """Means, intervals and comparisons; the same group and study give the same numbers."""
    known = ~np.isnan(group.values)
    n_ok = known.sum(1)
    value, low, high = np.full((3, len(n_ok)), np.nan)
    value[n_ok > 0] = [row[ok].mean() for row, ok in zip(group.values, known, strict=True) if ok.any()]
    means = resampled_means(group.values.T, resamples, generator(config_sha, *group.key))
    low, high = intervals(group.values.T, means)
    columns = np.full((4, len(n_ok)), np.nan)
    compared = (n_ok > 0) & (n_ok >= ENOUGH * n_ok.max())
    if better and compared.any():
        sign = 1.0 if better == "higher" else -1.0
        tie_group, p_vs_best = tie_groups(sign * group.values[compared], sign * value[compared])
        columns[:, compared] = np.stack(
            [
                ranks(sign * value[compared]),
                tie_group,
                p_vs_best,
                first_shares(sign * means[:, compared]),
            ]
        )
    return Standing(group, better, value, low, high, *columns)
