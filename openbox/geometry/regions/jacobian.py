"""Rows of the Jacobian of all margins, by coordinates or one by one, a chunk at a time."""

from collections.abc import Iterator

import torch
from torch import Tensor

from openbox.geometry.regions.margins import LocalMargins
from openbox.geometry.view import View
from openbox.program.program import Pattern

_TOGETHER = 16  # backward passes


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
    """Rows of the Jacobian (n, d) of the margins ``places`` (G, 3): gate, unit, neighbour. Unrounded."""
    neighbours = places.new_tensor([margins.shape[1] for margins in local.margins])
    for some in places.split(max(1, local.at_once // 2)) if len(places) else ():
        gate, unit, side = some.unbind(1)
        yield margin_rows(local.view, local.x, local.pattern, gate, unit * neighbours[gate] + side)


def margin_rows(view: View, x: Tensor, pattern: Pattern, gates: Tensor, places: Tensor) -> Tensor:
    """The derivatives (G, d) by x (1, *input_shape) of the margins at ``places`` (G,) of ``gates`` (G,).

    Costs one forward pass, and a backward pass for each margin, from its gate on, a few of them together.
    """
    rows = x.new_zeros(len(places), x.numel())
    with torch.enable_grad():
        x = x.detach().clone().requires_grad_()
        layers = view.margins(x, pattern)[0]
        for gate in gates.unique().tolist():
            flat = layers[gate].flatten()
            if not flat.requires_grad:
                continue  # a gate that does not depend on x
            for some in (gates == gate).nonzero()[:, 0].split(min(_TOGETHER, view.at_once)):
                each = torch.eye(len(some), dtype=x.dtype, device=x.device)
                found = torch.autograd.grad(
                    flat[places[some]], x, each, retain_graph=True, is_grads_batched=True
                )
                rows[some] = found[0].flatten(1)
    return rows


def places_of(masks: list[Tensor]) -> Tensor:
    """The places (G, 3) where the masks (units, neighbours), one for each gate, are true."""
    parts = []
    for layer, mask in enumerate(masks):
        here = mask.nonzero()
        parts.append(torch.cat((torch.full_like(here[:, :1], layer), here), 1))
    return torch.cat(parts) if parts else torch.zeros((0, 3), dtype=torch.int64)
