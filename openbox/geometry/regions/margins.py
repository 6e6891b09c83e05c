"""``LocalMargins``: one region as its gates see it from a point inside: margins and their slopes.

Rounding is told from numbers here, by ``NOISE`` and ``ROUNDING`` of ``tolerances``. A margin within ``NOISE``
of its layer's scale is zero, and so is a slope within ``NOISE`` of the steepest one of its layer in that
direction: behind a ReLU that is off, whole pooling windows hold equal constants, and may be 1e-17 apart in
another order of summation.
"""

import dataclasses
from dataclasses import dataclass

import torch
from torch import Tensor

from openbox.geometry.tolerances import NOISE, ROUNDING
from openbox.geometry.view import View
from openbox.program.program import Pattern

_REACH = 1024.0  # a direction is tried at this distance, where the biases no longer round it off


@dataclass(frozen=True, eq=False)
class LocalMargins:
    """The region of one input.

    ``x`` (1, *input_shape) float64; ``pattern`` the decisions there; ``margins`` (units, neighbours)
    for each gate: zero on a border, never negative, +inf for no neighbour. ``raw`` are they before
    rounding was taken off, ``scales`` the size of the numbers in each gate's layer.
    """

    view: View
    x: Tensor
    pattern: Pattern
    raw: list[Tensor]
    margins: list[Tensor]
    scales: list[float]

    @property
    def reach(self) -> float:
        """How far from x directions are tried, in the largest coordinate."""
        return _REACH * max(1.0, float(self.x.abs().max()))

    @property
    def size(self) -> int:
        """The number of input coordinates."""
        return self.x.numel()

    @property
    def at_once(self) -> int:
        """How many points have all their margins in memory together: few, then they stay in the cache."""
        return max(1, self.view.at_once // 8)

    def without_ties(self) -> "LocalMargins":
        """The same without the borders that x lies on."""
        margins = [torch.where(found == 0, torch.inf, found) for found in self.margins]
        return dataclasses.replace(self, margins=margins)

    def differences(self, moves: Tensor) -> list[Tensor]:
        """The margins at x + ``moves`` (n, *input_shape) less those at x, unrounded; NaN for no neighbour."""
        with torch.no_grad():
            found = self.view.margins(self.x + moves, self.view.repeat(self.pattern, len(moves)))[0]
        return [there.sub_(here) for there, here in zip(found, self.raw, strict=True)]

    def slopes(self, directions: Tensor) -> list[Tensor]:
        """How all margins change along ``directions`` (n, *input_shape): (n, units, neighbours) per gate.

        Zero for no neighbour. A direction must not be zero.
        """
        sizes = directions.flatten(1).abs().amax(1)
        times = self.reach / sizes  # (n,)
        found = self.differences(directions * times.view(-1, *(1,) * (directions.ndim - 1)))
        slopes = []
        for difference, scale in zip(found, self.scales, strict=True):
            slope = difference.nan_to_num_(0.0, 0.0, 0.0).div_(times.view(-1, 1, 1))
            steepest = slope.abs().flatten(1).amax(1) if slope[0].numel() else sizes
            least = NOISE * steepest + ROUNDING * (sizes + scale / times)
            slopes.append(torch.where(slope.abs() > least.view(-1, 1, 1), slope, 0.0))
        return slopes

    def flat_limits(self, steepest: list[float]) -> list[float]:
        """Per gate the size up to which a derivative by one coordinate is zero; ``steepest`` its largest."""
        pairs = zip(steepest, self.scales, strict=True)
        return [NOISE * most + ROUNDING * (1 + scale / self.reach) for most, scale in pairs]


def local_margins(view: View, x: Tensor, pattern: Pattern | None = None) -> LocalMargins:
    """The cell of x (1, *input_shape), in float64; ``pattern``: the decisions, where they are known."""
    with torch.no_grad():
        if pattern is None:
            pattern = view.record(x)[1]
        found = [margins[0] for margins in view.margins(x, pattern)[0]]
    scales = [_scale(margins) for margins in found]
    rounding = ROUNDING * float(x.abs().max())
    cleaned = [
        torch.where(margins <= NOISE * scale + rounding, 0.0, margins)
        for margins, scale in zip(found, scales, strict=True)
    ]
    return LocalMargins(view, x, pattern, found, cleaned, scales)


def _scale(margins: Tensor) -> float:
    """The largest margin; of several neighbours the one with the smallest: a clamp at 1e9 sets no scale."""
    columns = (
        torch.where(margins.isfinite(), margins.abs(), 0.0).amax(0) if len(margins) else margins.new_zeros(1)
    )
    positive = columns[columns > 0]
    return float(positive.min()) if len(positive) else 0.0
