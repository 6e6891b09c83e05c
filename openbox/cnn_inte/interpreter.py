"""``MetaTree``: forests that say in which cluster an input is, and a tree that reads the clusters."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from sklearn.cluster import KMeans
from sklearn.ensemble import RandomForestClassifier
from sklearn.tree import DecisionTreeClassifier

from openbox.cnn_inte.factors import Numbers, Values, cluster_inputs, group_features
from openbox.errors import InputError, named
from openbox.progress import OnCount


@dataclass(frozen=True)
class MetaSettings:
    """``factors`` of the hidden layer, ``clusters`` on each, ``leaves`` of the tree at most.

    ``trees`` of each forest, which learns from ``learned`` inputs; ``grouped`` inputs tell features apart.
    """

    factors: int = 5
    clusters: int = 10
    leaves: int = 50
    trees: int = 60
    learned: int = 30_000
    grouped: int = 2_000
    seed: int = 0


@dataclass(frozen=True, eq=False)
class MetaTree:
    """What ``fit_meta_tree`` returns. ``features`` (D,) is the factor of each feature, -1 for none.

    The tree's inputs are one-hot: column ``f * clusters + c`` is 1 where the input is in cluster c of
    factor f.
    """

    settings: MetaSettings
    features: Numbers
    centres: tuple[KMeans, ...]
    forests: tuple[RandomForestClassifier, ...]
    tree: DecisionTreeClassifier

    @property
    def factors(self) -> int:
        return len(self.centres)

    def clusters(self, seen: Values) -> Numbers:
        """(N, factors): the clusters that the forests predict from what they were trained to see."""
        return np.stack([forest.predict(seen) for forest in self.forests], 1).astype(np.int64)

    def true_clusters(self, hidden: Values) -> Numbers:
        """(N, factors): the nearest centres, by the hidden layer itself."""
        return _assigned(self.centres, self.features, hidden)

    def predict(self, clusters: Numbers) -> NDArray[np.int64]:
        """(N,): the class that the tree gives to clusters (N, factors)."""
        return self.tree.predict(one_hot(clusters, self.settings.clusters)).astype(np.int64)

    def way(self, clusters: Numbers) -> list[int]:
        """The nodes of the tree from its root to the leaf of one input, (factors,)."""
        found = self.tree.decision_path(one_hot(clusters[None], self.settings.clusters))
        return [int(node) for node in found.indices]


@named("cnn_inte")
def fit_meta_tree(
    hidden: Values, seen: Values, decided: Numbers, settings: MetaSettings, progress: OnCount | None = None
) -> MetaTree:
    """Interpret a layer over N training inputs.

    ``hidden`` (N, D) are its activations, ``seen`` (N, M) what the forests read (these, or pixels: which of
    both the paper's do is not known), ``decided`` (N,) the classes that the network gives. The tree learns
    from the clusters of k-means, and is asked with those that the forests predict. One-hot columns and the
    grouping of features by correlation are ours. ``progress`` is told how many forests are grown, of how
    many. Raises ``InputError``.
    """
    if not len(hidden) == len(seen) == len(decided):
        raise InputError(f"got {len(hidden)} activations, {len(seen)} inputs and {len(decided)} decisions")
    if len(hidden) < settings.clusters:
        raise InputError(f"{len(hidden)} inputs cannot make {settings.clusters} clusters; pass more inputs")
    features = group_features(hidden[: settings.grouped], settings.factors, settings.seed)
    found = range(features.max() + 1)
    if not found:
        raise InputError("the layer gives the same for every input; choose another layer")
    centres = tuple(
        cluster_inputs(hidden[:, features == factor], settings.clusters, settings.seed) for factor in found
    )
    numbers = _assigned(centres, features, hidden)
    forests: list[RandomForestClassifier] = []
    for factor in found:
        if progress is not None:
            progress(factor, len(found))
        forest = RandomForestClassifier(settings.trees, random_state=settings.seed)
        forests.append(forest.fit(seen[: settings.learned], numbers[: settings.learned, factor]))
    return MetaTree(settings, features, centres, tuple(forests), grow(numbers, decided, settings))


def grow(clusters: Numbers, decided: Numbers, settings: MetaSettings) -> DecisionTreeClassifier:
    """The tree alone, for clusters (N, factors); for other numbers of leaves with the same forests."""
    tree = DecisionTreeClassifier(max_leaf_nodes=settings.leaves, random_state=settings.seed)
    return tree.fit(one_hot(clusters, settings.clusters), decided)


def one_hot(clusters: Numbers, count: int) -> NDArray[np.int8]:
    """(N, factors) -> (N, factors * count)."""
    columns = clusters[:, :, None] == np.arange(count)
    return columns.reshape(len(clusters), -1).astype(np.int8)


def _assigned(centres: tuple[KMeans, ...], features: Numbers, hidden: Values) -> Numbers:
    columns = [model.predict(hidden[:, features == factor]) for factor, model in enumerate(centres)]
    return np.stack(columns, 1).astype(np.int64)
