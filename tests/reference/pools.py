"""Average and maximum pools in any number of dimensions, window by window."""

from collections.abc import Iterator
from typing import Any

import numpy as np
import torch

from reference.dense import Dense, handles, several
from reference.maxima import winner_of

Window = list[list[int]]  # for each axis the rows inside the image that the window covers


def _count(size: int, side: int, step: int, padding: int, dilation: int, ceil_mode: bool) -> int:
    span = size + 2 * padding - dilation * (side - 1) - 1
    count = -(-span // step) + 1 if ceil_mode else span // step + 1
    return count - 1 if ceil_mode and (count - 1) * step >= size + padding else count


def _adaptive(size: int, parts: int) -> list[list[int]]:
    return [list(range(i * size // parts, -(-(i + 1) * size // parts))) for i in range(parts)]


def _product(axes: list[list[list[int]]]) -> Iterator[tuple[tuple[int, ...], Window]]:
    for place in np.ndindex(*[len(axis) for axis in axes]):
        yield place, [axis[i] for axis, i in zip(axes, place, strict=True)]


def _max_pool(x: Dense, axes: list[list[list[int]]], return_indices: bool) -> Any:
    """Winners as the flat index into the plane."""
    winners = np.zeros((*x.shape[:2], *[len(axis) for axis in axes]), dtype=int)
    leads = np.zeros(winners.shape)
    maps = np.zeros((*winners.shape, x.maps.shape[-1]))
    for place, window in _product(axes):
        cells = [
            tuple(rows[i] for rows, i in zip(window, cell, strict=True))
            for cell in np.ndindex(*map(len, window))
        ]
        for n, c in np.ndindex(*x.shape[:2]):
            best, leads[(n, c, *place)] = winner_of(np.array([x.value[(n, c, *cell)] for cell in cells]))
            winners[(n, c, *place)] = np.ravel_multi_index(cells[best], x.shape[2:])
            maps[(n, c, *place)] = x.maps[(n, c, *cells[best])]
    x.trace.log(winners, leads)
    return (x.new(maps), torch.from_numpy(winners)) if return_indices else x.new(maps)


@handles("max_pool1d", "max_pool2d", "max_pool3d")
def max_pool(x: Dense, kernel_size: Any, stride: Any = None, padding: Any = 0, dilation: Any = 1,
             ceil_mode: bool = False, return_indices: bool = False) -> Any:  # fmt: skip
    axes = []
    for a, size in enumerate(x.shape[2:]):
        side, step, pad, spread = (
            several(v, x.ndim - 2)[a] for v in (kernel_size, stride or kernel_size, padding, dilation)
        )
        count = _count(size, side, step, pad, spread, ceil_mode)
        windows = [[i * step - pad + k * spread for k in range(side)] for i in range(count)]
        axes.append([[row for row in window if 0 <= row < size] for window in windows])
    return _max_pool(x, axes, return_indices)


def _adaptive_axes(x: Dense, output_size: Any) -> list[list[list[int]]]:
    parts = several(output_size, x.ndim - 2)
    return [_adaptive(size, part or size) for size, part in zip(x.shape[2:], parts, strict=True)]


@handles("max_pool1d_with_indices", "max_pool2d_with_indices", "max_pool3d_with_indices")
def max_pool_with_indices(x: Dense, kernel_size: Any, stride: Any = None, padding: Any = 0, dilation: Any = 1,
                          ceil_mode: bool = False, return_indices: bool = True) -> Any:  # fmt: skip
    return max_pool(x, kernel_size, stride, padding, dilation, ceil_mode, True)


@handles("adaptive_max_pool1d", "adaptive_max_pool2d", "adaptive_max_pool3d")
def adaptive_max_pool(x: Dense, output_size: Any, return_indices: bool = False) -> Any:
    return _max_pool(x, _adaptive_axes(x, output_size), return_indices)


def _mean(x: Dense, window: Window, divisor: int) -> np.ndarray:
    part = x.maps
    for axis, rows in enumerate(window):
        part = part.take(rows, 2 + axis)
    return part.sum(tuple(range(2, x.ndim))) / divisor


@handles("avg_pool1d", "avg_pool2d", "avg_pool3d")
def avg_pool(x: Dense, kernel_size: Any, stride: Any = None, padding: Any = 0, ceil_mode: bool = False,
             count_include_pad: bool = True, divisor_override: Any = None) -> Dense:  # fmt: skip
    axes, padded = [], []  # rows inside the image, and rows inside the image with its padding
    for a, size in enumerate(x.shape[2:]):
        side, step, pad = (several(v, x.ndim - 2)[a] for v in (kernel_size, stride or kernel_size, padding))
        count = _count(size, side, step, pad, 1, ceil_mode)
        windows = [range(i * step - pad, min(i * step - pad + side, size + pad)) for i in range(count)]
        padded.append([list(window) for window in windows])
        axes.append([[row for row in window if 0 <= row < size] for window in windows])
    maps = np.zeros((*x.shape[:2], *[len(axis) for axis in axes], x.maps.shape[-1]))
    for (place, window), (_, wide) in zip(_product(axes), _product(padded), strict=True):
        counted = int(np.prod([len(rows) for rows in (wide if count_include_pad else window)]))
        maps[(slice(None), slice(None), *place)] = _mean(x, window, divisor_override or counted)
    return x.new(maps)


@handles("adaptive_avg_pool1d", "adaptive_avg_pool2d", "adaptive_avg_pool3d")
def adaptive_avg_pool(x: Dense, output_size: Any) -> Dense:
    axes = _adaptive_axes(x, output_size)
    maps = np.zeros((*x.shape[:2], *[len(axis) for axis in axes], x.maps.shape[-1]))
    for place, window in _product(axes):
        divisor = int(np.prod([len(rows) for rows in window]))
        maps[(slice(None), slice(None), *place)] = _mean(x, window, divisor)
    return x.new(maps)
