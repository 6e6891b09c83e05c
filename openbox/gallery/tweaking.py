"""What to change so that a forest decides otherwise (Tolomei, Silvestri, Haines, Lalmas, KDD 2017)."""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from sklearn.ensemble import RandomForestClassifier
from sklearn.tree import DecisionTreeClassifier

from openbox.errors import InputError, named


@dataclass(frozen=True, eq=False)
class Tweak:
    """``point`` (d,), the nearest candidate that the forest puts into the wanted class, and its ``cost``,
    the l2 distance; ``candidates`` were tried, ``valid`` of them changed the decision."""

    point: np.ndarray
    cost: float
    candidates: int
    valid: int


@named("tweak")
def tweak(forest: RandomForestClassifier, x: np.ndarray, wanted: int, epsilon: float = 0.05) -> Tweak | None:
    """Move x (d,) by ``epsilon`` past the thresholds of each path that ends in ``wanted`` (Algorithm 1).

    Every leaf of every tree whose vote is the class ``wanted`` gives one candidate: x with the features of
    its path moved just inside. Of those that the whole forest then puts into ``wanted``, the cheapest; None
    where no candidate does. Not the nearest change there is: only one path is followed at a time.
    """
    classes = list(forest.classes_)
    if wanted not in classes:
        raise InputError(f"wanted is {wanted!r}; the classes are {classes}")
    found = [
        candidate
        for tree in forest.estimators_
        for candidate in _candidates(tree, x, classes.index(wanted), epsilon)
    ]
    if not found:
        return None
    points = np.stack(found)
    valid = forest.predict(points) == wanted
    costs = np.linalg.norm(points - x, axis=1)
    if not valid.any():
        return None
    best = int(np.where(valid, costs, np.inf).argmin())
    return Tweak(points[best], float(costs[best]), len(points), int(valid.sum()))


def _candidates(
    tree: DecisionTreeClassifier, x: np.ndarray, wanted: int, epsilon: float
) -> Iterator[np.ndarray]:
    """x moved into each leaf of the tree that votes for ``wanted``."""
    inner = tree.tree_
    waiting: list[tuple[int, np.ndarray, np.ndarray]] = [
        (0, np.full(len(x), -np.inf), np.full(len(x), np.inf))
    ]
    while waiting:
        node, low, high = waiting.pop()  # the box of the node: low < x <= high
        if inner.children_left[node] < 0:
            if int(inner.value[node][0].argmax()) == wanted:
                yield _inside(x, low, high, epsilon)
            continue
        feature, threshold = inner.feature[node], inner.threshold[node]
        left, right = high.copy(), low.copy()
        left[feature] = min(high[feature], threshold)
        right[feature] = max(low[feature], threshold)
        waiting += [(inner.children_left[node], low, left), (inner.children_right[node], right, high)]


def _inside(x: np.ndarray, low: np.ndarray, high: np.ndarray, epsilon: float) -> np.ndarray:
    """x with each feature that lies outside of low < x <= high moved in by ``epsilon``, or half the way."""
    step = np.minimum(epsilon, (high - low) / 2)
    moved = np.where(x <= low, low + step, x)
    return np.where(moved > high, high - step, moved)
