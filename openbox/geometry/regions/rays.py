"""Rays: where straight lines out of one point first leave its region, by a ratio test over all gates."""

from dataclasses import dataclass

import torch
from torch import Tensor

from openbox.geometry.regions.margins import LocalMargins
from openbox.geometry.tolerances import SAME_STEP


@dataclass(frozen=True, eq=False)
class Hits:
    """For each of R rays the ``steps`` to the border, inf for none, and the margin that is zero there.

    ``places`` (R, 3): gate, unit, neighbour. Of several at the same step, the first in the network.
    """

    steps: Tensor
    places: Tensor


def shoot(local: LocalMargins, directions: Tensor) -> Hits:
    """The first crossings of the rays x + t d, t >= 0, for ``directions`` (R, *input_shape)."""
    parts = [_shoot(local, some) for some in directions.split(local.at_once)]
    return Hits(torch.cat([part.steps for part in parts]), torch.cat([part.places for part in parts]))


def _shoot(local: LocalMargins, directions: Tensor) -> Hits:
    count = len(directions)
    steps = directions.new_full((count,), torch.inf)
    places = torch.zeros((count, 3), dtype=torch.int64, device=directions.device)
    for layer, (margins, slopes) in enumerate(zip(local.margins, local.slopes(directions), strict=True)):
        if margins.numel() == 0:
            continue
        reached = torch.where(slopes < 0, margins / -slopes, torch.inf).flatten(1)
        nearest = reached.amin(1)
        first = (reached <= nearest[:, None] * (1 + SAME_STEP)).to(torch.uint8).argmax(1)
        neighbours = margins.shape[1]
        here = torch.stack((torch.full_like(first, layer), first // neighbours, first % neighbours), 1)
        earlier = nearest < steps * (1 - SAME_STEP)
        earlier |= steps.isinf() & nearest.isfinite()
        steps = torch.where(earlier, nearest, steps)
        places = torch.where(earlier[:, None], here, places)
    return Hits(steps, places)
