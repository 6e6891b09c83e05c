"""What is measured: trees of CNN-INTE, and their rivals. Each function makes the facts of one part."""

from dataclasses import replace

import numpy as np
from numpy.typing import NDArray
from sklearn.tree import DecisionTreeClassifier

from openbox.cnn_inte.interpreter import MetaSettings, fit_meta_tree, grow

from ..whole.facts import Fact, row
from .material import Material

TABLE, RIVALS, REGIONS = "CNN-INTE", "rivals", "regions"
METRICS = ("fidelity", "accuracy", "leaves", "images")
REGION_METRICS = ("known", "fidelity", "accuracy", "clusters")
LEAVES = (20, 50, 100)
Bits = NDArray[np.uint8]
CLUSTERS_KNOWN = "clusters by k-means"


def meta_trees(material: Material, settings: MetaSettings, reads: str) -> list[Fact]:
    """Trees of several sizes on the same forests, which read ``activations`` or ``pixels``.

    Beside them, for ``activations``, the same trees on the clusters of k-means itself: what the forests lose.
    """
    hidden, decided = material.hidden, material.decided
    seen = hidden if reads == "activations" else material.pixels
    meta = fit_meta_tree(hidden[0], seen[0], decided[0], settings)
    known = meta.true_clusters(hidden[0])
    asked = {f"forests on {reads}": meta.clusters(seen[1])}
    if reads == "activations":
        asked[CLUSTERS_KNOWN] = meta.true_clusters(hidden[1])
    facts: list[Fact] = []
    for leaves in LEAVES:
        sized = replace(settings, leaves=leaves)
        grown = replace(meta, settings=sized, tree=grow(known, decided[0], sized))
        for how, clusters in asked.items():
            item = f"{settings.factors} factors x {settings.clusters} clusters, {how}, {leaves} leaves"
            facts += _facts(material, TABLE, item, grown.predict(clusters), grown.tree.get_n_leaves())
    return facts


def plain_trees(material: Material, reads: str, seed: int) -> list[Fact]:
    """Trees of the same sizes on the pixels, the activations, or the decisions of the last gates."""
    seen = {
        "pixels": lambda: material.pixels,
        "activations": lambda: material.hidden,
        "last gates": lambda: last_gates(material),
    }[reads]()
    facts: list[Fact] = []
    for leaves in LEAVES:
        tree = DecisionTreeClassifier(max_leaf_nodes=leaves, random_state=seed)
        tree.fit(seen[0], material.decided[0][: len(seen[0])])
        found = tree.predict(seen[1]).astype(np.int64)
        item = f"plain tree on {reads}, {leaves} leaves"
        facts += _facts(material, RIVALS, item, found, tree.get_n_leaves(), len(seen[0]))
    return facts


def last_gates(material: Material) -> tuple[Bits, Bits]:
    """(N, units) of 0 and 1: the decisions of the last layer of ReLUs before the decision."""
    found, count = material.regions, material.gated
    layer = [layer for layer in found.layers if layer.kind == "relu"][-1]
    words = np.ascontiguousarray(layer.decisions.words[:, 0])
    bits = np.unpackbits(words.view(np.uint8), axis=1)[:, : layer.units]
    return bits[:count], bits[count:]


def region_tree(material: Material) -> list[Fact]:
    """The exact tree of regions as a classifier: each level alone, and the deepest that knows an image.

    A test image gets the class that most training images of its cluster get, where there are any; *known* is
    the share of such images, and the other numbers speak of them alone. ``deepest`` answers for all.
    """
    found, count = material.regions, material.gated
    decided, test = material.decided[0][:count], material.decided[1]
    labels = material.test.labels.numpy()
    answer = np.full(len(test), np.bincount(decided).argmax())
    facts: list[Fact] = []
    for depth, level in enumerate(found.levels):
        votes = np.zeros((len(level), int(decided.max()) + 1), np.int64)
        np.add.at(votes, (level.members[:count], decided), 1)
        here = votes[level.members[count:]]
        known = here.sum(1) > 0
        answer[known] = here[known].argmax(1)
        chosen = here.argmax(1)
        values = (
            float(known.mean()),
            *(float((chosen == truth)[known].mean()) if known.any() else None for truth in (test, labels)),
            float(len(level)),
        )
        item = f"after gate layer {depth}" if depth else "before all gates"
        facts += row(material.name, material.layer, REGIONS, item, REGION_METRICS, values)
    leaves, item = len(found.levels[-1]), "exact tree of regions, deepest known"
    return [*facts, *_facts(material, RIVALS, item, answer, leaves, count)]


def _facts(
    material: Material, table: str, item: str, answer: NDArray[np.integer], leaves: int, images: int = 0
) -> list[Fact]:
    values = (
        float((answer == material.decided[1]).mean()),
        float((answer == material.test.labels.numpy()).mean()),
        float(leaves),
        float(images or len(material.train)),
    )
    return row(material.name, material.layer, table, item, METRICS, values)


def network_itself(material: Material) -> list[Fact]:
    """What the trees are compared with."""
    return _facts(material, RIVALS, "the network itself", material.decided[1], 0)
