"""The slow oracle: any module run on explicit dense affine maps, in NumPy and float64, with plain loops.

``Dense`` holds, for one input of d numbers, the array (*shape, d + 1) whose last axis is the affine map
of each value: d weights and the bias. Modules run on it unmodified through ``__torch_function__``. It
shares no code with the library: no export, no autograd, no gather, no convolution of PyTorch's.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import torch
from torch.nn import functional as F


@dataclass
class Opened:
    """What the oracle found at one input: weight (K, *input_shape), bias (K,), gates and their ties."""

    weight: np.ndarray
    bias: np.ndarray
    decisions: list[np.ndarray]
    ties: int


@dataclass
class Trace:
    """The input's values and a log of every gate passed on the way."""

    point: np.ndarray
    decisions: list[np.ndarray] = field(default_factory=list)
    ties: int = 0


class Dense:
    """A batch of one: ``maps`` has shape (1, *shape, d + 1)."""

    def __init__(self, maps: np.ndarray, trace: Trace) -> None:
        self.maps = maps
        self.trace = trace

    @property
    def shape(self) -> torch.Size:
        return torch.Size(self.maps.shape[:-1])

    def __len__(self) -> int:
        return 1

    @property
    def value(self) -> np.ndarray:
        return self.maps[..., :-1] @ self.trace.point + self.maps[..., -1]

    def new(self, maps: np.ndarray) -> "Dense":
        return Dense(maps, self.trace)

    def shifted(self, constant: Any) -> "Dense":
        maps = np.array(np.broadcast_to(self.maps, (*np.broadcast_shapes(self.shape, np.shape(constant)),
                                                    self.maps.shape[-1])))  # fmt: skip
        maps[..., -1] += constant
        return self.new(maps)

    def __getattr__(self, name: str) -> Any:
        method = getattr(torch.Tensor, name)
        if method not in HANDLERS:
            raise NotImplementedError(f"the oracle has no Tensor.{name}")
        return lambda *args, **kwargs: HANDLERS[method](self, *args, **kwargs)

    def __add__(self, other: Any) -> "Dense":
        if isinstance(other, Dense):
            return self.new(self.maps + other.maps)
        return self.shifted(_array(other))

    __radd__ = __add__

    def __neg__(self) -> "Dense":
        return self.new(-self.maps)

    def __sub__(self, other: Any) -> "Dense":
        return self + (-other)

    def sub_(self, other: Any) -> "Dense":
        return self - other

    def div_(self, other: Any) -> "Dense":
        return self / other

    def __rsub__(self, other: Any) -> "Dense":
        return -self + other

    def __mul__(self, other: Any) -> "Dense":
        return self.new(self.maps * np.asarray(_array(other))[..., None])

    __rmul__ = __mul__

    def __truediv__(self, other: Any) -> "Dense":
        return self.new(self.maps / np.asarray(_array(other))[..., None])

    def __matmul__(self, other: torch.Tensor) -> "Dense":
        matrix = _array(other)
        return self.new(np.einsum("...id,...io->...od", self.maps, matrix) if matrix.ndim == 2
                        else np.einsum("nrid,nio->nrod", self.maps, matrix))  # fmt: skip

    def __getitem__(self, index: Any) -> "Dense":
        return self.new(
            self.maps[(*index, Ellipsis, slice(None))] if isinstance(index, tuple) else self.maps[index]
        )

    @classmethod
    def __torch_function__(cls, function: Any, types: Any, args: Any = (), kwargs: Any = None) -> Any:
        if function not in HANDLERS:
            raise NotImplementedError(f"the oracle has no {function}")
        return HANDLERS[function](*args, **(kwargs or {}))


def open_by_hand(model: torch.nn.Module, x: torch.Tensor) -> Opened:
    """The affine map of ``model`` around one input x (*input_shape), by dense matrices."""
    point = x.double().numpy().reshape(-1)
    maps = np.concatenate((np.eye(point.size), np.zeros((point.size, 1))), 1)
    trace = Trace(point)
    output = model(Dense(maps.reshape(1, *x.shape, point.size + 1), trace))
    final = output.maps.reshape(-1, point.size + 1)
    return Opened(final[:, :-1].reshape(-1, *x.shape), final[:, -1], trace.decisions, trace.ties)


HANDLERS: dict[Any, Callable[..., Any]] = {}


def handles(*functions: Any) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    def register(handler: Callable[..., Any]) -> Callable[..., Any]:
        HANDLERS.update(dict.fromkeys(functions, handler))
        return handler

    return register


def _array(value: Any) -> Any:
    return value.detach().double().numpy() if isinstance(value, torch.Tensor) else value


def _pair(value: Any) -> tuple[int, int]:
    return (value, value) if isinstance(value, int) else (int(value[0]), int(value[-1]))


@handles(F.linear)
def linear(x: Dense, weight: Any, bias: Any = None) -> Dense:
    result = x.new(np.einsum("oi,...id->...od", _array(weight), x.maps))
    return result if bias is None else result.shifted(_array(bias))


@handles(torch.addmm)
def addmm(bias: Any, x: Dense, weight: Any) -> Dense:
    return (x @ weight).shifted(_array(bias))


@handles(torch.mm, torch.bmm, torch.matmul, torch.Tensor.matmul)
def mm(x: Dense, weight: Any) -> Dense:
    return x @ weight


@handles(F.conv2d)
def conv2d(x: Dense, weight: Any, bias: Any = None, stride: Any = 1, padding: Any = 0, dilation: Any = 1,
           groups: int = 1) -> Dense:  # fmt: skip
    kernel = _array(weight)
    (sh, sw), (ph, pw), (dh, dw) = _pair(stride), _pair(padding), _pair(dilation)
    padded = np.pad(x.maps, ((0, 0), (0, 0), (ph, ph), (pw, pw), (0, 0)))
    outputs, per_group, kh, kw = kernel.shape
    rows = (padded.shape[2] - dh * (kh - 1) - 1) // sh + 1
    columns = (padded.shape[3] - dw * (kw - 1) - 1) // sw + 1
    result = np.zeros((1, outputs, rows, columns, x.maps.shape[-1]))
    for group in range(groups):
        chosen = slice(group * outputs // groups, (group + 1) * outputs // groups)
        inputs = padded[0, group * per_group : (group + 1) * per_group]
        for i in range(rows):
            for j in range(columns):
                top, left = i * sh, j * sw
                patch = inputs[:, top : top + dh * kh : dh, left : left + dw * kw : dw]
                patch = patch[:, :kh, :kw]
                result[0, chosen, i, j] = np.einsum("oihw,ihwd->od", kernel[chosen], patch)
    return x.new(result) if bias is None else x.new(result).shifted(_array(bias)[:, None, None])


@handles(F.batch_norm)
def batch_norm(x: Dense, mean: Any, var: Any, weight: Any = None, bias: Any = None, training: bool = False,
               momentum: float = 0.1, eps: float = 1e-5) -> Dense:  # fmt: skip
    assert not training
    tail = (1,) * (len(x.shape) - 2)
    scale = 1 / np.sqrt(_array(var) + eps) * (1 if weight is None else _array(weight))
    shift = -_array(mean) * scale + (0 if bias is None else _array(bias))
    return (x * torch.from_numpy(scale.reshape(-1, *tail))).shifted(shift.reshape(-1, *tail))


def _gate(x: Dense, decision: np.ndarray, ties: np.ndarray, maps: np.ndarray) -> Dense:
    x.trace.decisions.append(decision)
    x.trace.ties += int(ties.sum())
    return x.new(maps)


@handles(F.relu, torch.relu)
def relu(x: Dense, inplace: bool = False) -> Dense:
    return leaky_relu(x, 0.0)


@handles(F.leaky_relu)
def leaky_relu(x: Dense, negative_slope: float = 0.01, inplace: bool = False) -> Dense:
    value = x.value
    slopes = np.where(value > 0, 1.0, negative_slope)
    return _gate(x, value > 0, value == 0, x.maps * slopes[..., None])


@handles(F.hardtanh)
def hardtanh(x: Dense, min_val: float = -1.0, max_val: float = 1.0, inplace: bool = False) -> Dense:
    value = x.value
    maps = np.zeros_like(x.maps)
    piece = np.zeros(value.shape, dtype=int)
    for unit in np.ndindex(value.shape):
        if value[unit] >= max_val:
            piece[unit], maps[unit][-1] = 2, max_val
        elif value[unit] > min_val:
            piece[unit], maps[unit] = 1, x.maps[unit]
        else:
            maps[unit][-1] = min_val
    return _gate(x, piece, (value == min_val) | (value == max_val), maps)


@handles(F.relu6)
def relu6(x: Dense, inplace: bool = False) -> Dense:
    return hardtanh(x, 0.0, 6.0)


def _pool_size(size: int, kernel: int, stride: int, padding: int, dilation: int, ceil_mode: bool) -> int:
    span = size + 2 * padding - dilation * (kernel - 1) - 1
    count = -(-span // stride) + 1 if ceil_mode else span // stride + 1
    return count - 1 if ceil_mode and (count - 1) * stride >= size + padding else count


@handles(torch.max_pool2d, F.max_pool2d)
def max_pool2d(x: Dense, kernel_size: Any, stride: Any = None, padding: Any = 0, dilation: Any = 1,
               ceil_mode: bool = False, return_indices: bool = False) -> Dense:  # fmt: skip
    kernel, pad, dil = _pair(kernel_size), _pair(padding), _pair(dilation)
    step = _pair(kernel_size if stride is None or stride == [] else stride)
    height, width = x.shape[2:]
    sizes = [
        _pool_size(n, kernel[a], step[a], pad[a], dil[a], ceil_mode) for a, n in enumerate((height, width))
    ]
    value = x.value
    winners = np.zeros((*x.shape[:2], *sizes), dtype=int)
    ties = np.zeros_like(winners)
    maps = np.zeros((*winners.shape, x.maps.shape[-1]))
    for n, c, i, j in np.ndindex(winners.shape):
        best, row_of_best = -np.inf, None
        for a in range(kernel[0]):
            for b in range(kernel[1]):
                row, column = i * step[0] - pad[0] + a * dil[0], j * step[1] - pad[1] + b * dil[1]
                if not (0 <= row < height and 0 <= column < width):
                    continue
                if value[n, c, row, column] == best:
                    ties[n, c, i, j] = 1
                if value[n, c, row, column] > best:  # the first of equals stays
                    best, row_of_best, ties[n, c, i, j] = value[n, c, row, column], (row, column), 0
        assert row_of_best is not None
        winners[n, c, i, j] = row_of_best[0] * width + row_of_best[1]
        maps[n, c, i, j] = x.maps[(n, c, *row_of_best)]
    return _gate(x, winners, ties, maps)


@handles(F.avg_pool2d)
def avg_pool2d(x: Dense, kernel_size: Any, stride: Any = None, padding: Any = 0, ceil_mode: bool = False,
               count_include_pad: bool = True, divisor_override: Any = None) -> Dense:  # fmt: skip
    assert not ceil_mode
    assert divisor_override is None
    kernel, pad = _pair(kernel_size), _pair(padding)
    step = _pair(kernel_size if stride is None else stride)
    padded = np.pad(x.maps, ((0, 0), (0, 0), (pad[0],) * 2, (pad[1],) * 2, (0, 0)))
    inside = np.pad(np.ones(x.shape[2:]), ((pad[0],) * 2, (pad[1],) * 2))
    rows = (padded.shape[2] - kernel[0]) // step[0] + 1
    columns = (padded.shape[3] - kernel[1]) // step[1] + 1
    maps = np.zeros((*x.shape[:2], rows, columns, x.maps.shape[-1]))
    for i in range(rows):
        for j in range(columns):
            window = np.s_[i * step[0] : i * step[0] + kernel[0], j * step[1] : j * step[1] + kernel[1]]
            count = kernel[0] * kernel[1] if count_include_pad else inside[window].sum()
            maps[:, :, i, j] = padded[(slice(None), slice(None), *window)].sum((2, 3)) / count
    return x.new(maps)


@handles(F.adaptive_avg_pool2d)
def adaptive_avg_pool2d(x: Dense, output_size: Any) -> Dense:
    rows, columns = _pair(output_size)
    height, width = x.shape[2:]
    maps = np.zeros((*x.shape[:2], rows, columns, x.maps.shape[-1]))
    for i in range(rows):
        for j in range(columns):
            top, bottom = i * height // rows, -(-(i + 1) * height // rows)
            left, right = j * width // columns, -(-(j + 1) * width // columns)
            maps[:, :, i, j] = x.maps[:, :, top:bottom, left:right].mean((2, 3))
    return x.new(maps)


@handles(torch.flatten, torch.Tensor.flatten)
def flatten(x: Dense, start_dim: int = 0, end_dim: int = -1) -> Dense:
    assert end_dim == -1
    return x.new(x.maps.reshape(*x.shape[:start_dim], -1, x.maps.shape[-1]))


@handles(torch.Tensor.view, torch.Tensor.reshape)
def view(x: Dense, *shape: int) -> Dense:
    return x.new(x.maps.reshape(*shape, x.maps.shape[-1]))


@handles(torch.Tensor.permute)
def permute(x: Dense, *dims: int) -> Dense:
    return x.new(x.maps.transpose(*dims, x.maps.ndim - 1))


@handles(torch.Tensor.transpose)
def transpose(x: Dense, a: int, b: int) -> Dense:
    return x.new(x.maps.swapaxes(a, b))


@handles(torch.Tensor.expand)
def expand(x: Dense, *sizes: int) -> Dense:
    shape = [old if new == -1 else new for old, new in zip(x.shape, sizes, strict=True)]
    return x.new(np.broadcast_to(x.maps, (*shape, x.maps.shape[-1])))


@handles(torch.ones_like)
def ones_like(x: Dense) -> torch.Tensor:
    return torch.ones(x.shape)


@handles(torch.cat)
def cat(parts: list[Dense], dim: int = 0) -> Dense:
    return parts[0].new(np.concatenate([part.maps for part in parts], dim))


@handles(F.pad)
def pad(x: Dense, pad: list[int], mode: str = "constant", value: float | None = None) -> Dense:
    assert mode == "constant"
    before_after = [(0, 0)] * len(x.shape)
    for axis in range(len(pad) // 2):
        before_after[-1 - axis] = (pad[2 * axis], pad[2 * axis + 1])
    maps = np.pad(x.maps, (*before_after, (0, 0)))
    maps[..., -1] = np.pad(x.maps[..., -1], before_after, constant_values=value or 0.0)
    return x.new(maps)


HANDLERS[torch.Tensor.sum] = lambda x, dim: x.new(x.maps.sum(dim))
HANDLERS[torch.Tensor.mean] = lambda x, dim: x.new(x.maps.mean(dim))
HANDLERS[torch.Tensor.unsqueeze] = lambda x, dim: x.new(np.expand_dims(x.maps, dim))
HANDLERS[torch.Tensor.squeeze] = lambda x, dim: x.new(x.maps.squeeze(dim))
HANDLERS[torch.Tensor.clone] = HANDLERS[torch.Tensor.detach] = lambda x: x
HANDLERS[torch.Tensor.dim] = lambda x: len(x.shape)
