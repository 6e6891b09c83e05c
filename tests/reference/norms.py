"""Normalisations by running statistics: a scale and a shift for each channel."""

from typing import Any

import numpy as np

from reference.arithmetic import add, mul
from reference.dense import Dense, array, handles


def _normalise(x: Dense, mean: Any, var: Any, weight: Any, bias: Any, eps: float) -> Dense:
    tail = (1,) * (x.ndim - 2)
    scale = 1 / np.sqrt(array(var) + eps) * (1 if weight is None else array(weight))
    shift = -array(mean) * scale + (0 if bias is None else array(bias))
    return add(mul(x, scale.reshape(-1, *tail)), shift.reshape(-1, *tail))


@handles("batch_norm")
def batch_norm(x: Dense, mean: Any, var: Any, weight: Any = None, bias: Any = None, training: bool = False,
               momentum: float = 0.1, eps: float = 1e-5) -> Dense:  # fmt: skip
    assert not training
    return _normalise(x, mean, var, weight, bias, eps)


@handles("instance_norm")
def instance_norm(x: Dense, running_mean: Any = None, running_var: Any = None, weight: Any = None,
                  bias: Any = None, use_input_stats: bool = True, momentum: float = 0.1,
                  eps: float = 1e-5) -> Dense:  # fmt: skip
    assert not use_input_stats
    return _normalise(x, running_mean, running_var, weight, bias, eps)
