"""Gate rules: piecewise-linear operations, each as three functions of its operands.

``decide`` says in which piece each unit is, ``apply`` is the affine action with that decision frozen,
``margins`` are the signed distances to the neighbouring pieces, in units of the operand: all are
positive strictly inside the piece and each is affine in the operands.

Convention at a kink, never left to autograd: a threshold is passed only by ``z > 0``; a maximum belongs
to its lowest index.
"""

from collections.abc import Callable
from dataclasses import dataclass

import torch
from torch import Tensor
from torch.nn import functional as F


@dataclass(frozen=True)
class Gate:
    """One piecewise-linear operation.

    With the operation's own arguments ``*args``, completed by its schema's defaults:
    ``decide(*args)`` is a bool or integer tensor (N, *units); ``apply(decision, *args)`` the output
    (N, *units); ``margins(decision, *args)`` has shape (N, *units, neighbours) and is +inf where a
    unit has no such neighbour.
    """

    kind: str
    decide: Callable[..., Tensor]
    apply: Callable[..., Tensor]
    margins: Callable[..., Tensor]


def _positive(z: Tensor, *_: object) -> Tensor:
    return z > 0


def _sign_margin(on: Tensor, z: Tensor, *_: object) -> Tensor:
    return torch.where(on, z, -z).unsqueeze(-1)


def _relu(on: Tensor, z: Tensor) -> Tensor:
    return torch.where(on, z, 0)


def _leaky_relu(on: Tensor, z: Tensor, slope: float) -> Tensor:
    return torch.where(on, z, slope * z)


def _clamp_piece(z: Tensor, low: float, high: float) -> Tensor:
    """0 at or below ``low``, 1 between, 2 at or above ``high``: where PyTorch passes no gradient."""
    return torch.where(z >= high, 2, (z > low).to(torch.uint8))


def _clamp(piece: Tensor, z: Tensor, low: float, high: float) -> Tensor:
    return torch.where(piece == 1, z, torch.where(piece == 0, z.new_tensor(low), z.new_tensor(high)))


def _clamp_margins(piece: Tensor, z: Tensor, low: float, high: float) -> Tensor:
    infinite = torch.full_like(z, torch.inf)
    below = torch.where(piece == 0, low - z, torch.where(piece == 1, z - low, infinite))
    above = torch.where(piece == 2, z - high, torch.where(piece == 1, high - z, infinite))
    return torch.stack((below, above), -1)


def _pair(size: list[int]) -> tuple[int, int]:
    return (size[0], size[0]) if len(size) == 1 else (size[0], size[1])


def _winner(
    z: Tensor,
    kernel: list[int],
    stride: list[int],
    padding: list[int],
    dilation: list[int],
    ceil_mode: bool,
) -> Tensor:
    """Flat index into the plane of the first largest entry of each window: (N, C, H', W')."""
    return F.max_pool2d_with_indices(
        z.detach(),
        _pair(kernel),
        _pair(stride or kernel),
        _pair(padding),
        _pair(dilation),
        ceil_mode,
    )[1]


def _take(winner: Tensor, z: Tensor, *_: object) -> Tensor:
    return z.flatten(-2).gather(-1, winner.flatten(-2)).view(winner.shape)


def _windows(index: Tensor, kernel: list[int], stride: list[int], padding: list[int],
             dilation: list[int], outputs: torch.Size) -> Tensor:  # fmt: skip
    """All entries of each pooling window of ``index`` (H, W): (H', W', kh * kw), -1 outside the image."""
    (kh, kw), (sh, sw), (ph, pw) = _pair(kernel), _pair(stride or kernel), _pair(padding)
    dh, dw = _pair(dilation)
    height, width = index.shape
    device = index.device
    rows = torch.arange(outputs[0], device=device)[:, None] * sh - ph + torch.arange(kh, device=device) * dh
    cols = torch.arange(outputs[1], device=device)[:, None] * sw - pw + torch.arange(kw, device=device) * dw
    inside = ((rows >= 0) & (rows < height))[:, None, :, None] & ((cols >= 0) & (cols < width))[:, None]
    entries = index[rows.clamp(0, height - 1)[:, None, :, None], cols.clamp(0, width - 1)[:, None]]
    return torch.where(inside, entries, -1).flatten(2)


def _pool_margins(
    winner: Tensor,
    z: Tensor,
    kernel: list[int],
    stride: list[int],
    padding: list[int],
    dilation: list[int],
    ceil_mode: bool,
) -> Tensor:
    """How far the winner of each window is above every other entry: (N, C, H', W', kh * kw)."""
    del ceil_mode  # it shows in the number of windows
    height, width = z.shape[-2:]
    plane = torch.arange(height * width, device=z.device).view(height, width)
    entries = _windows(plane, kernel, stride, padding, dilation, winner.shape[-2:])
    others = z.flatten(-2)[..., entries.clamp(min=0)]  # (N, C, H', W', kh * kw)
    rivals = (entries >= 0) & (entries != winner[..., None])
    return torch.where(rivals, _take(winner, z)[..., None] - others, torch.inf)


RELU = Gate("relu", _positive, _relu, _sign_margin)
LEAKY_RELU = Gate("leaky_relu", _positive, _leaky_relu, _sign_margin)
HARDTANH = Gate("hardtanh", _clamp_piece, _clamp, _clamp_margins)
MAX_POOL2D = Gate("max_pool2d", _winner, _take, _pool_margins)
