"""``neighbours``: an image's map against that of its nearest neighbour (consistency, Chu et al. 2018)."""

from dataclasses import dataclass

import torch
from torch import Tensor

import openbox
from openbox.errors import InputError, NotPiecewiseLinearError

from ..case import Case
from ..measurement import Measurement, Metric, Score
from .parts.agreement import cosine


@dataclass(frozen=True)
class NeighboursSettings:
    """Nothing to set."""


def nearest(pool: Tensor, index: Tensor, chunk: int) -> Tensor:
    """(n,) positions in ``pool`` (P, C, H, W) uint8 of the nearest other images of ``pool[index]``.

    Euclidean in pixels, exact: ``|a|^2 - 2 a.b + |b|^2`` of whole numbers in float64, so that the lowest
    position wins a tie on every device. Only ``chunk`` images are compared at a time.
    """
    if len(pool) < 2:
        raise InputError(f"neighbours: a pool of {len(pool)} images has no two; measure more images")
    images = pool[index].flatten(1).double()
    best = images.new_full((len(index),), torch.inf)
    found = torch.zeros_like(index)
    for start in range(0, len(pool), chunk):
        others = pool[start : start + chunk].flatten(1).double()
        distance = others.square().sum(1) - 2 * images @ others.T  # |a|^2 is the same for all
        place = index - start
        own = (place >= 0) & (place < len(others))
        distance[own, place[own]] = torch.inf
        least, which = distance.min(1)
        which = (distance == least[:, None]).int().argmax(1)  # the first one, which min does not promise
        found = torch.where(least < best, which + start, found)
        best = torch.minimum(best, least)
    return found


def measure(case: Case, settings: NeighboursSettings) -> list[Measurement]:
    """Cosine of the maps (all channels) of an image and its neighbour in the pool, for the same target.

    ``same_region``: 1 where both lie in one linear region of the network. It does not depend on the
    method, but a cosine of 1 is promised only there; a network that has no regions has no such rows.
    """
    del settings
    chosen = nearest(case.context.pool, case.index, case.batch)
    similar: list[Tensor] = []
    for some in torch.arange(len(case.x), device=chosen.device).split(case.batch):
        neighbour = _images(case, chosen[some])
        maps = case.explain(neighbour, case.target[some]).values
        similar.append(cosine(case.explanation.values[some].flatten(1), maps.flatten(1)))
    found = [Measurement("cosine", torch.cat(similar))]
    try:
        net = openbox.capture(case.model, case.x[:1])
    except NotPiecewiseLinearError:
        return found
    row = torch.eye(1, net.outputs, device=case.x.device)  # any score: the region is that of all logits
    same: list[bool] = []
    for some in torch.arange(len(case.x), device=chosen.device).split(case.batch):
        here = net.readout(case.x[some], row).region_ids
        there = net.readout(_images(case, chosen[some]), row).region_ids
        same += [a == b for a, b in zip(here, there, strict=True)]
    values = torch.tensor(same, dtype=torch.float64, device=case.x.device)
    return [*found, Measurement("same_region", values)]


def _images(case: Case, index: Tensor) -> Tensor:
    return case.context.pool[index].to(case.x) / 255


SCORE = Score(
    "the map of the nearest neighbour", NeighboursSettings, measure,
    {
        "cosine": Metric("cosine of the two maps", "higher"),
        "same_region": Metric("share of neighbours in the same region", ""),
    },
)  # fmt: skip
