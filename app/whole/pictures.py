"""Digits on the page Whole network, and the choice of one."""

import numpy as np
import streamlit as st
from torch import Tensor
from ui import figures

from whole import kept

SIZE = 130  # pixels of a digit on the screen


def choose_digit() -> int:
    """A test digit by its number."""
    count = len(kept.digits())
    return int(
        st.number_input("Test digit", 0, count - 1, 7, key="whole_digit", bind="query-params", width=SIZE)
    )


def pixels(index: int) -> Tensor:
    """A test digit (1, 8, 8)."""
    return kept.digits().batch(slice(index, index + 1))[0]


def large(pixels: Tensor, width: int) -> np.ndarray:
    """A digit (1, 8, 8) as a picture."""
    return figures.enlarge(figures.photograph(pixels), width)


def show(pixels: Tensor, width: int) -> None:
    """A digit (1, 8, 8) on the page."""
    st.image(large(pixels, width), width=width, output_format="PNG", alt="a handwritten digit")
