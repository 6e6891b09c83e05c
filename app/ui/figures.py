"""Tensors to coloured pictures (uint8 RGB arrays): pure functions, no Streamlit, nothing is computed here
that an explainer should compute.

Signed maps are diverging, symmetric around zero: red supports, blue opposes, zero is the same near-white
in every map. Unsigned maps run from that near-white to purple, so that nobody reads a sign into them.
"""

import numpy as np
from torch import Tensor

SUMMED_UNITS = ("logits", "logits per unit of the pixel")  # additive over the channels of a pixel
PERCENTILE = 99.9
SIDE = 448  # of an enlarged picture, twice what it has on the screen
CENTRE = (247, 247, 247)
_OPPOSES = ((5, 48, 97), (33, 102, 172), (103, 169, 207))
_SUPPORTS = ((244, 149, 104), (202, 62, 33), (122, 17, 12))
DIVERGING = np.array([*_OPPOSES, CENTRE, *_SUPPORTS], dtype=float)  # at -1, -2/3, .. +1
SEQUENTIAL = np.array([CENTRE, (188, 179, 219), (119, 88, 176), (63, 0, 125)], dtype=float)
BORDER = (150, 150, 150)


def plane(values: Tensor, unit: str) -> np.ndarray:
    """One number a pixel from a map (C, H, W): channels summed where the unit adds up, else averaged.

    LIME and Grad-CAM give every channel the same number, so that the average is that number.
    """
    map_ = values.detach().cpu().double().numpy()
    return map_.sum(0) if unit in SUMMED_UNITS else map_.mean(0)


def limit(plane: np.ndarray) -> float:
    """Where the colours end: the 99.9th percentile of |a|; 0.0 for a map that is zero everywhere."""
    reach = float(np.percentile(np.abs(plane), PERCENTILE))
    return reach if reach > 0 else float(np.abs(plane).max())


def diverging(plane: np.ndarray, limit: float) -> np.ndarray:
    """Colour a signed map (H, W) symmetrically: -limit is full blue, 0 the centre, +limit full red."""
    position = np.clip(plane / limit, -1, 1) if limit > 0 else np.zeros_like(plane)
    return _colour((position + 1) / 2, DIVERGING)


def sequential(plane: np.ndarray, limit: float) -> np.ndarray:
    """Colour an unsigned map (H, W): 0 is the centre colour, ``limit`` the darkest purple."""
    position = np.clip(plane / limit, 0, 1) if limit > 0 else np.zeros_like(plane)
    return _colour(position, SEQUENTIAL)


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


def icon(side: int = 32) -> np.ndarray:
    """The app's icon: an opened box, one half for and one half against."""
    ramp = np.linspace(-1, 1, 4)
    return enlarge(diverging(np.minimum.outer(ramp, ramp) + np.maximum.outer(ramp, ramp), 2.0), side)


def gradient(signed: bool) -> str:
    """The colour scale as a CSS gradient from left (opposes, or zero) to right."""
    stops = DIVERGING if signed else SEQUENTIAL
    colours = ", ".join("rgb({:.0f},{:.0f},{:.0f})".format(*stop) for stop in stops)
    return f"linear-gradient(to right, {colours})"


def _colour(position: np.ndarray, stops: np.ndarray) -> np.ndarray:
    grid = np.linspace(0, 1, len(stops))
    channels = [np.interp(position, grid, stops[:, channel]) for channel in range(3)]
    return np.round(np.stack(channels, -1)).astype(np.uint8)
