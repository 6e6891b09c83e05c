"""Sums, and products with constants, number by number."""

from typing import Any

import numpy as np
import torch

from reference.dense import HANDLERS, Dense, array, handles


def first(*values: Any) -> Dense:
    """The first of the operands that depends on the input."""
    return next(value for value in values if isinstance(value, Dense))


@handles("add", "__add__", "__radd__")
def add(a: Any, b: Any, *, alpha: float = 1) -> Dense:
    like = first(a, b)
    return like.new(like.lift(a).maps + alpha * like.lift(b).maps)


@handles("sub", "subtract", "__sub__")
def sub(a: Any, b: Any, *, alpha: float = 1) -> Dense:
    return add(a, b, alpha=-alpha)


@handles("rsub", "__rsub__")
def rsub(a: Any, b: Any, *, alpha: float = 1) -> Dense:
    return add(b, a, alpha=-alpha)


@handles("neg", "negative", "__neg__")
def neg(x: Dense) -> Dense:
    return x.new(-x.maps)


@handles("mul", "multiply", "__mul__", "__rmul__")
def mul(a: Any, b: Any) -> Dense:
    x, constant = (a, b) if isinstance(a, Dense) else (b, a)
    assert not isinstance(constant, Dense), "a product of two values that depend on the input"
    return x.new(x.maps * np.asarray(array(constant), dtype=float)[..., None])


@handles("div", "divide", "true_divide", "__truediv__")
def div(x: Dense, constant: Any) -> Dense:
    assert not isinstance(constant, Dense), "a division by a value that depends on the input"
    return x.new(x.maps / np.asarray(array(constant), dtype=float)[..., None])


@handles("addcmul")
def addcmul(x: Any, a: Any, b: Any, *, value: float = 1) -> Dense:
    product = mul(a, b) if isinstance(a, Dense) or isinstance(b, Dense) else a * b
    return add(x, product, alpha=value)


@handles("addcdiv")
def addcdiv(x: Any, a: Any, b: Any, *, value: float = 1) -> Dense:
    return add(x, div(a, b) if isinstance(a, Dense) else a / b, alpha=value)


@handles("lerp")
def lerp(start: Any, end: Any, weight: Any) -> Dense:
    return add(start, mul(sub(end, start), weight))


@handles("where")
def where(condition: Any, a: Any, b: Any) -> Dense:
    like = first(a, b)
    chosen = np.asarray(array(condition)).astype(bool)[..., None]
    return like.new(np.where(chosen, like.lift(a).maps, like.lift(b).maps))


HANDLERS[torch.Tensor.where] = lambda a, condition, b: where(condition, a, b)


@handles("masked_fill")
def masked_fill(x: Dense, mask: Any, value: Any) -> Dense:
    return where(mask, value, x)


def _axes(x: Dense, dim: Any) -> tuple[int, ...]:
    if dim is None:
        return tuple(range(x.ndim))
    return tuple(axis % x.ndim for axis in ([dim] if isinstance(dim, int) else dim))


@handles("sum")
def total(x: Dense, dim: Any = None, keepdim: bool = False) -> Dense:
    return x.new(x.maps.sum(_axes(x, dim), keepdims=keepdim))


@handles("mean")
def mean(x: Dense, dim: Any = None, keepdim: bool = False) -> Dense:
    count = int(np.prod([x.shape[axis] for axis in _axes(x, dim)]))
    return x.new(x.maps.sum(_axes(x, dim), keepdims=keepdim) / count)


@handles("trapezoid", "trapz")
def trapezoid(x: Dense, *, dim: int = -1) -> Dense:
    rows = np.moveaxis(x.maps, dim % x.ndim, 0)
    return x.new((rows[:-1] / 2 + rows[1:] / 2).sum(0))


@handles("cumsum")
def cumsum(x: Dense, dim: int) -> Dense:
    return x.new(np.cumsum(x.maps, dim % x.ndim))


HANDLERS[torch.Tensor.zero_] = lambda x: x.write(x.lift(np.zeros(x.shape)))


@handles("zeros_like")
def zeros_like(x: Dense) -> torch.Tensor:
    return torch.zeros(x.shape, dtype=torch.float64)


@handles("ones_like")
def ones_like(x: Dense) -> torch.Tensor:
    return torch.ones(x.shape, dtype=torch.float64)
