"""Gates that look at one value each: thresholds (two pieces) and clamps (three)."""

from typing import Any

import numpy as np

from reference.arithmetic import add, mul, where
from reference.dense import Dense, array, handles


def threshold_gate(x: Dense, border: float, above: Any, below: Any) -> Dense:
    """On for a value above the border only."""
    on = x.value > border
    x.trace.log(on, x.value - border)
    return where(on, above, below)


@handles("relu")
def relu(x: Dense) -> Dense:
    return threshold_gate(x, 0.0, x, 0.0)


@handles("leaky_relu")
def leaky_relu(x: Dense, negative_slope: float = 0.01) -> Dense:
    return threshold_gate(x, 0.0, x, mul(x, negative_slope))


@handles("prelu")
def prelu(x: Dense, weight: Any) -> Dense:
    slopes = array(weight)
    if slopes.size > 1:
        slopes = slopes.reshape(-1, *(1,) * (x.ndim - 2))
    return threshold_gate(x, 0.0, x, mul(x, slopes))


@handles("rrelu")
def rrelu(x: Dense, lower: float = 1 / 8, upper: float = 1 / 3, training: bool = False) -> Dense:
    assert not training
    return leaky_relu(x, (lower + upper) / 2)


@handles("abs", "absolute", "__abs__")
def absolute(x: Dense) -> Dense:
    return threshold_gate(x, 0.0, x, -x)


@handles("threshold")
def threshold(x: Dense, threshold: float, value: float) -> Dense:
    return threshold_gate(x, threshold, x, value)


def clamp_gate(x: Dense, low: Any, high: Any, pieces: tuple[Any, Any, Any]) -> Dense:
    """Piece 0 up to low, 2 from high on, 1 between; where low > high there is no piece between."""
    value, low, high = np.broadcast_arrays(x.value, np.minimum(low, high), high)
    decision = np.where(value >= high, 2, np.where(value <= low, 0, 1))
    x.trace.log(decision, np.minimum(np.abs(value - low), np.abs(value - high)))
    return where(decision == 2, pieces[2], where(decision == 0, pieces[0], pieces[1]))


@handles("clamp", "clip")
def clamp(x: Dense, min: Any = None, max: Any = None) -> Dense:
    low = np.asarray(-np.inf if min is None else array(min), dtype=float)
    high = np.asarray(np.inf if max is None else array(max), dtype=float)
    below = np.where(np.isinf(low), 0.0, np.minimum(low, high))  # no 0 * infinity in the unused piece
    return clamp_gate(x, low, high, (x.lift(below), x, x.lift(np.where(np.isinf(high), 0.0, high))))


@handles("clamp_min")
def clamp_min(x: Dense, min: Any) -> Dense:
    return clamp(x, min, None)


@handles("clamp_max")
def clamp_max(x: Dense, max: Any) -> Dense:
    return clamp(x, None, max)


@handles("hardtanh")
def hardtanh(x: Dense, min_val: float = -1.0, max_val: float = 1.0) -> Dense:
    return clamp(x, min_val, max_val)


@handles("relu6")
def relu6(x: Dense) -> Dense:
    return clamp(x, 0.0, 6.0)


@handles("hardsigmoid")
def hardsigmoid(x: Dense) -> Dense:
    return clamp_gate(x, -3.0, 3.0, (x.lift(0.0), add(mul(x, 1 / 6), 0.5), x.lift(1.0)))


def _shrink(x: Dense, lambd: float, pull: float) -> Dense:
    value = x.value
    decision = np.where(value > lambd, 2, np.where(value < -lambd, 0, 1))
    x.trace.log(decision, np.abs(value) - lambd)
    return where(decision == 1, 0.0, where(decision == 2, add(x, -pull), add(x, pull)))


@handles("softshrink")
def softshrink(x: Dense, lambd: float = 0.5) -> Dense:
    return _shrink(x, lambd, lambd)


@handles("hardshrink")
def hardshrink(x: Dense, lambd: float = 0.5) -> Dense:
    return _shrink(x, lambd, 0.0)
