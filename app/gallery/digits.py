"""Digits on the page Gallery: the choice of one and of a class, rows of pictures."""

from collections.abc import Sequence

import numpy as np
import streamlit as st
from streamlit.delta_generator import DeltaGenerator
from torch import Tensor
from ui import figures

from gallery import kept
from openbox.zoo.checkpoints import read_card

SIZE = 150  # pixels of a digit on the screen


def choose_digit() -> int:
    """A test digit by its number."""
    most = len(kept.digits()) - 1
    return int(
        st.number_input("Test digit", 0, most, 7, key="gallery_digit", bind="query-params", width=SIZE)
    )


def choose_class(label: str, default: int, options: Sequence[int] = range(10)) -> int:
    """One of the options; the default, or the first, where there is no such choice."""
    start = options.index(default) if default in options else 0
    chosen = st.selectbox(
        label, options, start, key=f"gallery_{label.split()[0].lower()}", bind="query-params", width=SIZE
    )
    return chosen if chosen in options else options[start]


def large(x: Tensor) -> np.ndarray:
    """A digit (1, 1, 8, 8) as a picture."""
    return figures.enlarge(figures.photograph(x[0]))


def show(slot: DeltaGenerator, shown: Sequence[tuple[np.ndarray, str]], size: int = SIZE) -> None:
    """Pictures with their captions."""
    for picture, caption in shown:
        with slot, st.container(width=size + 20):
            st.image(picture, caption, width=size, output_format="PNG", alt=caption)


def network() -> dict[str, str]:
    """The network of the digits, for a file."""
    card = read_card(kept.NETWORK)
    return {"network": card.name, "network_sha256": card.sha256}
