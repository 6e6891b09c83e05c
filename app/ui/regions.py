"""The strongest square regions of a map, for the table that says in words what the colours show."""

from dataclasses import dataclass

import numpy as np


@dataclass(frozen=True)
class Square:
    """Rows ``top`` to ``top + side - 1``, the same for columns, and the value of the map there."""

    top: int
    left: int
    side: int
    value: float


def side_for(height: int, width: int) -> int:
    """Squares of 4x4 pixels on 28x28 or 32x32 pictures, smaller on smaller ones."""
    return max(1, min(height, width) // 7)


def strongest(plane: np.ndarray, summed: bool, count: int = 3) -> tuple[list[Square], list[Square]]:
    """The ``count`` squares with the largest positive and the most negative values of a map (H, W).

    The value of a square is the sum of its pixels where the map is ``summed``, else their mean.
    """
    height, width = plane.shape
    side = side_for(height, width)
    whole = np.sum if summed else np.mean
    regions = [
        Square(top, left, side, float(whole(plane[top : top + side, left : left + side])))
        for top in range(0, height, side)
        for left in range(0, width, side)
    ]
    ordered = sorted(regions, key=lambda region: region.value)
    supporting = [region for region in ordered[::-1][:count] if region.value > 0]
    opposing = [region for region in ordered[:count] if region.value < 0]
    return supporting, opposing
