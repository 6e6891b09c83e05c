"""Convolutions and transposed convolutions in any number of dimensions, output by output."""

from typing import Any

import numpy as np

from reference.arithmetic import add
from reference.dense import Dense, array, handles, several


def _with_bias(x: Dense, bias: Any) -> Dense:
    return x if bias is None else add(x, array(bias).reshape(-1, *(1,) * (x.ndim - 2)))


@handles("conv1d", "conv2d", "conv3d")
def convolve(x: Dense, weight: Any, bias: Any = None, stride: Any = 1, padding: Any = 0, dilation: Any = 1,
             groups: int = 1) -> Dense:  # fmt: skip
    kernel = array(weight)
    outputs, per_group, *sides = kernel.shape
    axes = range(len(sides))
    step, spread = several(stride, len(sides)), several(dilation, len(sides))
    spans = [spread[a] * (sides[a] - 1) for a in axes]
    if padding == "same":
        before_after = [(span // 2, span - span // 2) for span in spans]
    else:
        before_after = [(p, p) for p in several(0 if padding == "valid" else padding, len(sides))]
    padded = np.pad(x.maps, ((0, 0), (0, 0), *before_after, (0, 0)))
    sizes = [(padded.shape[2 + a] - spans[a] - 1) // step[a] + 1 for a in axes]
    result = np.zeros((1, outputs, *sizes, x.maps.shape[-1]))
    for group in range(groups):
        chosen = slice(group * outputs // groups, (group + 1) * outputs // groups)
        inputs = padded[0, group * per_group : (group + 1) * per_group]
        for place in np.ndindex(*sizes):
            window = tuple(
                slice(place[a] * step[a], place[a] * step[a] + spans[a] + 1, spread[a]) for a in axes
            )
            patch = inputs[(slice(None), *window)]
            result[(0, chosen, *place)] = np.tensordot(kernel[chosen], patch, kernel.ndim - 1)
    return _with_bias(x.new(result), bias)


@handles("conv_transpose1d", "conv_transpose2d", "conv_transpose3d")
def convolve_transposed(x: Dense, weight: Any, bias: Any = None, stride: Any = 1, padding: Any = 0,
                        output_padding: Any = 0, groups: int = 1, dilation: Any = 1) -> Dense:  # fmt: skip
    kernel = array(weight)
    inputs, per_group, *sides = kernel.shape
    axes = range(len(sides))
    step, spread = several(stride, len(sides)), several(dilation, len(sides))
    cut, extra = several(padding, len(sides)), several(output_padding, len(sides))
    sizes = [(n - 1) * step[a] + spread[a] * (sides[a] - 1) + 1 + extra[a] for a, n in enumerate(x.shape[2:])]
    full = np.zeros((1, per_group * groups, *sizes, x.maps.shape[-1]))
    for channel in range(inputs):
        group = channel // (inputs // groups)
        outputs = slice(group * per_group, (group + 1) * per_group)
        for place in np.ndindex(*x.shape[2:]):
            for offset in np.ndindex(*sides):
                target = tuple(place[a] * step[a] + offset[a] * spread[a] for a in axes)
                share = np.multiply.outer(
                    kernel[(channel, slice(None), *offset)], x.maps[(0, channel, *place)]
                )
                full[(0, outputs, *target)] += share
    inner = tuple(slice(cut[a], sizes[a] - cut[a]) for a in axes)
    return _with_bias(x.new(full[(slice(None), slice(None), *inner)]), bias)
