"""Maxima and minima: of two tensors, and over axes of one."""

import math
from collections.abc import Sequence
from typing import Any

import torch
from torch import Tensor

from openbox.program.gates.gate import Gate, other
from openbox.program.gates.naming import Naming, Place, at, unit

Axes = int | Sequence[int]
_OPERANDS = ("second", "first")  # by the decision


def _swap(before: Place, after: Place) -> str:
    return f"takes its {_OPERANDS[after[0]]} operand instead of its {_OPERANDS[before[0]]}"


def _move(before: Place, after: Place) -> str:
    return f"moves from entry {at(before)} to entry {at(after)}"


def _entries(sizes: Place, placed: bool, axes: Axes = (), _: bool = False) -> Place:
    """The reduced axes; a maximum without a channel counts its entries in one row."""
    return tuple(sizes[axis] for axis in _reduced(len(sizes), axes)) if placed else ()


def _naming(extreme: str) -> Naming:
    def subject(gate: str, channel: int | None, position: Place) -> str:
        return f"the {extreme} {gate} for {unit('', channel, position)}"

    return Naming(subject, _move, _entries, None)


_OF_TWO = Naming(unit, _swap, None, None)
_NAMINGS = {1: _naming("maximum"), -1: _naming("minimum")}


def _of_two(kind: str, sign: int) -> Gate:
    """True where the first operand is taken: it is the larger (``sign`` 1) or smaller (-1), or equal."""

    def decide(a: Tensor, b: Tensor) -> Tensor:
        return a >= b if sign > 0 else a <= b

    def apply(first: Tensor, a: Tensor, b: Tensor) -> Tensor:
        return torch.where(first, a, b)

    def margins(first: Tensor, a: Tensor, b: Tensor) -> Tensor:
        lead = sign * (a - b)
        return torch.where(first, lead, -lead).unsqueeze(-1)

    return Gate(kind, decide, apply, margins, other, _OF_TWO, operands=(0, 1))


def _over_axes(kind: str, sign: int, indices: bool) -> Gate:
    """The place of the winner within the reduced axes, flattened. ``indices``: the operation returns it."""

    def decide(z: Tensor, axes: Axes = (), keep: bool = False) -> Tensor:
        return _restore((sign * _last(z.detach(), axes)).argmax(-1), z, axes, keep)

    def apply(winner: Tensor, z: Tensor, axes: Axes = (), keep: bool = False) -> Any:
        taken = _last(z, axes).gather(-1, _flat(winner, z, axes)[..., None]).squeeze(-1)
        taken = _restore(taken, z, axes, keep)
        return (taken, winner) if indices else taken

    def margins(winner: Tensor, z: Tensor, axes: Axes = (), _: bool = False) -> Tensor:
        entries, place = sign * _last(z, axes), _flat(winner, z, axes)[..., None]
        lead = entries.gather(-1, place) - entries
        lead = lead.scatter(-1, place, torch.inf)
        return lead.view(*winner.shape, lead.shape[-1])

    def beyond(winner: Tensor, z: Tensor, axes: Axes = (), _: bool = False) -> Tensor:
        places = torch.arange(_last(z, axes).shape[-1], device=z.device)
        return places.expand(*winner.shape, -1)

    return Gate(kind, decide, apply, margins, beyond, _NAMINGS[sign])


def _reduced(ndim: int, axes: Axes) -> list[int]:
    chosen = [axes] if isinstance(axes, int) else list(axes) or list(range(ndim))
    return sorted(axis % ndim for axis in chosen)


def _last(z: Tensor, axes: Axes) -> Tensor:
    """The reduced axes as one axis at the end."""
    reduced = _reduced(z.ndim, axes)
    kept = [axis for axis in range(z.ndim) if axis not in reduced]
    count = math.prod(z.shape[axis] for axis in reduced)
    return z.permute(*kept, *reduced).reshape(*(z.shape[axis] for axis in kept), count)


def _flat(winner: Tensor, z: Tensor, axes: Axes) -> Tensor:
    """Without the axes of size one that ``keepdim`` leaves."""
    reduced = _reduced(z.ndim, axes)
    return winner.reshape([size for axis, size in enumerate(z.shape) if axis not in reduced])


def _restore(value: Tensor, z: Tensor, axes: Axes, keep: bool) -> Tensor:
    if not keep:
        return value
    reduced = _reduced(z.ndim, axes)
    return value.reshape([1 if axis in reduced else size for axis, size in enumerate(z.shape)])


MAXIMUM, MINIMUM = _of_two("maximum", 1), _of_two("minimum", -1)
AMAX, AMIN = _over_axes("amax", 1, False), _over_axes("amin", -1, False)
MAX_DIM, MIN_DIM = _over_axes("max", 1, True), _over_axes("min", -1, True)
