"""What a worker computes for the Geometry page: functions of a network, a plane and a walk."""

from dataclasses import dataclass

import numpy as np
import torch
from language.mark import mark
from torch import Tensor
from work.networks import Source, opened
from work.reporting import CELLS, CHANGE, report

from geometry.gate_names import layer_names
from geometry.plane import Plane, Walk
from openbox.geometry.counterfactuals.counterfactual import Counterfactual
from openbox.geometry.partition.segment import Segment
from openbox.geometry.partition.slice import Slice
from openbox.geometry.regions.crossing import Crossing, GateUnit
from openbox.geometry.regions.crossing import changes as changed_units
from openbox.module.precision import exact_math
from openbox.network import PiecewiseLinearNetwork

BIG = 100_000  # numbers between the layers: such a network gets a smaller budget and a coarser overview
GRID, COARSE_GRID = 96, 48  # points along a side of the overview
SAMPLES = 100  # of the walk, where the answer is looked for
FEW = 20  # regions that tell how dense they are
WALKED = 1  # regions in which a counterfactual is polished: more cost twice the time for a thousandth


@dataclass(frozen=True)
class NetworkFacts:
    """Whether thousands of regions take long, and what the layers of gates are called."""

    big: bool
    layer_names: list[str]


def facts(source: Source) -> NetworkFacts:
    """Raises ``CaptureError`` and what stands below it."""
    net = opened(source)
    return NetworkFacts(_big(net), layer_names(net.program))


def _big(net: PiecewiseLinearNetwork) -> bool:
    return net.memory_budget / net.inputs_at_once(torch.float64) / 8 > BIG


def overview(source: Source, plane: Plane) -> np.ndarray:
    """The class (side, side) that the network itself gives to a grid of inputs on the plane's frame.

    Row 0 is the largest t. Sampled in float32: what lies between two points is not known.
    """
    net = opened(source)
    side = COARSE_GRID if _big(net) else GRID
    (s, t), half = plane.frame
    ticks = (np.arange(side) + 0.5) / side * 2 - 1
    grid = np.stack(np.meshgrid(s + half * ticks, t - half * ticks), -1)  # (row, column, 2)
    rows: list[np.ndarray] = []
    for row in grid:
        rows.append(net.original(plane.inputs(row).float()).argmax(1).numpy())
        report(len(rows) / side, mark("sampling the plane"))
    return np.stack(rows)


def first_change(source: Source, plane: Plane) -> float:
    """Where the answer at A first changes on the way to B: a share, about, from samples; 0.5 if nowhere."""
    net, low, high = opened(source), 0.0, 1.0
    for count in (SAMPLES, SAMPLES):
        shares = np.linspace(low, high, count + 1)
        line = np.stack((shares * plane.length, np.zeros_like(shares)), 1)
        answers = net.original(plane.inputs(line)).argmax(1).numpy()
        others = np.flatnonzero(answers != answers[0])
        if not len(others):
            return 0.5
        low, high = shares[others[0] - 1], shares[others[0]]
    return round(float(low + high) / 2, 4)


def density(source: Source, walk: Walk) -> float:
    """About how many regions a unit of length of the walk crosses: counted on a short part of it."""
    half = 1e-4
    while True:
        found = len(part(source, walk, 0.5 - half, 0.5 + half).region_ids)
        if found >= FEW or half >= 0.5:
            return found / (2 * half * walk.length)
        half = min(0.5, 4 * half)


def window(source: Source, walk: Walk, share: float, half: float, budget: int) -> Slice:
    """The exact partition of the window of that half width around a point of the walk."""
    plane = walk.plane

    def tell(count: int, part: float) -> None:
        report(part, CELLS.format(number=f"{count:,}"))

    return opened(source).slice(plane.input(walk.at(share)), plane.u, plane.v, half, budget, tell)


def part(source: Source, walk: Walk, low: float, high: float) -> Segment:
    """The walk from one share to another, cut into its regions."""
    ends = [walk.plane.input(walk.at(share)) for share in (low, high)]
    return opened(source).segment(ends[0], ends[1], lambda share: report(share, mark("cell by cell")))


def weights(source: Source, x: Tensor) -> Tensor:
    """The exact weights (K, C, H, W) of all classes on the region of x (1, C, H, W)."""
    return opened(source).linearize(x).weight[0]


def logits(source: Source, x: Tensor) -> Tensor:
    """The network's own answer (K,)."""
    return opened(source).original(x)[0]


def changed(source: Source, before: Tensor, after: Tensor) -> list[GateUnit]:
    """The units that decide otherwise at one input than at the other, both (1, C, H, W)."""
    view = opened(source).view()
    with exact_math():
        patterns = [view.record(x)[1] for x in (before, after)]
        return changed_units(view, patterns[0], patterns[1])


def nearest(source: Source, x: Tensor, norm: float) -> Crossing:
    """The nearest border of the region of x."""

    def tell(done: int, total: int) -> None:
        report(done / total, mark("measuring the distance to every border"))

    return opened(source).region(x).distance(norm, ties=False, progress=tell)


def counterfactual(source: Source, x: Tensor, norm: float) -> Counterfactual:
    """The nearest change of the decision at x; raises ``CounterfactualNotFoundError``."""

    def tell(distance: float) -> None:
        report(0.0, CHANGE.format(number=f"{distance:.2g}"))

    return opened(source).counterfactual(x, norm=norm, regions=WALKED, progress=tell)
