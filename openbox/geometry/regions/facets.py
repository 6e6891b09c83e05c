"""Facets of the region of a large network: random rays out of it prove through which borders it ends."""

from dataclasses import dataclass

import torch
from torch import Tensor

from openbox.display.table import table
from openbox.errors import InputError
from openbox.geometry.regions.crossing import GateUnit, units_at
from openbox.geometry.regions.jacobian import by_margins, places_of
from openbox.geometry.regions.margins import LocalMargins, local_margins
from openbox.geometry.regions.rays import shoot
from openbox.geometry.tolerances import RISING, RISING_WELL
from openbox.progress import OnCount

_TRIES = 200


@dataclass(frozen=True, eq=False)
class Facets:
    """F facets of a region: A x + c >= 0 with ``a`` (F, *input_shape) and ``c`` (F,), rows as they are in
    ``halfspaces``, and the unit of each in ``gates``.

    ``complete``: they are all, found by linear programs, in the order of the network. Else they are those
    that random rays left through, the most frequent first: ``hits`` (F,) how many of the ``rays`` each took,
    ``points`` (F, *input_shape) a point on each; ``escaped`` rays never left. With probability one a random
    ray leaves through the inside of a facet, so each of these is one: no other half-space implies it. Others
    may have been missed. ``origin`` (1, *input_shape) is where the rays start, a point inside the region.
    Without rays ``hits`` are 0 and ``points`` are none.
    """

    a: Tensor
    c: Tensor
    gates: list[GateUnit]
    complete: bool
    hits: Tensor
    points: Tensor
    rays: int
    escaped: int
    origin: Tensor

    def __len__(self) -> int:
        return len(self.gates)

    def __repr__(self) -> str:
        how = (
            "all of them"
            if self.complete
            else f"those found by {self.rays} rays, {self.escaped} of which never left"
        )
        return f"Facets({len(self)} facets in {self.origin[0].numel()} coordinates, {how})"

    def _repr_html_(self) -> str:
        units = {
            "a": "units of the gate's operand per unit of the input",
            "c": "units of the gate's operand",
            "complete": "whether these are all",
            "hits": "rays that left through each",
            "rays": "rays shot",
            "escaped": "rays that never left",
        }
        return table(self, units)


def shot_facets(on: LocalMargins, rays: int, seed: int, progress: OnCount | None) -> Facets:
    """Shoot ``rays`` rays in uniformly random directions."""
    start = inner(on)
    generator = torch.Generator().manual_seed(seed)
    steps, places, ends = [], [], {}
    for done in range(0, rays, start.at_once):
        count = min(start.at_once, rays - done)
        noise = torch.randn((count, *start.x.shape[1:]), generator=generator, dtype=torch.float64)
        directions = noise.to(start.x.device)
        hits = shoot(start, directions)
        for place, step, direction in zip(hits.places.tolist(), hits.steps.tolist(), directions, strict=True):
            if step < torch.inf:
                ends.setdefault(tuple(place), start.x[0] + step * direction)
        steps.append(hits.steps)
        places.append(hits.places)
        if progress is not None:
            progress(done + count, rays)
    hit = torch.cat(steps).isfinite()
    distinct, counts = torch.unique(torch.cat(places)[hit], dim=0, return_counts=True)
    order = counts.argsort(descending=True, stable=True)
    distinct, counts = distinct[order], counts[order]
    points = [ends[tuple(place)] for place in distinct.tolist()]
    stacked = torch.stack(points) if points else start.x[:0]
    a = torch.cat([start.x.new_zeros((0, start.size)), *by_margins(start, distinct)])
    margins = [start.margins[layer][unit, neighbour] for layer, unit, neighbour in distinct.tolist()]
    c = (torch.stack(margins) if margins else start.x.new_zeros(0)) - a @ start.x.flatten()
    return Facets(
        a.view(-1, *start.x.shape[1:]), c, units_at(start, distinct), False,
        counts, stacked, rays, int((~hit).sum()), start.x,
    )  # fmt: skip


def inner(on: LocalMargins) -> LocalMargins:
    """The same region from a point strictly inside: x itself, or near it where x lies on a border.

    Looks for a direction that raises every margin which is zero at x and not constant, by turns towards
    those that it does not raise (the perceptron's algorithm). Raises ``InputError`` if it finds none.
    """
    tied = places_of([margins == 0 for margins in on.margins])
    if len(tied) == 0:
        return on
    rows = torch.cat(list(by_margins(on, tied)))
    sizes = rows.abs().amax(1)
    flat = rows.new_tensor(on.flat_limits([float(sizes.max())] * len(on.margins)))
    moving = sizes > flat[tied[:, 0]]
    rows = rows[moving] / rows[moving].norm(dim=1, keepdim=True)
    if len(rows) == 0:
        return on
    direction = rows.mean(0)
    for _ in range(_TRIES):
        rising = rows @ direction
        if float(rising.min()) > RISING * float(direction.norm()):
            step = float(shoot(on, direction.view(on.x.shape)).steps)
            moved = on.x + min(step / 2, 1.0) * direction.view(on.x.shape)
            return local_margins(on.view, moved, on.pattern)
        direction = direction + rows[rising <= RISING_WELL * direction.norm()].mean(0)
    raise InputError(
        f"x lies on {len(rows)} borders of its region and no way into it was found, so no ray "
        "starts inside; move x off the ties, for instance by a little noise"
    )
