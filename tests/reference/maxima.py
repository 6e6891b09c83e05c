"""Maxima and minima: of two values, and along axes; the first of equals wins."""

from typing import Any, NamedTuple

import numpy as np
import torch

from reference.arithmetic import first, where
from reference.dense import Dense, handles


class Best(NamedTuple):
    values: Dense
    indices: torch.Tensor


def winner_of(values: np.ndarray) -> tuple[int, float]:
    """The first index of the largest of ``values`` (n,), and its lead over the best of the others."""
    best = 0
    for index in range(1, len(values)):
        if values[index] > values[best]:
            best = index
    others = np.delete(values, best)
    return best, float(values[best] - others.max(initial=-np.inf))


def _of_two(a: Any, b: Any, sign: int) -> Dense:
    like = first(a, b)
    left, right = like.lift(a), like.lift(b)
    margins = sign * (left.value - right.value)
    like.trace.log(margins >= 0, margins)
    return where(margins >= 0, left, right)


def _along(x: Dense, dim: Any, keepdim: bool, sign: int) -> Best:
    reduced = sorted(axis % x.ndim for axis in ([dim] if isinstance(dim, int) else dim))
    kept = [axis for axis in range(x.ndim) if axis not in reduced]
    maps = x.maps.transpose(*kept, *reduced, x.ndim)
    maps = maps.reshape(*maps.shape[: len(kept)], -1, maps.shape[-1])
    indices = np.zeros(maps.shape[:-2], dtype=int)
    leads = np.zeros(indices.shape)
    result = np.zeros((*indices.shape, maps.shape[-1]))
    for unit in np.ndindex(*indices.shape):
        indices[unit], leads[unit] = winner_of(sign * maps[unit][:, -1])
        result[unit] = maps[unit][indices[unit]]
    if keepdim:
        indices, result = np.expand_dims(indices, reduced), np.expand_dims(result, reduced)
    x.trace.log(indices, leads)
    return Best(x.new(result), torch.from_numpy(indices))


@handles("maximum")
def maximum(a: Any, b: Any) -> Dense:
    return _of_two(a, b, 1)


@handles("minimum")
def minimum(a: Any, b: Any) -> Dense:
    return _of_two(a, b, -1)


@handles("amax")
def amax(x: Dense, dim: Any, keepdim: bool = False) -> Dense:
    return _along(x, dim, keepdim, 1).values


@handles("amin")
def amin(x: Dense, dim: Any, keepdim: bool = False) -> Dense:
    return _along(x, dim, keepdim, -1).values


@handles("max")
def largest(x: Any, dim: Any = None, keepdim: bool = False, *, other: Any = None) -> Any:
    if other is not None or not isinstance(dim, int):
        return maximum(x, dim if other is None else other)
    return _along(x, dim, keepdim, 1)


@handles("min")
def smallest(x: Any, dim: Any = None, keepdim: bool = False, *, other: Any = None) -> Any:
    if other is not None or not isinstance(dim, int):
        return minimum(x, dim if other is None else other)
    return _along(x, dim, keepdim, -1)
