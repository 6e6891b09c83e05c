"""Gates of two pieces: the identity above a threshold, another line at or below it."""

from collections.abc import Callable

import torch
from torch import Tensor

from openbox.program.gates.gate import Gate, other
from openbox.program.gates.naming import Naming, two_ways

aten = torch.ops.aten
Number = float | Tensor

_SWITCH = two_ways("switches on", "switches off")
_SIGN = two_ways("turns positive", "turns negative")
_LEVEL = two_ways("rises above its threshold", "falls to its threshold")


def _gate(
    kind: str,
    naming: Naming,
    below: Callable[..., Tensor],
    threshold: Callable[..., float] = lambda *_: 0.0,
    apply: Callable[..., Tensor] | None = None,
    native: Callable[..., Tensor] | None = None,
    off: tuple[int, ...] = (),
) -> Gate:
    """``z`` where z > threshold(*parameters), else ``below(z, *parameters)``."""

    def decide(z: Tensor, *parameters: Number) -> Tensor:
        return z > threshold(*parameters)

    def select(on: Tensor, z: Tensor, *parameters: Number) -> Tensor:
        return torch.where(on, z, below(z, *parameters))

    def margins(on: Tensor, z: Tensor, *parameters: Number) -> Tensor:
        border = threshold(*parameters)
        above = z if border == 0 else z - border
        return torch.where(on, above, -above).unsqueeze(-1)

    def by_kernel(z: Tensor, *parameters: Number) -> tuple[Tensor, Tensor]:
        assert native is not None
        return native(z, *parameters), decide(z.detach(), *parameters)

    return Gate(
        kind, decide, apply or select, margins, other, naming, off=off, native=by_kernel if native else None
    )


def _relu(on: Tensor, z: Tensor) -> Tensor:
    return z * on.to(z.dtype)  # on a CPU, torch.where takes twenty times as long


def _leaky_relu(on: Tensor, z: Tensor, slope: float) -> Tensor:
    return aten.leaky_relu_backward(z, on.to(z.dtype), slope, False)  # the same selection, vectorised


def _prelu(z: Tensor, slopes: Tensor) -> Tensor:
    return slopes.reshape(-1, *(1,) * (z.ndim - 2)) * z  # one slope, or one for each channel


RELU = _gate("relu", _SWITCH, torch.zeros_like, apply=_relu, native=torch.relu)
LEAKY_RELU = _gate("leaky_relu", _SIGN, lambda z, slope: slope * z, apply=_leaky_relu, native=aten.leaky_relu)
PRELU = _gate("prelu", _SIGN, _prelu)
RRELU = _gate("rrelu", _SIGN, lambda z, lower, upper, *_: (lower + upper) / 2 * z, off=(3,))
ABS = _gate("abs", _SIGN, torch.neg)
THRESHOLD = _gate(
    "threshold", _LEVEL, lambda z, _, value: torch.full_like(z, value), threshold=lambda t, _: t
)
