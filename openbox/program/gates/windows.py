"""Max pooling in one to three dimensions: the winner of each window, as a flat index into its plane."""

import math
from collections.abc import Callable
from typing import Any

import torch
from torch import Tensor

from openbox.program.gates.gate import Gate
from openbox.program.gates.naming import Naming, Place, at

aten = torch.ops.aten
Pooled = tuple[Tensor, Tensor]  # the largest entries and their flat indices, as PyTorch's kernels return


def _window(gate: str, channel: int | None, position: Place) -> str:
    inside = "" if channel is None else f", channel {channel}"
    return f"the maximum of window {at(position)}{inside} {gate}"


def _move(before: Place, after: Place) -> str:
    return f"moves from {at(before)} to {at(after)}"


def _naming(axes: int) -> Naming:
    def plane(sizes: Place, *_: Any) -> Place:
        return sizes[-axes:]

    return Naming(_window, _move, plane, "pool")


_NAMINGS = {axes: _naming(axes) for axes in (1, 2, 3)}


def _gate(
    kind: str,
    axes: int,
    kernel: Callable[..., Pooled],
    windows: Callable[..., Tensor],
    indices: bool,
) -> Gate:
    """``windows(axis, size, count, *parameters)`` lists the entries of each window along one axis, -1 for
    none: (count, widest). ``indices``: the operation returns them beside the values."""

    def decide(z: Tensor, *parameters: Any) -> Tensor:
        return kernel(z.detach(), *parameters)[1]

    def apply(winner: Tensor, z: Tensor, *_: Any) -> Tensor | Pooled:
        taken = _take(winner, z, axes)
        return (taken, winner) if indices else taken

    def listed(winner: Tensor, z: Tensor, *parameters: Any) -> Tensor:
        plane, counts = z.shape[-axes:], winner.shape[-axes:]
        lists = [windows(i, plane[i], counts[i], *parameters).to(z.device) for i in range(axes)]
        return _combine(lists, plane)  # (*counts, entries of a window)

    def margins(winner: Tensor, z: Tensor, *parameters: Any) -> Tensor:
        entries = listed(winner, z, *parameters)
        planes = z.flatten(-axes)
        places = entries.clamp(min=0).flatten().expand(*planes.shape[:-1], -1)
        others = planes.gather(-1, places).unflatten(-1, entries.shape)  # six times as fast as an index
        rivals = (entries >= 0) & (entries != winner[..., None])
        return torch.where(rivals, _take(winner, z, axes)[..., None] - others, torch.inf)

    def beyond(winner: Tensor, z: Tensor, *parameters: Any) -> Tensor:
        entries = listed(winner, z, *parameters)
        return entries.expand(*winner.shape, entries.shape[-1])

    def native(z: Tensor, *parameters: Any) -> tuple[Tensor | Pooled, Tensor]:
        values, winner = kernel(z, *parameters)
        return ((values, winner) if indices else values), winner

    return Gate(kind, decide, apply, margins, beyond, _NAMINGS[axes], native=native)


def _take(winner: Tensor, z: Tensor, axes: int) -> Tensor:
    return z.flatten(-axes).gather(-1, winner.flatten(-axes)).view(winner.shape)


def _combine(lists: list[Tensor], plane: torch.Size) -> Tensor:
    """Flat indices of windows that are products of one window along each axis; -1 outside."""
    axes = len(lists)
    flat, inside = torch.zeros((), dtype=torch.int64, device=lists[0].device), None
    for i, entries in enumerate(lists):
        shape = [1] * (2 * axes)
        shape[i], shape[axes + i] = entries.shape
        entries = entries.view(shape)
        flat = flat + entries * math.prod(plane[i + 1 :])
        inside = entries >= 0 if inside is None else inside & (entries >= 0)
    assert inside is not None
    return torch.where(inside, flat, -1).flatten(axes)


def _entry(sizes: list[int], axis: int) -> int:
    return sizes[0] if len(sizes) == 1 else sizes[axis]


def _strided(axis: int, size: int, count: int, kernel: list[int], stride: list[int], padding: list[int],
             dilation: list[int], _ceil_mode: bool) -> Tensor:  # fmt: skip
    starts = torch.arange(count)[:, None] * _entry(stride or kernel, axis) - _entry(padding, axis)
    entries = starts + torch.arange(_entry(kernel, axis)) * _entry(dilation, axis)
    return torch.where((entries >= 0) & (entries < size), entries, -1)


def _adaptive(_axis: int, size: int, count: int, _output_size: list[int]) -> Tensor:
    starts = torch.arange(count) * size // count
    ends = -(-(torch.arange(count) + 1) * size // count)
    entries = starts[:, None] + torch.arange(int((ends - starts).max()))
    return torch.where(entries < ends[:, None], entries, -1)


def _max_pool(axes: int, kernel: Callable[..., Pooled], indices: bool = False) -> Gate:
    return _gate(f"max_pool{axes}d", axes, kernel, _strided, indices)


def _adaptive_max_pool(axes: int, kernel: Callable[..., Pooled]) -> Gate:
    return _gate(f"adaptive_max_pool{axes}d", axes, kernel, _adaptive, True)


MAX_POOL1D = _max_pool(1, aten.max_pool1d_with_indices)
MAX_POOL2D = _max_pool(2, aten.max_pool2d_with_indices)
MAX_POOL3D = _max_pool(3, aten.max_pool3d_with_indices)
MAX_POOL1D_WITH_INDICES = _max_pool(1, aten.max_pool1d_with_indices, indices=True)
MAX_POOL2D_WITH_INDICES = _max_pool(2, aten.max_pool2d_with_indices, indices=True)
MAX_POOL3D_WITH_INDICES = _max_pool(3, aten.max_pool3d_with_indices, indices=True)
ADAPTIVE_MAX_POOL1D = _adaptive_max_pool(1, aten.adaptive_max_pool1d)
ADAPTIVE_MAX_POOL2D = _adaptive_max_pool(2, aten.adaptive_max_pool2d)
ADAPTIVE_MAX_POOL3D = _adaptive_max_pool(3, aten.adaptive_max_pool3d)
