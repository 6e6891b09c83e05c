"""Scikit-learn's test digits, which come with the package: the choice of one, and its picture."""

import numpy as np
import streamlit as st
from language.catalogue import say
from torch import Tensor

from openbox.zoo.data.images import Images
from ui import figures, loading


def test_digits() -> Images:
    """All of them, with their labels."""
    return loading.read_test_images("digits")


def digit(index: int) -> Tensor:
    """One of them (1, 1, 8, 8)."""
    return test_digits().batch(slice(index, index + 1))


def choose_digit(key: str, width: int) -> int:
    """One of them by its number, which stands in the link as ``key``."""
    most = len(test_digits()) - 1
    return int(st.number_input(say("Test digit"), 0, most, 7, key=key, bind="query-params", width=width))


def enlarged(pixels: Tensor, width: int = figures.SIDE) -> np.ndarray:
    """A digit (1, 8, 8) as a picture."""
    return figures.enlarge(figures.photograph(pixels), width)
