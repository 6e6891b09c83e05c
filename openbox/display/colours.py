"""Maps to colours (uint8 RGB arrays), alike in the app and in a notebook.

Signed maps are diverging, symmetric around zero: red supports, blue opposes, zero is the same near-white
in every map. Unsigned maps run from that near-white to purple, so that nobody reads a sign into them.
"""

import numpy as np
from torch import Tensor

SUMMED_UNITS = ("logits", "logits per unit of the pixel")  # additive over the channels of a pixel
PERCENTILE = 99.9
CENTRE = (247, 247, 247)
_OPPOSES = ((5, 48, 97), (33, 102, 172), (103, 169, 207))
_SUPPORTS = ((244, 149, 104), (202, 62, 33), (122, 17, 12))
DIVERGING = np.array([*_OPPOSES, CENTRE, *_SUPPORTS], dtype=float)  # at -1, -2/3, .. +1
SEQUENTIAL = np.array([CENTRE, (188, 179, 219), (119, 88, 176), (63, 0, 125)], dtype=float)


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
    return coloured((position + 1) / 2, DIVERGING)


def sequential(plane: np.ndarray, limit: float) -> np.ndarray:
    """Colour an unsigned map (H, W): 0 is the centre colour, ``limit`` the darkest purple."""
    position = np.clip(plane / limit, 0, 1) if limit > 0 else np.zeros_like(plane)
    return coloured(position, SEQUENTIAL)


def coloured(position: np.ndarray, stops: np.ndarray) -> np.ndarray:
    """Positions in [0, 1] of any shape to colours between the ``stops`` (S, 3): (..., 3)."""
    grid = np.linspace(0, 1, len(stops))
    channels = [np.interp(position, grid, stops[:, channel]) for channel in range(3)]
    return np.round(np.stack(channels, -1)).astype(np.uint8)
