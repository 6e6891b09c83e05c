"""What a worker computes for the page Whole network: the tree for a layer, and the forests behind it."""

from dataclasses import dataclass, replace
from functools import lru_cache
from typing import TYPE_CHECKING

import numpy as np
import torch
from language.mark import mark
from numpy.typing import NDArray
from torch import Tensor
from work.digits import pixels
from work.networks import Source, module
from work.reporting import report

if TYPE_CHECKING:  # scikit-learn takes seconds to import, and the page's own process does without it
    from openbox.cnn_inte.interpreter import MetaTree

Numbers = NDArray[np.int64]
TREES = 40  # of a forest
NEAREST = 6  # training digits that stand for a cluster


@dataclass(frozen=True, eq=False)
class Hidden:
    """Of one split: the last hidden layer's activations (N, D), and the network's decisions (N,)."""

    values: NDArray[np.floating]
    decided: Numbers


@dataclass(frozen=True, eq=False)
class GroupOfDigits:
    """A cluster on one factor: how many training digits, and those nearest to its centre (n, 1, 8, 8), with
    their numbers."""

    members: int
    nearest: Tensor
    places: list[int]


@dataclass(frozen=True)
class TreeNode:
    """The factor and the cluster that a node asks for, counted from 1, and the nodes below it for no and for
    yes. A leaf asks for none: it has the ``name`` of its class, and a ``share`` of the digits, in percent."""

    asks: tuple[int, int] | None
    children: tuple[int, ...] = ()
    name: str = ""
    share: float = 0.0


@dataclass(frozen=True, eq=False)
class Grown:
    """What the tree makes of the test digits.

    ``decided`` by the network, ``answers`` of the tree, ``plain`` of a tree on pixels, (N,) each. ``found``
    (N, factors): the clusters that the forests say. ``ways``: of each digit, the nodes from root to leaf.
    ``dot``: the tree in Graphviz's language, ``nodes`` the same to draw it without. ``features`` of each
    factor, ``groups`` by factor and cluster; ``layer``: the module whose activations they are.
    """

    decided: Numbers
    answers: Numbers
    plain: Numbers
    found: Numbers
    ways: list[list[int]]
    dot: str
    nodes: list[TreeNode]
    features: list[int]
    groups: list[list[GroupOfDigits]]
    layer: str


def grown(source: Source, factors: int, clusters: int, leaves: int, reads: str) -> Grown:
    """The tree of these settings on the training digits."""
    from sklearn.tree import DecisionTreeClassifier

    from openbox.cnn_inte.hidden import last_hidden
    from openbox.cnn_inte.interpreter import grow

    train, test = _hidden(source, True), _hidden(source, False)
    forests, known, found = _forests(source, factors, clusters, reads)
    settings = replace(forests.settings, leaves=leaves)
    meta = replace(forests, settings=settings, tree=grow(known, train.decided, settings))
    plain = DecisionTreeClassifier(max_leaf_nodes=leaves, random_state=0).fit(_raw(True), train.decided)
    return Grown(
        test.decided, meta.predict(found), plain.predict(_raw(False)).astype(np.int64), found,
        [meta.way(one) for one in found], _described(meta), _nodes(meta),
        [int((meta.features == factor).sum()) for factor in range(meta.factors)],
        _groups(meta, train.values, known), last_hidden(module(source)),
    )  # fmt: skip


@lru_cache(maxsize=2)
def _forests(source: Source, factors: int, clusters: int, reads: str) -> tuple["MetaTree", Numbers, Numbers]:
    """All but the tree, which is quick to grow anew; the clusters (N, factors) of training digits by k-means,
    and of test digits by the forests."""
    from openbox.cnn_inte.interpreter import MetaSettings, fit_meta_tree

    train, test = _hidden(source, True), _hidden(source, False)
    inputs = (_raw(True), _raw(False)) if reads == "pixels" else (train.values, test.values)
    settings = MetaSettings(factors, clusters, trees=TREES)

    def tell(done: int, of: int) -> None:
        report(done / of, mark("growing a forest for each factor"))

    meta = fit_meta_tree(train.values, inputs[0], train.decided, settings, tell)
    return meta, meta.true_clusters(train.values), meta.clusters(inputs[1])


@lru_cache(maxsize=2)
def _hidden(source: Source, train: bool) -> Hidden:
    from openbox.cnn_inte.hidden import activations, last_hidden

    model, x = module(source), pixels(train)
    with torch.no_grad():
        decided = model(x).argmax(1).numpy()
    return Hidden(activations(model, last_hidden(model), x).numpy(), decided)


def _raw(train: bool) -> NDArray[np.floating]:
    return pixels(train).flatten(1).numpy()


def _described(meta: "MetaTree") -> str:
    from sklearn.tree import export_graphviz

    count = meta.settings.clusters
    names = [f"factor {f + 1} in cluster {c + 1}?" for f in range(meta.factors) for c in range(count)]
    text = export_graphviz(
        meta.tree, feature_names=names, class_names=[str(label) for label in meta.tree.classes_],
        impurity=False, rounded=True, label="none", proportion=True, fontname="sans-serif",
    )  # fmt: skip
    return str(text)


def _nodes(meta: "MetaTree") -> list[TreeNode]:
    tree, names = meta.tree.tree_, meta.tree.classes_
    nodes: list[TreeNode] = []
    for node, (left, right) in enumerate(zip(tree.children_left, tree.children_right, strict=True)):
        if left == right:
            share = 100 * tree.n_node_samples[node] / tree.n_node_samples[0]
            name = str(names[tree.value[node][0].argmax()])
            nodes.append(TreeNode(None, name=name, share=float(share)))
        else:
            factor, cluster = divmod(int(tree.feature[node]), meta.settings.clusters)
            nodes.append(TreeNode((factor + 1, cluster + 1), (int(left), int(right))))
    return nodes


def _groups(meta: "MetaTree", hidden: NDArray[np.floating], known: Numbers) -> list[list[GroupOfDigits]]:
    """By factor and cluster."""
    groups: list[list[GroupOfDigits]] = []
    for factor, model in enumerate(meta.centres):
        columns, here = hidden[:, meta.features == factor], list[GroupOfDigits]()
        for cluster, centre in enumerate(model.cluster_centers_):
            members = np.flatnonzero(known[:, factor] == cluster)
            far = ((columns[members] - centre) ** 2).sum(1)
            nearest = members[far.argsort(kind="stable")[:NEAREST]]
            pictures = pixels(True)[torch.from_numpy(nearest)]
            here.append(GroupOfDigits(len(members), pictures, nearest.tolist()))
        groups.append(here)
    return groups
