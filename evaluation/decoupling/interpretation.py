"""Interpretation: what paths say of classes, and what is lost where the path of one class is cut."""

import torch
from sklearn.metrics import mutual_info_score
from torch import Tensor

from openbox.decoupling.classes import SHARE, class_contrast, strongest
from openbox.decoupling.gated import gated_layers
from openbox.decoupling.paths import cut_path

from ..whole.facts import Fact
from ..whole.images import logits, pixels
from .subject import DecoupledSubject, path_vectors

TABLE, LAYERS = "classes", "layers"
METRICS = ("filters", "own accuracy", "own accuracy cut", "others' accuracy", "others' accuracy cut")
LAYER_METRICS = ("information", "at most", "masks")
MORE = 0.5  # a filter belongs to a class that uses it this much more often than the others do on average


def interpretation(subject: DecoupledSubject) -> list[Fact]:
    """The path of a class is found on training images, what cutting it costs is measured on test images.

    By layer: the mutual information of mask and class in bits, beside the most that there can be, the
    entropy of the classes; each mask counts as one symbol, so that with few images it is too high.
    """
    x, labels = pixels(subject.test), subject.test.labels
    layers = gated_layers(subject.network)
    sizes = [layer.filters for layer in layers.values()]
    facts: list[Fact] = []
    for name, masks in zip(layers, path_vectors(subject.network, x).split(sizes, 1), strict=True):
        codes = symbols(masks)
        values = information(codes, labels), information(labels, labels), float(codes.max()) + 1
        facts += subject.row(LAYERS, name, LAYER_METRICS, values)
    contrast = class_contrast(path_vectors(subject.network, pixels(subject.train)), subject.train.labels)
    whole = logits(subject.network, x).argmax(1) == labels
    for number, name in enumerate(subject.test.classes):
        off = strongest(contrast[number], SHARE)
        parts = dict(zip(layers, off.split(sizes), strict=True))
        cut = logits(cut_path(subject.network, parts), x).argmax(1) == labels
        own = labels == number
        values = (
            float((contrast[number] > MORE).sum()),
            *(float(right[of].double().mean()) for of in (own, ~own) for right in (whole, cut)),
        )
        facts += subject.row(TABLE, str(name), METRICS, values)
    return facts


def symbols(masks: Tensor) -> Tensor:
    """The number of each row (N,) among the different rows of bool (N, filters)."""
    return torch.unique(masks, dim=0, return_inverse=True)[1]


def information(one: Tensor, other: Tensor) -> float:
    """The mutual information of two columns of symbols (N,), in bits: that of their joint frequencies."""
    return float(mutual_info_score(one.numpy(), other.numpy()) / torch.log(torch.tensor(2.0)))
