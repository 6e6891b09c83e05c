"""How well a grouping of inputs agrees with their labels, beside what chance would give."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Members = NDArray[np.int64]  # (N,): the number of each input's cluster, or of its label


@dataclass(frozen=True)
class Purity:
    """``share``: of inputs whose label is the majority of their cluster (Manning et al. 2008, 16.3).

    An input alone in its cluster is always pure, so ``chance`` says what shuffled labels get in
    clusters of the same sizes: the mean over shuffles.
    """

    share: float
    chance: float


@dataclass(frozen=True)
class Agreement:
    """``share``: of (input, neighbour) pairs with the same label; ``chance``: its expectation if the labels
    were shuffled, ``sum_c n_c (n_c - 1) / (N (N - 1))`` for labels that occur n_c times."""

    share: float
    chance: float


def purity(members: Members, labels: Members, shuffles: int = 100, seed: int = 0) -> Purity:
    """The purity of the clusters ``members`` (N,) in ``labels`` (N,), all counted from 0."""
    sizes = np.bincount(members)
    order = np.argsort(members, kind="stable")
    order = order[sizes[members[order]] > 1]  # the others are pure whatever their labels
    together, own = members[order], labels[order]
    alone = len(members) - len(order)
    generator = np.random.default_rng(seed)
    drawn = [_pure(together, generator.permutation(labels)[order]) for _ in range(shuffles)]
    count = len(members)
    return Purity((alone + _pure(together, own)) / count, (alone + float(np.mean(drawn))) / count)


def _pure(members: Members, labels: Members) -> int:
    """How many have the label that is most frequent in their cluster; ``members`` are sorted."""
    if len(members) == 0:
        return 0
    pairs, counts = np.unique(members * (labels.max() + 1) + labels, return_counts=True)
    cluster = pairs // (labels.max() + 1)
    starts = np.flatnonzero(np.diff(cluster, prepend=-1))
    return int(np.maximum.reduceat(counts, starts).sum())


def agreement(neighbours: NDArray[np.int64], labels: Members) -> Agreement:
    """How often the neighbours (N, k), rows of ``labels`` (N,), have the label of their input."""
    counts = np.bincount(labels)
    count = len(labels)
    chance = float((counts * (counts - 1)).sum()) / (count * (count - 1))
    return Agreement(float((labels[neighbours] == labels[:, None]).mean()), chance)
