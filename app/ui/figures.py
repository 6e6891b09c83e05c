"""Tensors to pictures (uint8 RGB arrays): pure functions, no Streamlit, nothing is computed here that an
explainer should compute. The colours of maps are those of ``openbox.display.colours``.
"""

import numpy as np
from torch import Tensor

from openbox.display.colours import CENTRE as CENTRE
from openbox.display.colours import DIVERGING as DIVERGING
from openbox.display.colours import PERCENTILE as PERCENTILE
from openbox.display.colours import SEQUENTIAL as SEQUENTIAL
from openbox.display.colours import SUMMED_UNITS as SUMMED_UNITS
from openbox.display.colours import diverging as diverging
from openbox.display.colours import limit as limit
from openbox.display.colours import plane as plane
from openbox.display.colours import sequential as sequential

SIDE = 448  # of an enlarged picture, twice what it has on the screen
BORDER = (150, 150, 150)


def photograph(x: Tensor) -> np.ndarray:
    """An image (1 or 3, H, W) with pixels in [0, 1] as an RGB array (H, W, 3)."""
    pixels = np.round(x.detach().cpu().clamp(0, 1).double().numpy() * 255).astype(np.uint8)
    return np.ascontiguousarray(np.broadcast_to(pixels, (3, *pixels.shape[1:])).transpose(1, 2, 0))


def enlarge(picture: np.ndarray, side: int = SIDE) -> np.ndarray:
    """Repeat every pixel until the picture is at least ``side`` wide: nearest neighbour, no smoothing."""
    factor = max(1, -(-side // picture.shape[1]))
    return picture.repeat(factor, axis=0).repeat(factor, axis=1)


def with_borders(large: np.ndarray, segments: np.ndarray) -> np.ndarray:
    """Draw the borders between patches into an enlarged picture; segments (H, W) are in its own pixels."""
    factor = large.shape[0] // segments.shape[0]
    labels = segments.repeat(factor, axis=0).repeat(factor, axis=1)
    border = np.zeros(labels.shape, bool)
    border[1:] |= labels[1:] != labels[:-1]
    border[:, 1:] |= labels[:, 1:] != labels[:, :-1]
    framed = large.copy()
    framed[border] = BORDER
    return framed


def blank(height: int, width: int) -> np.ndarray:
    """What stands where a map will come: a light grey picture (height, width, 3)."""
    return np.full((height, width, 3), 236, np.uint8)


def gradient(signed: bool) -> str:
    """The colour scale as a CSS gradient from left (opposes, or zero) to right."""
    stops = DIVERGING if signed else SEQUENTIAL
    colours = ", ".join("rgb({:.0f},{:.0f},{:.0f})".format(*stop) for stop in stops)
    return f"linear-gradient(to right, {colours})"
