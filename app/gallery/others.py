"""What a worker computes for the Gallery about models that no capture opens: a forest, patients, a reader.

The page's own process holds the answers only: what takes seconds to import is imported where it is used.
"""

from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING

import numpy as np
from torch import Tensor
from work.digits import digits, one, pixels

from openbox.gallery.shipped import attention_file
from openbox.zoo.data import load_titles

if TYPE_CHECKING:
    from sklearn.ensemble import RandomForestClassifier

    from openbox.gallery.attention import AttentionReader

TREES, DEPTH = 15, 8  # few, as in the paper: one path must turn the vote of most of them
EPSILON = 0.3  # how far past a threshold; with a twentieth most changes turn too few trees
STEEPEST = 5  # patients for whom the free model falls most


@dataclass(frozen=True, eq=False)
class ForestChange:
    """A forest's ``vote`` on a digit, its test ``accuracy``; the digit moved (1, 1, 8, 8) so that it votes as
    wanted, None where no path does so, and how far; ``candidates`` were tried, ``valid`` turn the vote."""

    vote: int
    accuracy: float
    point: Tensor | None = None
    cost: float = 0.0
    candidates: int = 0
    valid: int = 0


def forest_change(index: int, wanted: int) -> ForestChange:
    """What a random forest on the training digits says, and its tweak where it says otherwise."""
    from openbox.gallery.tweaking import tweak

    (forest, accuracy), x = _forest(), one(index)
    vote = int(forest.predict(x.flatten(1).numpy())[0])
    tweaked = None if vote == wanted else tweak(forest, x.flatten().numpy(), wanted, EPSILON)
    if tweaked is None:
        return ForestChange(vote, accuracy)
    point = x.new_tensor(tweaked.point).view(x.shape)
    return ForestChange(vote, accuracy, point, tweaked.cost, tweaked.candidates, tweaked.valid)


@lru_cache(maxsize=1)
def _forest() -> tuple["RandomForestClassifier", float]:
    from sklearn.ensemble import RandomForestClassifier

    rows, others = (pixels(train).flatten(1).numpy() for train in (True, False))
    grown = RandomForestClassifier(TREES, max_depth=DEPTH, random_state=0).fit(
        rows, digits(True).labels.numpy()
    )
    return grown, float(grown.score(others, digits(False).labels.numpy()))


@dataclass(frozen=True, eq=False)
class Sweep:
    """One feature of patients: its ``values`` (S,), the predictions (P, S) of the free and of the constrained
    model, for the ``patients`` whom the free one serves worst; in what share of all steps each falls."""

    patients: list[int]
    values: np.ndarray
    free: np.ndarray
    held: np.ndarray
    fell: tuple[float, float]
    r2: tuple[float, float]


def sweep(feature: str) -> Sweep:
    """The free and the constrained model of the patients."""
    from openbox.gallery.monotone import compare_models

    found = compare_models()
    values, free, held = found.curves[feature]
    shown = np.argsort(np.diff(free).min(1))[:STEEPEST]
    return Sweep(shown.tolist(), values, free[shown], held[shown], found.violations[feature], found.r2)


@dataclass(frozen=True, eq=False)
class AttendedTitle:
    """Each word's share of attention, and the size of its ``gradient`` (T,); the ``answer``; Kendall's
    ``tau`` of the two here and on average; the reader's test ``accuracy``."""

    words: tuple[str, ...]
    attention: Tensor
    gradient: Tensor
    answer: str
    tau: float
    mean_tau: float
    accuracy: float


def attended(title: str) -> AttendedTitle:
    """Raises ``CheckpointError``."""
    from openbox.gallery.attention import attend

    reader, accuracy, mean = _reader()
    found = attend(reader, title)
    return AttendedTitle(
        found.words, found.attention, found.gradient, found.answer, found.tau, mean, accuracy
    )


@lru_cache(maxsize=1)
def _reader() -> tuple["AttentionReader", float, float]:
    """The reader that attends, its test accuracy, mean tau on invented titles."""
    from openbox.gallery.attention import load_reader, mean_tau

    reader, accuracy = load_reader(attention_file())
    return reader, accuracy, mean_tau(reader, load_titles("titles").texts)
