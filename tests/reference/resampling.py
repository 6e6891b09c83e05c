"""Images at another size: interpolation axis by axis, grid sampling, channels to pixels and back."""

from typing import Any

import numpy as np

from reference.dense import Dense, array, handles, several
from reference.pools import adaptive_avg_pool


def _cubic(distance: float) -> float:
    a, t = -0.75, abs(distance)
    if t <= 1:
        return (a + 2) * t**3 - (a + 3) * t**2 + 1
    return a * t**3 - 5 * a * t**2 + 8 * a * t - 4 * a if t < 2 else 0.0


def _matrix(old: int, new: int, ratio: float, mode: str, align_corners: bool) -> np.ndarray:
    """(new, old): how much each old row counts for each new one; ``ratio`` is old rows per new row."""
    if mode.endswith("linear") and new == old:
        return np.eye(old)  # PyTorch copies then, even when the ratio is not one
    matrix = np.zeros((new, old))
    for row in range(new):
        if mode in ("nearest", "nearest-exact"):
            place = row * ratio if mode == "nearest" else (row + 0.5) * ratio
            matrix[row, min(int(place), old - 1)] = 1
            continue
        if align_corners:
            place = row * (old - 1) / (new - 1) if new > 1 else 0.0
        else:
            place = (row + 0.5) * ratio - 0.5
        if mode == "bicubic":
            for near in range(int(np.floor(place)) - 1, int(np.floor(place)) + 3):
                matrix[row, min(max(near, 0), old - 1)] += _cubic(place - near)
        else:
            place = max(place, 0.0)
            low = min(int(place), old - 1)
            matrix[row, low] += 1 - (place - low)
            matrix[row, min(low + 1, old - 1)] += place - low
    return matrix


@handles("interpolate")
def interpolate(x: Dense, size: Any = None, scale_factor: Any = None, mode: str = "nearest",
                align_corners: bool | None = None, recompute_scale_factor: Any = None,
                antialias: bool = False) -> Dense:  # fmt: skip
    assert not antialias
    assert not recompute_scale_factor
    count = x.ndim - 2
    factors = (scale_factor,) * count if isinstance(scale_factor, int | float) else scale_factor
    if size is None:
        sizes = [int(n * factor) for n, factor in zip(x.shape[2:], factors, strict=True)]
    else:
        sizes = several(size, count)
    if mode == "area":
        return adaptive_avg_pool(x, sizes)
    maps = x.maps
    for a, (old, new) in enumerate(zip(x.shape[2:], sizes, strict=True)):
        ratio = old / new if size is not None else 1 / factors[a]
        matrix = _matrix(old, new, ratio, mode, bool(align_corners))
        maps = np.moveaxis(np.tensordot(matrix, maps, (1, 2 + a)), 0, 2 + a)
    return x.new(maps)


@handles("grid_sample")
def grid_sample(x: Dense, grid: Any, mode: str = "bilinear", padding_mode: str = "zeros",
                align_corners: bool | None = None) -> Dense:  # fmt: skip
    assert (mode, padding_mode) == ("bilinear", "zeros")
    points, sizes = array(grid)[0], x.shape[2:]
    maps = np.zeros((*x.shape[:2], *points.shape[:-1], x.maps.shape[-1]))
    for place in np.ndindex(*points.shape[:-1]):
        position = [
            (p + 1) / 2 * (n - 1) if align_corners else ((p + 1) * n - 1) / 2
            for p, n in zip(points[place][::-1], sizes, strict=True)  # the grid counts x, y, z
        ]
        for corner in np.ndindex(*(2,) * len(sizes)):
            cell = [int(np.floor(p)) + c for p, c in zip(position, corner, strict=True)]
            if all(0 <= i < n for i, n in zip(cell, sizes, strict=True)):
                share = np.prod([1 - abs(p - i) for p, i in zip(position, cell, strict=True)])
                maps[(0, slice(None), *place)] += share * x.maps[(0, slice(None), *cell)]
    return x.new(maps)


@handles("pixel_shuffle")
def pixel_shuffle(x: Dense, upscale_factor: int) -> Dense:
    r, (_, channels, height, width) = upscale_factor, x.shape
    maps = np.zeros((1, channels // r**2, height * r, width * r, x.maps.shape[-1]))
    for c, i, j in np.ndindex(*maps.shape[1:4]):
        maps[0, c, i, j] = x.maps[0, c * r**2 + i % r * r + j % r, i // r, j // r]
    return x.new(maps)


@handles("pixel_unshuffle")
def pixel_unshuffle(x: Dense, downscale_factor: int) -> Dense:
    r, (_, channels, height, width) = downscale_factor, x.shape
    maps = np.zeros((1, channels * r**2, height // r, width // r, x.maps.shape[-1]))
    for c, i, j in np.ndindex(channels, height, width):
        maps[0, c * r**2 + i % r * r + j % r, i // r, j // r] = x.maps[0, c, i, j]
    return x.new(maps)


@handles("channel_shuffle")
def channel_shuffle(x: Dense, groups: int) -> Dense:
    each = x.shape[1] // groups
    return x.new(x.maps[:, [c % groups * each + c // groups for c in range(x.shape[1])]])
