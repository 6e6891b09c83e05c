"""Digits on the page Gallery: the choice of a class, rows of pictures."""

from collections.abc import Sequence

import numpy as np
import streamlit as st
from language.catalogue import say
from streamlit.delta_generator import DeltaGenerator

from gallery import kept
from openbox.zoo.checkpoints import read_card

SIZE = 150  # pixels of a digit on the screen
KEY = "gallery_digit"  # of the chosen one, in the link


def choose_class(label: str, default: int, options: Sequence[int] = range(10)) -> int:
    """One of the options; the default, or the first, where there is no such choice. ``label`` is English: the
    name in the link is of it."""
    start = options.index(default) if default in options else 0
    chosen = st.selectbox(
        say(label), options, start, key=f"gallery_{label.split()[0].lower()}", bind="query-params",
        width=SIZE,
    )  # fmt: skip
    return chosen if chosen in options else options[start]


def show(slot: DeltaGenerator, shown: Sequence[tuple[np.ndarray, str]], size: int = SIZE) -> None:
    """Pictures with their captions."""
    for picture, caption in shown:
        with slot, st.container(width=size + 20):
            st.image(picture, caption, width=size, output_format="PNG", alt=caption)


def network() -> dict[str, str]:
    """The network of the digits, for a file."""
    card = read_card(kept.NETWORK)
    return {"network": card.name, "network_sha256": card.sha256}
