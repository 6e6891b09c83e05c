"""The strongest square regions of a map, for the table that says in words what the colours show."""

from dataclasses import dataclass

import numpy as np


@dataclass(frozen=True)
class Region:
    """Rows ``top`` to ``top + side - 1``, the same for columns, and the sum of the map over it."""

    top: int
    left: int
    side: int
    total: float


def side_for(height: int, width: int) -> int:
    """Squares of 4x4 pixels on 28x28 or 32x32 pictures, smaller on smaller ones."""
    return max(1, min(height, width) // 7)


def strongest(plane: np.ndarray, count: int = 3) -> tuple[list[Region], list[Region]]:
    """The ``count`` squares with the largest positive and the most negative sums of a map (H, W)."""
    height, width = plane.shape
    side = side_for(height, width)
    regions = [
        Region(top, left, side, float(plane[top : top + side, left : left + side].sum()))
        for top in range(0, height, side)
        for left in range(0, width, side)
    ]
    ordered = sorted(regions, key=lambda region: region.total)
    supporting = [region for region in ordered[::-1][:count] if region.total > 0]
    opposing = [region for region in ordered[:count] if region.total < 0]
    return supporting, opposing
