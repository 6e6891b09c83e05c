"""Every value as an explicit affine map of the input, and the log of the gates passed on the way.

For one input of d numbers ``Dense`` holds the array (*shape, d + 2) whose last axis is the affine map of
each value: d weights, the bias, and the value at the input, computed forward like any other column.
Modules run on it unmodified through ``__torch_function__``.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import torch
from torch.nn import functional as F

HANDLERS: dict[Any, Callable[..., Any]] = {}


@dataclass
class Opened:
    """What the oracle found at one input: weight (K, *input_shape), bias (K,), gates and their ties.

    ``gap`` is the smallest margin of a unit that is not tied: rounding must stay far below it.
    """

    weight: np.ndarray
    bias: np.ndarray
    decisions: list[np.ndarray]
    ties: int
    gap: float


@dataclass
class Trace:
    """A log of every gate: its decisions (1, *units), its tied units, the smallest margin of the others."""

    decisions: list[np.ndarray] = field(default_factory=list)
    ties: int = 0
    gap: float = np.inf

    def log(self, decision: np.ndarray, margins: np.ndarray) -> None:
        """``margins`` (*units): each unit's distance to its nearest other piece, of either sign."""
        self.decisions.append(decision if decision.shape[0] == 1 else decision[None])
        self.ties += int((margins == 0).sum())
        self.gap = min(self.gap, float(np.abs(margins[margins != 0]).min(initial=np.inf)))


def operator(name: str) -> Any:
    return lambda *args: HANDLERS[getattr(torch.Tensor, name)](*args)


class Dense:
    """A batch of one: ``maps`` has shape (*shape, d + 2)."""

    dtype = torch.float64
    device = torch.device("cpu")

    def __init__(self, maps: np.ndarray, trace: Trace) -> None:
        self.maps = maps
        self.trace = trace

    @property
    def shape(self) -> torch.Size:
        return torch.Size(self.maps.shape[:-1])

    @property
    def ndim(self) -> int:
        return self.maps.ndim - 1

    @property
    def value(self) -> np.ndarray:
        return self.maps[..., -1]

    @property
    def mT(self) -> "Dense":  # noqa: N802
        return self.new(self.maps.swapaxes(-2, -3))

    def __len__(self) -> int:
        return self.shape[0]

    def new(self, maps: np.ndarray) -> "Dense":
        return Dense(maps, self.trace)

    def lift(self, constant: Any) -> "Dense":
        """A constant as an affine map without weights; what depends on the input stays as it is."""
        if isinstance(constant, Dense):
            return constant
        values = np.asarray(array(constant), dtype=float)
        maps = np.zeros((*values.shape, self.maps.shape[-1]))
        maps[..., -2:] = values[..., None]
        return self.new(maps)

    def write(self, result: "Dense") -> "Dense":
        self.maps[...] = result.maps
        return self

    def __getattr__(self, name: str) -> Any:
        method = getattr(torch.Tensor, name)
        if method not in HANDLERS:
            raise NotImplementedError(f"the oracle has no Tensor.{name}")
        return lambda *args, **kwargs: HANDLERS[method](self, *args, **kwargs)

    __add__ = operator("__add__")
    __radd__ = operator("__radd__")
    __iadd__ = operator("add_")
    __sub__ = operator("__sub__")
    __rsub__ = operator("__rsub__")
    __isub__ = operator("sub_")
    __mul__ = operator("__mul__")
    __rmul__ = operator("__rmul__")
    __imul__ = operator("mul_")
    __truediv__ = operator("__truediv__")
    __itruediv__ = operator("div_")
    __matmul__ = operator("__matmul__")
    __rmatmul__ = operator("__rmatmul__")
    __neg__ = operator("__neg__")
    __abs__ = operator("__abs__")
    __gt__ = operator("__gt__")
    __ge__ = operator("__ge__")
    __lt__ = operator("__lt__")
    __le__ = operator("__le__")
    __getitem__ = operator("__getitem__")
    __setitem__ = operator("__setitem__")

    @classmethod
    def __torch_function__(cls, function: Any, types: Any, args: Any = (), kwargs: Any = None) -> Any:
        if function not in HANDLERS:
            raise NotImplementedError(f"the oracle has no {function}")
        rest = dict(kwargs or {})
        inplace = rest.pop("inplace", False)
        result = HANDLERS[function](*args, **rest)
        return args[0].write(result) if inplace else result


def open_by_hand(model: torch.nn.Module, x: torch.Tensor) -> Opened:
    """The affine map of ``model`` around one input x (*input_shape), by dense matrices."""
    point = x.double().numpy().reshape(-1)
    maps = np.concatenate((np.eye(point.size), np.zeros((point.size, 1)), point[:, None]), 1)
    trace = Trace()
    output = model(Dense(maps.reshape(1, *x.shape, point.size + 2), trace))
    final = output.maps.reshape(-1, point.size + 2)
    weight = final[:, :-2].reshape(-1, *x.shape)
    return Opened(weight, final[:, -2], trace.decisions, trace.ties, trace.gap)


def handles(*names: str) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    """Registers a handler under PyTorch's names, as function and method, and its twin in place, if any."""

    def register(handler: Callable[..., Any]) -> Callable[..., Any]:
        def in_place(x: Dense, *args: Any, **kwargs: Any) -> Dense:
            return x.write(handler(x, *args, **kwargs))

        for name in names:
            homes = [home for home in (torch, torch.Tensor, F) if hasattr(home, name)] or [torch.ops.aten]
            assert hasattr(homes[0], name), f"PyTorch has no {name}"
            for home in homes:
                HANDLERS[getattr(home, name)] = handler
                if hasattr(home, name + "_"):
                    HANDLERS[getattr(home, name + "_")] = in_place
        return handler

    return register


def array(value: Any) -> Any:
    """A constant as NumPy sees it, in float64 unless it holds truth values or indices."""
    if not isinstance(value, torch.Tensor):
        return value
    value = value.detach()
    return value.double().numpy() if value.is_floating_point() else value.numpy()


def several(value: Any, count: int) -> tuple[int, ...]:
    """One number for each of ``count`` axes."""
    if isinstance(value, int):
        return (value,) * count
    return tuple(value) * count if len(value) == 1 else tuple(value)


def listed(values: tuple[Any, ...]) -> list[int]:
    """The numbers of ``f(*values)`` that may also be called as ``f(values)``."""
    return list(values[0]) if len(values) == 1 and not isinstance(values[0], int) else list(values)
