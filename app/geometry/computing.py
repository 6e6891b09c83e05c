"""What the Geometry page asks for: each question with its key, in the line for quick or for long jobs."""

import math
from collections.abc import Callable

import numpy as np
import torch
from torch import Tensor
from ui import asking
from ui.loading import about, digest
from ui.sources import AnyNetwork
from work import layers
from work.job import Job
from work.ticket import Ticket

from geometry import jobs
from geometry.jobs import NetworkFacts
from geometry.plane import Plane, Walk
from openbox.geometry.counterfactuals.counterfactual import Counterfactual
from openbox.geometry.partition.segment import Segment
from openbox.geometry.partition.slice import Slice
from openbox.geometry.regions.crossing import Crossing, GateUnit

Show = Callable[[Ticket], None]  # shows where a ticket stands
LONG = 3_000  # regions of a line that is computed without being asked for


def facts(card: AnyNetwork) -> NetworkFacts:
    """Raises ``CaptureError`` and what stands below it."""
    return asking.answer(about(jobs.facts, card))


def overview(card: AnyNetwork, plane: Plane, show: Show) -> np.ndarray:
    """See ``jobs.overview``."""
    return asking.answer(about(jobs.overview, card, (plane,), plane.key, "slow", 16), show)


def first_change(card: AnyNetwork, plane: Plane) -> float:
    """See ``jobs.first_change``."""
    return asking.answer(about(jobs.first_change, card, (plane,), plane.key))


def density(card: AnyNetwork, walk: Walk) -> float:
    """See ``jobs.density``."""
    return asking.answer(about(jobs.density, card, (walk,), _walk_key(walk), "slow"))


def half_width(density: float, budget: int) -> float:
    """Of a window that about ``budget`` regions fill, with some room for places that are more dense.

    If lines in random directions bound the regions, and a walk crosses d of them a unit of length, then
    pi d^2 / 4 regions lie in a unit of area.
    """
    return 0.75 * math.sqrt(budget / math.pi) / density


def window(card: AnyNetwork, walk: Walk, share: float, half: float, budget: int, show: Show) -> Slice:
    """See ``jobs.window``."""
    key = (_walk_key(walk), share, half, budget)
    return asking.answer(about(jobs.window, card, (walk, share, half, budget), key, "slow", 12), show)


def line(card: AnyNetwork, walk: Walk, show: Show) -> Segment:
    """The whole walk, cut into its regions."""
    return asking.answer(_part(card, walk), show)


def line_is_kept(card: AnyNetwork, walk: Walk) -> bool:
    """Whether the whole walk is there already."""
    return asking.desk().knows(_part(card, walk))


def stretch(card: AnyNetwork, walk: Walk, share: float, half: float) -> tuple[Segment, tuple[float, float]]:
    """The part of the walk around ``share``, at least ``half`` long to both sides, and its ends as shares.

    It is made longer until the interval around ``share`` ends inside it, or the walk does.
    """
    half = half / walk.length
    while True:
        middle = walk.middle(share, half * walk.length)
        low, high = max(0.0, middle - half), min(1.0, middle + half)
        found: Segment = asking.answer(_part(card, walk, low, high))
        inside = int(found.interval(torch.tensor([(share - low) / (high - low)], dtype=torch.float64))[0])
        last = len(found.region_ids) - 1
        if (inside > 0 or low == 0) and (inside < last or high == 1):
            return found, (low, high)
        half *= 4


def weights(card: AnyNetwork, x: Tensor) -> Tensor:
    """The exact weights (K, C, H, W) of all classes on the region of x (1, C, H, W)."""
    return asking.answer(about(jobs.weights, card, (x,), digest(x)))


def logits(card: AnyNetwork, x: Tensor) -> Tensor:
    """The network's own answer (K,)."""
    return asking.answer(about(jobs.logits, card, (x,), digest(x)))


def changed(card: AnyNetwork, before: Tensor, after: Tensor) -> list[GateUnit]:
    """The units that decide otherwise at one input than at the other, both (1, C, H, W)."""
    return asking.answer(about(jobs.changed, card, (before, after), (digest(before), digest(after))))


def channels(card: AnyNetwork, unit: GateUnit, points: Tensor) -> Tensor | None:
    """The channel (N, H, W) of a unit at points (N, C, H, W), where it has rows and columns."""
    if unit.channel is None or len(unit.position) != 2:
        return None
    args = unit.module, unit.channel, points
    return asking.answer(about(layers.channel, card, args, (unit.module, unit.channel, digest(points))))


def nearest(card: AnyNetwork, x: Tensor, norm: float, show: Show) -> Crossing:
    """The nearest border of the region of x."""
    return asking.answer(_nearest(card, x, norm), show)


def nearest_is_kept(card: AnyNetwork, x: Tensor, norm: float) -> bool:
    """Whether ``nearest`` has the answer already."""
    return asking.desk().knows(_nearest(card, x, norm))


def counterfactual(card: AnyNetwork, x: Tensor, norm: float, show: Show) -> Counterfactual:
    """The nearest change of the decision at x; raises ``CounterfactualNotFoundError``."""
    return asking.answer(_counterfactual(card, x, norm), show)


def counterfactual_is_kept(card: AnyNetwork, x: Tensor, norm: float) -> bool:
    """Whether it is there already."""
    return asking.desk().knows(_counterfactual(card, x, norm))


def _part(card: AnyNetwork, walk: Walk, low: float = 0.0, high: float = 1.0) -> Job:
    return about(jobs.part, card, (walk, low, high), (_walk_key(walk), low, high), "slow", 32)


def _nearest(card: AnyNetwork, x: Tensor, norm: float) -> Job:
    return about(jobs.nearest, card, (x, norm), (digest(x), norm), "slow")


def _counterfactual(card: AnyNetwork, x: Tensor, norm: float) -> Job:
    return about(jobs.counterfactual, card, (x, norm), (digest(x), norm), "slow")


def _walk_key(walk: Walk) -> tuple[str, float]:
    return walk.plane.key, walk.rise
