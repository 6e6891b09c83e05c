"""Scikit-learn's digits, which come with the package, as a worker holds them."""

from functools import lru_cache

from torch import Tensor

from openbox.zoo.data import load
from openbox.zoo.data.images import Images


@lru_cache(maxsize=2)
def digits(train: bool) -> Images:
    """One split."""
    return load("digits", train=train)


def pixels(train: bool) -> Tensor:
    """All of a split (N, 1, 8, 8)."""
    return digits(train).batch(slice(None))


def one(index: int) -> Tensor:
    """One test digit (1, 1, 8, 8)."""
    return digits(False).batch(slice(index, index + 1))
