"""Rows of the Jacobian of all margins, by coordinates or one by one, a chunk at a time."""

from collections.abc import Iterator

import torch
from torch import Tensor

from openbox.geometry.regions.margins import LocalMargins


def by_coordinates(local: LocalMargins) -> Iterator[tuple[slice, list[Tensor]]]:
    """Columns of the Jacobian: some coordinates, and per gate (n, units, neighbours), NaN for no neighbour.

    Unrounded, and as differences at a distance of ``reach``: not yet divided by it. New memory each time.
    """
    chunk = min(local.at_once, local.size)
    for start in range(0, local.size, chunk):
        some = slice(start, min(start + chunk, local.size))
        count = some.stop - some.start
        moves = local.x.new_zeros(count, local.size)
        moves[torch.arange(count), torch.arange(some.start, some.stop)] = local.reach
        yield some, local.differences(moves.view(count, *local.x.shape[1:]))


def by_margins(local: LocalMargins, places: Tensor) -> Iterator[Tensor]:
    """Rows of the Jacobian (n, d) of the margins ``places`` (G, 3): gate, unit, neighbour. Unrounded.

    As many inputs as rows go through the network together, each with a backward pass for its own margin.
    """
    for some in places.split(max(1, local.at_once // 2)) if len(places) else ():
        with torch.enable_grad():
            points = local.x.expand(len(some), *local.x.shape[1:]).clone().requires_grad_()
            margins = local.view.margins(points, local.view.repeat(local.pattern, len(some)))[0]
            total = points.sum() * 0
            for layer, found in enumerate(margins):
                rows = (some[:, 0] == layer).nonzero().flatten()
                if len(rows):
                    total = total + found[rows, some[rows, 1], some[rows, 2]].sum()
            yield torch.autograd.grad(total, points)[0].flatten(1)


def places_of(masks: list[Tensor]) -> Tensor:
    """The places (G, 3) where the masks (units, neighbours), one for each gate, are true."""
    parts = []
    for layer, mask in enumerate(masks):
        here = mask.nonzero()
        parts.append(torch.cat((torch.full_like(here[:, :1], layer), here), 1))
    return torch.cat(parts) if parts else torch.zeros((0, 3), dtype=torch.int64)
