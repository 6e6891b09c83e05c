"""``Layout``: where the inputs of a batch lie in a value of a program.

A forward may move the batch to another axis, or merge it with time on either side. Three random inputs,
together and the first alone, show which rows belong to which input.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import torch
from torch import Tensor

# relative: kernels for one and for three inputs round differently
CLOSE = {torch.float64: 1e-9, torch.float32: 1e-3}
COUNT = 3  # two would not show a shift along the batch
_SHARE = 0.01  # of the numbers may differ by more: a near tie may fall to either side


@dataclass(frozen=True)
class Layout:
    """Where the inputs of a batch lie in a value: axis ``axis`` is (``outer``, N, the rest), flattened."""

    axis: int = 0
    outer: int = 1

    def rows(self, value: Tensor, count: int) -> Tensor:
        """One row for each of the ``count`` inputs: (N, units)."""
        return self._split(value, count).movedim(self.axis + 1, 0).reshape(count, -1)

    def take(self, value: Tensor, count: int, inputs: Tensor) -> Tensor:
        """The value of another batch: that of the ``inputs`` (M,) among these ``count``, in that order."""
        chosen = self._split(value, count).index_select(self.axis + 1, inputs)
        return chosen.flatten(self.axis, self.axis + 2)

    def join(self, values: Sequence[Tensor], counts: Sequence[int]) -> Tensor:
        """The value of several batches together."""
        parts = [self._split(value, count) for value, count in zip(values, counts, strict=True)]
        return torch.cat(parts, self.axis + 1).flatten(self.axis, self.axis + 2)

    def mixed(self, value: Tensor, weights: Tensor) -> Tensor:
        """Weighted sums of inputs that follow each other: weights (N, M), value of N M inputs -> of N.

        Weights of sum 1; where the numbers are no floats, the M inputs share theirs.
        """
        count, each = weights.shape
        grouped = self._split(value, count * each).unflatten(self.axis + 1, (count, each))
        if not value.is_floating_point():
            return grouped.select(self.axis + 2, 0).flatten(self.axis, self.axis + 2)
        factors = weights.to(value).view(count, each, *(1,) * (grouped.ndim - self.axis - 3))
        total = grouped.select(self.axis + 2, 0) * factors[:, 0]
        for i in range(1, each):
            total.addcmul_(grouped.select(self.axis + 2, i), factors[:, i])
        return total.flatten(self.axis, self.axis + 2)

    def _split(self, value: Tensor, count: int) -> Tensor:
        return value.unflatten(self.axis, (self.outer, count, -1))


FIRST_AXIS = Layout()


def some_inputs(shape: tuple[int, ...], device: torch.device) -> Tensor:
    """The random inputs (COUNT, *shape) by which layouts are found, float64."""
    generator = torch.Generator().manual_seed(0)
    return torch.rand((COUNT, *shape), generator=generator, dtype=torch.float64).to(device)


def find_layout(both: Tensor, first: Tensor) -> Layout | None:
    """The layout under which the first input's part of ``both`` is ``first``."""
    axes = [i for i, (two, one) in enumerate(zip(both.shape, first.shape, strict=True)) if two == COUNT * one]
    for axis in axes:
        for outer in (n for n in range(1, first.shape[axis] + 1) if first.shape[axis] % n == 0):
            layout = Layout(axis, outer)
            ours, theirs = layout.rows(both, COUNT)[:1], layout.rows(first, 1)
            if ours.shape == theirs.shape and _alike(ours, theirs):
                return layout
    return None


def _alike(ours: Tensor, theirs: Tensor) -> bool:
    if not theirs.is_floating_point():  # indices and masks: near ties may fall to either side here too
        return bool((ours != theirs).double().mean() <= _SHARE)
    finite = ours.isfinite() & theirs.isfinite()
    scale = theirs[finite].abs().max() if bool(finite.any()) else torch.ones(())
    far = finite & ((ours - theirs).abs() > CLOSE[ours.dtype] * scale)
    return bool(far.double().mean() <= _SHARE)
