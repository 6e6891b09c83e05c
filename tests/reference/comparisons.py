"""Comparisons: each logs what it says, and its answer is a constant from then on."""

from collections.abc import Callable
from typing import Any

import numpy as np
import torch

from reference.arithmetic import first
from reference.dense import handles


def compare(a: Any, b: Any, holds: Callable[[np.ndarray, np.ndarray], np.ndarray]) -> torch.Tensor:
    like = first(a, b)
    left, right = np.broadcast_arrays(like.lift(a).value, like.lift(b).value)
    like.trace.log(holds(left, right), left - right)
    return torch.from_numpy(holds(left, right))


@handles("gt", "greater", "__gt__")
def gt(a: Any, b: Any) -> torch.Tensor:
    return compare(a, b, np.greater)


@handles("ge", "greater_equal", "__ge__")
def ge(a: Any, b: Any) -> torch.Tensor:
    return compare(a, b, np.greater_equal)


@handles("lt", "less", "__lt__")
def lt(a: Any, b: Any) -> torch.Tensor:
    return compare(a, b, np.less)


@handles("le", "less_equal", "__le__")
def le(a: Any, b: Any) -> torch.Tensor:
    return compare(a, b, np.less_equal)
