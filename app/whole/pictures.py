"""Digits on the page Whole network."""

import streamlit as st
from language.catalogue import say
from torch import Tensor
from ui.digits import enlarged

SIZE = 130  # pixels of a digit on the screen
KEY = "whole_digit"  # of the chosen one, in the link


def show(pixels: Tensor, width: int) -> None:
    """A digit (1, 8, 8) on the page."""
    st.image(enlarged(pixels, width), width=width, output_format="PNG", alt=say("a handwritten digit"))
