"""Square brackets: integers and slices first, as views, then index tensors and masks."""

from typing import Any

import numpy as np
import torch

from reference.dense import Dense, array, handles


def _two_steps(index: Any) -> tuple[tuple[Any, ...], tuple[Any, ...]]:
    """The basic part and the part with arrays: PyTorch, unlike NumPy, takes an integer for a slice."""
    basic, advanced = [], []
    for item in index if isinstance(index, tuple) else (index,):
        if isinstance(item, torch.Tensor | np.ndarray | list):
            chosen = np.asarray(array(item))
            basic += [slice(None)] * (chosen.ndim if chosen.dtype == bool else 1)
            advanced.append(chosen)
        else:
            basic.append(item)
            advanced += [] if isinstance(item, int) else [item if item is Ellipsis else slice(None)]
    end = () if any(item is Ellipsis for item in basic) else (Ellipsis,)
    return (*basic, *end, slice(None)), (*advanced, *end, slice(None))


@handles("__getitem__")
def get(x: Dense, index: Any) -> Dense:
    basic, advanced = _two_steps(index)
    part = x.maps[basic]
    return x.new(part[advanced] if any(isinstance(item, np.ndarray) for item in advanced) else part)


@handles("__setitem__")
def put(x: Dense, index: Any, value: Any) -> None:
    basic, advanced = _two_steps(index)
    x.maps[basic][advanced] = x.lift(value).maps
