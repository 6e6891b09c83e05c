"""Similar images, one linear classifier: k merged pieces beside rivals of the same size."""

from collections.abc import Iterator

import numpy as np
import torch
from sklearn.linear_model import LogisticRegression
from sklearn.tree import DecisionTreeClassifier
from torch import Tensor

from openbox.errors import InputError
from openbox.similar.merging import merge
from openbox.similar.pieces import open_pieces
from openbox.similar.representative import represent, split_after_last_convolution
from openbox.similar.soft_tree import SoftTreeSettings, distil
from openbox.zoo.data import Images

from ..whole.facts import Fact, row
from ..whole.images import first
from .image_training import TrainedOnImages
from .subject import ModelSubject

MERGED, REGIONS = "similar", "representative"
MERGED_METRICS = ("size", "fidelity", "accuracy", "error")
REGION_METRICS = ("hyperplanes", "coverage", "precision", "class share")
BOUNDS = (0.0, 0.5, 1.0, 2.0, 3.0, 4.0, 6.0, 8.0, 12.0, 16.0)
DEPTHS = (1, 2, 3, 4, 5, 6)


def similar_facts(trained: TrainedOnImages) -> list[Fact]:
    """Fidelity to the network and accuracy on the test images; everything is learnt from training images."""
    sampling = trained.study.sampling
    train, test = first(trained.data(True), sampling.pieces), trained.data(False)
    subject = ModelSubject(trained.checkpoint().model, test, sampling)
    facts: list[Fact] = []
    for item, values in [*_merged(subject, train), *_rivals(subject, train)]:
        facts += row(trained.entry.name, trained.setting, MERGED, item, MERGED_METRICS, values)
    for item, values in _representative(subject, train):
        facts += row(trained.entry.name, trained.setting, REGIONS, item, REGION_METRICS, values)
    return facts


def _scores(subject: ModelSubject, answer: Tensor) -> tuple[float, float]:
    x = subject.x(len(subject.images))
    decided = subject.logits(x).argmax(1)
    return float((answer == decided).double().mean()), float(
        (answer == subject.images.labels).double().mean()
    )


def _merged(subject: ModelSubject, train: Images) -> Iterator[tuple[str, tuple[float, ...]]]:
    x = subject.x(len(subject.images))
    pieces = open_pieces(subject.net, train.batch(slice(None)))
    sizes: set[int] = set()
    for bound, merged in zip(BOUNDS, merge(pieces, BOUNDS), strict=True):
        if len(merged) not in sizes:
            sizes.add(len(merged))
            for by in ("prototype", "input"):
                answer = merged.logits(x, merged.route(x, by)).argmax(1)
                item = f"pieces within {bound:g}, by nearest {by}"
                yield item, (float(len(merged)), *_scores(subject, answer), merged.error)


def _rivals(subject: ModelSubject, train: Images) -> Iterator[tuple[str, tuple[float | None, ...]]]:
    x, seen = subject.x(len(subject.images)).flatten(1), train.batch(slice(None))
    logits = subject.logits(seen)
    flat, decided = seen.flatten(1), logits.argmax(1)
    regression = LogisticRegression(max_iter=500).fit(flat.numpy(), decided.numpy())
    answer = torch.from_numpy(np.asarray(regression.predict(x.numpy())))
    yield "logistic regression", (1.0, *_scores(subject, answer), None)
    for depth in DEPTHS:
        leaves = 2**depth
        tree = DecisionTreeClassifier(max_leaf_nodes=leaves, random_state=0).fit(
            flat.numpy(), decided.numpy()
        )
        answer = torch.from_numpy(np.asarray(tree.predict(x.numpy())))
        yield f"decision tree, {leaves} leaves", (float(leaves), *_scores(subject, answer), None)
        soft = distil(flat, logits.softmax(1), SoftTreeSettings(depth))
        yield f"soft tree, {leaves} leaves", (float(leaves), *_scores(subject, soft.predict(x)), None)


def _representative(subject: ModelSubject, train: Images) -> Iterator[tuple[str, tuple[float, ...]]]:
    """One region for the first image of each class, after the last convolution."""
    try:
        head, tail = split_after_last_convolution(subject.model)
    except InputError:  # a dense network has none
        return
    with torch.no_grad():
        z, other = (head(some) for some in (train.batch(slice(None)), subject.x(len(subject.images))))
        decided, theirs = tail(z).argmax(1), tail(other).argmax(1)
    for number, name in enumerate(train.classes):
        places = (decided == number).nonzero()
        if len(places):
            region = represent(tail, z, int(places[0]))
            inside, own = region.contains(other), theirs == number
            precision = float(own[inside].double().mean()) if bool(inside.any()) else float("nan")
            coverage = float(inside[own].double().mean())
            yield str(name), (float(len(region.a)), coverage, precision, float(own.double().mean()))
