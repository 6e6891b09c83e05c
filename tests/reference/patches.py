"""Images to columns of patches and back, patch by patch."""

from typing import Any

import numpy as np

from reference.dense import Dense, handles, several


def _places(size: Any, kernel: Any, dilation: Any, padding: Any, stride: Any) -> list[list[list[int]]]:
    """For each axis and each patch the rows that it covers, padding included."""
    result = []
    for a in range(2):
        side, spread, step = several(kernel, 2)[a], several(dilation, 2)[a], several(stride, 2)[a]
        count = (size[a] + 2 * several(padding, 2)[a] - spread * (side - 1) - 1) // step + 1
        result.append([[i * step + k * spread for k in range(side)] for i in range(count)])
    return result


@handles("unfold")
def unfold(x: Dense, *args: Any, **kwargs: Any) -> Dense:
    """F.unfold (kernel_size, dilation, padding, stride) or Tensor.unfold (dimension, size, step)."""
    if (len(args) == 3 and x.ndim != 4) or "dimension" in kwargs:
        return _unfold_axis(x, *args, **kwargs)
    return _unfold_image(x, *args, **kwargs)


def _unfold_axis(x: Dense, dimension: int, size: int, step: int) -> Dense:
    axis = dimension % x.ndim
    starts = range(0, x.shape[axis] - size + 1, step)
    windows = [np.moveaxis(x.maps.take(range(s, s + size), axis), axis, -2) for s in starts]
    return x.new(np.stack(windows, axis))


def _unfold_image(x: Dense, kernel_size: Any, dilation: Any = 1, padding: Any = 0, stride: Any = 1) -> Dense:
    rows, columns = _places(x.shape[2:], kernel_size, dilation, padding, stride)
    top, left = several(padding, 2)
    padded = np.pad(x.maps, ((0, 0), (0, 0), (top, top), (left, left), (0, 0)))
    patches = [padded[:, :, r][:, :, :, c].reshape(1, -1, x.maps.shape[-1]) for r in rows for c in columns]
    return x.new(np.stack(patches, 2))


@handles("fold")
def fold(x: Dense, output_size: Any, kernel_size: Any, dilation: Any = 1, padding: Any = 0,
         stride: Any = 1) -> Dense:  # fmt: skip
    height, width = several(output_size, 2)
    (top, left), sides = several(padding, 2), several(kernel_size, 2)
    rows, columns = _places((height, width), kernel_size, dilation, padding, stride)
    patches = x.maps.reshape(1, -1, *sides, *x.maps.shape[2:])
    full = np.zeros((1, patches.shape[1], height + 2 * top, width + 2 * left, x.maps.shape[-1]))
    for number, (r, c) in enumerate((r, c) for r in rows for c in columns):
        for a, b in np.ndindex(*sides):
            full[:, :, r[a], c[b]] += patches[:, :, a, b, number]
    return x.new(full[:, :, top : top + height, left : left + width])
