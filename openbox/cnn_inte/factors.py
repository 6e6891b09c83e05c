"""The two levels of clusters: features into factors, inputs into clusters on each factor."""

from typing import Any

import numpy as np
from numpy.typing import NDArray
from sklearn.cluster import KMeans

Values = NDArray[np.floating]
Numbers = NDArray[np.int64]
_RESTARTS: Any = 4  # the stubs know no number here


def group_features(values: Values, factors: int, seed: int) -> Numbers:
    """Level 1: the factor, 0 to ``factors`` - 1, of each of the D features of ``values`` (N, D).

    Features that rise and fall together over the inputs are alike: k-means of the standardised columns (the
    distance of two is then a function of their correlation). Constant ones, which say nothing, get -1.
    """
    spread = values.std(0)
    alive = np.flatnonzero(spread > 0)
    columns = ((values[:, alive] - values[:, alive].mean(0)) / spread[alive]).T
    found = np.full(values.shape[1], -1, np.int64)
    count = min(factors, len(alive))
    if count:
        found[alive] = KMeans(count, n_init=_RESTARTS, random_state=seed).fit_predict(columns)
    return found


def cluster_inputs(values: Values, clusters: int, seed: int) -> KMeans:
    """Level 2, for the features of one factor: k-means of the inputs."""
    return KMeans(clusters, n_init=_RESTARTS, random_state=seed).fit(values)
