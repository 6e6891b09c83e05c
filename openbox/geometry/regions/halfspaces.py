"""Half-spaces: the inequalities A x + c >= 0 of a region, one for each margin that moves at all."""

import warnings
from collections.abc import Iterator
from dataclasses import dataclass

import torch
from torch import Tensor

from openbox.display.table import table
from openbox.errors import InputError
from openbox.geometry.regions.jacobian import by_coordinates, by_margins, places_of
from openbox.geometry.regions.margins import LocalMargins

_DEARER = 3  # a backward pass of one margin costs as much as so many forward passes


@dataclass(frozen=True, eq=False)
class Halfspaces:
    """``a`` (G, *input_shape) and ``c`` (G,) with a . p + c >= 0 for every point p of the region.

    Row g is the margin ``places[g]`` (G, 3): gate, unit, neighbour. ``margins`` (G,) are the left sides at
    the region's x, free of rounding.
    """

    a: Tensor
    c: Tensor
    margins: Tensor
    places: Tensor

    def __len__(self) -> int:
        return len(self.c)

    def __repr__(self) -> str:
        return f"Halfspaces({len(self)} of points of shape {tuple(self.a.shape[1:])})"

    def _repr_html_(self) -> str:
        units = {
            "a": "units of the gate's operand per unit of the input",
            "c": "units of the gate's operand",
            "margins": "left sides at x, 0 on a border",
        }
        return table(self, units)

    def __iter__(self) -> Iterator[Tensor]:
        warnings.warn("region.halfspaces() is no tuple any more; take its .a and .c", DeprecationWarning, 2)
        return iter((self.a, self.c))


def halfspaces(local: LocalMargins, limit: int, instead: str) -> Halfspaces:
    """All half-spaces of a region, in the order of the network, with ``a`` flat (G, d).

    Refuses to hold more than ``limit`` bytes; ``instead``: what the refusal advises, which differs from verb
    to verb. Margins without a neighbour and those that are constant on the region are left out.
    """
    masks = [margins.isfinite() for margins in local.margins]
    count, size = sum(int(mask.sum()) for mask in masks), local.size
    if count * size * 8 > limit:
        raise InputError(
            f"{count:,} half-spaces of {size:,} coordinates take {count * size * 8:,} "
            f"bytes, more than the limit of {limit:,}; {instead}"
        )
    places = places_of(masks)
    if _DEARER * count < size:
        a = torch.cat([local.x.new_zeros((0, size)), *by_margins(local, places)])
    else:
        a = local.x.new_empty(count, size)
        for some, columns in by_coordinates(local):
            flat = [column[:, mask] for column, mask in zip(columns, masks, strict=True)]
            a[:, some] = torch.cat([local.x.new_zeros((some.stop - some.start, 0)), *flat], 1).T
        a /= local.reach
    largest = a.abs().amax(1)
    steepest = [float(largest[places[:, 0] == layer].amax()) if bool(mask.any()) else 0.0
                for layer, mask in enumerate(masks)]  # fmt: skip
    moves = largest > a.new_tensor(local.flat_limits(steepest))[places[:, 0]]
    a, places = a[moves], places[moves]
    margins = torch.cat([a.new_zeros(0), *(m[mask] for m, mask in zip(local.margins, masks, strict=True))])
    return Halfspaces(a, margins[moves] - a @ local.x.flatten(), margins[moves], places)
