"""What the page keeps between reruns: digits, activations, trees, the decoupled network and its paths."""

from dataclasses import dataclass

import numpy as np
import streamlit as st
import torch
from sklearn.tree import DecisionTreeClassifier
from torch import Tensor, nn

from openbox.cnn_inte.factors import Numbers, Values
from openbox.cnn_inte.hidden import activations, last_hidden
from openbox.cnn_inte.interpreter import MetaSettings, MetaTree, fit_meta_tree
from openbox.decoupling.classes import SHARE, class_contrast, strongest
from openbox.decoupling.gated import gated_layers
from openbox.decoupling.paths import cut_path, joined, paths
from openbox.decoupling.shipped import load_shipped
from openbox.zoo.checkpoints import load_checkpoint
from openbox.zoo.data import load
from openbox.zoo.data.images import Images

NETWORK = "digits-cnn-seed0"


@st.cache_resource(show_spinner=False)
def digits(train: bool) -> Images:
    """Scikit-learn's digits, which come with the package."""
    return load("digits", train=train)


def pixels(train: bool) -> Tensor:
    """All of them (N, 1, 8, 8)."""
    return digits(train).batch(slice(None))


@dataclass(frozen=True, eq=False)
class Layer:
    """The last hidden layer: name, activations (N, D) of both splits, the network's decisions (N,)."""

    name: str
    hidden: tuple[Values, Values]
    decided: tuple[Numbers, Numbers]


@st.cache_resource(show_spinner="Looking at the layer …")
def layer() -> Layer:
    """Raises ``CheckpointError``."""
    model = load_checkpoint(NETWORK).model
    name = last_hidden(model)
    both = pixels(True), pixels(False)
    with torch.no_grad():
        decided = [model(x).argmax(1).numpy() for x in both]
    hidden = [activations(model, name, x).numpy() for x in both]
    return Layer(name, (hidden[0], hidden[1]), (decided[0], decided[1]))


@dataclass(frozen=True, eq=False)
class Grown:
    """``meta`` with what it says: ``known`` clusters (N, factors) of training digits by k-means, ``found`` of
    test digits by the forests, its answers (N,) to these, and the same by a plain tree on pixels.
    """

    meta: MetaTree
    known: Numbers
    found: Numbers
    answers: Numbers
    plain: Numbers


@st.cache_resource(show_spinner="Growing forests …", max_entries=20)
def grown(factors: int, clusters: int, leaves: int, reads: str) -> Grown:
    """The tree of these settings on the training digits."""
    seen = layer()
    raw = [x.flatten(1).numpy() for x in (pixels(True), pixels(False))]
    inputs = raw if reads == "pixels" else seen.hidden
    settings = MetaSettings(factors, clusters, leaves, trees=40)
    meta = fit_meta_tree(seen.hidden[0], inputs[0], seen.decided[0], settings)
    found = meta.clusters(inputs[1])
    plain = DecisionTreeClassifier(max_leaf_nodes=leaves, random_state=0).fit(raw[0], seen.decided[0])
    known = meta.true_clusters(seen.hidden[0])
    return Grown(meta, known, found, meta.predict(found), plain.predict(raw[1]).astype(np.int64))


@dataclass(frozen=True, eq=False)
class Paths:
    """The network ``before`` and ``decoupled``; ``train``, ``test``: bool (N, filters), of the whole path."""

    before: nn.Module
    decoupled: nn.Module
    train: Tensor
    test: Tensor

    @property
    def contrast(self) -> Tensor:
        """(classes, filters): how much more often a class uses a filter than the others do."""
        return class_contrast(self.train, digits(True).labels)


@st.cache_resource(show_spinner="Following paths …")
def followed() -> Paths:
    """Raises ``CheckpointError``."""
    before, decoupled = load_shipped()
    train, test = (joined(paths(decoupled, pixels(part))) for part in (True, False))
    return Paths(before, decoupled, train, test)


@st.cache_data(show_spinner=False)
@torch.no_grad()
def cut_accuracy(label: int) -> tuple[float, float, float, float]:
    """Test accuracy of the class and of the others, before and after its path is cut."""
    found, truth = followed(), digits(False).labels
    off = strongest(found.contrast[label], SHARE)
    sizes = {name: layer.filters for name, layer in gated_layers(found.decoupled).items()}
    parts = dict(zip(sizes, off.split(list(sizes.values())), strict=True))
    x, own = pixels(False), truth == label
    right = [model(x).argmax(1) == truth for model in (found.decoupled, cut_path(found.decoupled, parts))]
    shares = [float(one[of].double().mean()) for of in (own, ~own) for one in right]
    return shares[0], shares[1], shares[2], shares[3]
