"""Half-spaces: the inequalities A x + c >= 0 of a region, one for each margin that moves at all."""

from dataclasses import dataclass

import torch
from torch import Tensor

from openbox.errors import InputError
from openbox.geometry.regions.jacobian import by_coordinates, by_margins, places_of
from openbox.geometry.regions.margins import LocalMargins

_DEARER = 3  # a backward pass of one margin costs as much as so many forward passes


@dataclass(frozen=True, eq=False)
class Halfspaces:
    """``a`` (G, d) and ``c`` (G,) with a x + c >= 0 inside; row g is the margin ``places[g]`` (G, 3).

    ``margins`` (G,) are the left sides at the cell's x, free of rounding.
    """

    a: Tensor
    c: Tensor
    margins: Tensor
    places: Tensor


def halfspaces(local: LocalMargins, limit: int, instead: str) -> Halfspaces:
    """All half-spaces of a cell, in the order of the network; refuses to hold more than ``limit`` bytes.

    Margins without a neighbour and those that are constant on the region are left out. ``instead``: what the
    refusal advises, which differs from verb to verb.
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
