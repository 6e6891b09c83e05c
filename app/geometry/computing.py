"""What the Geometry page computes: kept between reruns by strings and numbers, never computed twice."""

import math
from collections.abc import Callable

import numpy as np
import streamlit as st
import torch
from torch import nn
from ui import loading
from ui.kept import kept
from ui.sources import AnyNetwork

from geometry.plane import Plane, Walk
from openbox import PiecewiseLinearNetwork, capture
from openbox.geometry.partition.segment import Segment
from openbox.geometry.partition.slice import Slice

Share = Callable[[float], None]  # told the share that is done
BIG = 100_000  # numbers between the layers: such a network gets a smaller budget and a coarser overview
GRID, COARSE_GRID = 96, 48  # points along a side of the overview
SAMPLES = 100  # of the walk, where the answer is looked for
FEW = 20  # regions that tell how dense they are
LONG = 3_000  # regions of a line that is computed without being asked for


def network(card: AnyNetwork) -> PiecewiseLinearNetwork:
    """The network of a card, captured; raises ``CaptureError`` and what stands below it."""
    return _captured(card.sha256, card.shape, loading.network(card))


@st.cache_resource(max_entries=6, show_spinner="Opening the network …")
def _captured(sha256: str, shape: tuple[int, int, int], _model: nn.Module) -> PiecewiseLinearNetwork:
    del sha256
    return capture(_model, torch.zeros(1, *shape))


def big(net: PiecewiseLinearNetwork) -> bool:
    """Whether thousands of regions of the network take long."""
    return net.memory_budget / net.inputs_at_once(torch.float64) / 8 > BIG


def overview(card: AnyNetwork, plane: Plane, progress: Share) -> np.ndarray:
    """The class (side, side) that the network itself gives to a grid of inputs on the plane's frame.

    Row 0 is the largest t. Sampled in float32: what lies between two points is not known.
    """
    net = network(card)
    side = COARSE_GRID if big(net) else GRID

    def sample() -> np.ndarray:
        (s, t), half = plane.frame
        ticks = (np.arange(side) + 0.5) / side * 2 - 1
        grid = np.stack(np.meshgrid(s + half * ticks, t - half * ticks), -1)  # (row, column, 2)
        rows = []
        for row in grid:
            rows.append(net.original(plane.inputs(row).float()).argmax(1).numpy())
            progress(len(rows) / side)
        return np.stack(rows)

    return kept("overview", 16).get((card.sha256, plane.key), sample)


def first_change(card: AnyNetwork, plane: Plane) -> float:
    """Where the answer at A first changes on the way to B: a share, about, from samples; 0.5 if nowhere."""
    net = network(card)

    def search() -> float:
        low, high = 0.0, 1.0
        for count in (SAMPLES, SAMPLES):
            shares = np.linspace(low, high, count + 1)
            line = np.stack((shares * plane.length, np.zeros_like(shares)), 1)
            answers = net.original(plane.inputs(line)).argmax(1).numpy()
            others = np.flatnonzero(answers != answers[0])
            if not len(others):
                return 0.5
            low, high = shares[others[0] - 1], shares[others[0]]
        return round(float(low + high) / 2, 4)

    return kept("change", 64).get((card.sha256, plane.key), search)


def density(card: AnyNetwork, walk: Walk) -> float:
    """About how many regions a unit of length of the walk crosses: counted on a short part of it."""

    def count() -> float:
        half = 1e-4
        while True:
            found = len(_cut(card, walk, 0.5 - half, 0.5 + half, None).region_ids)
            if found >= FEW or half >= 0.5:
                return found / (2 * half * walk.length)
            half = min(0.5, 4 * half)

    return kept("density", 64).get((card.sha256, walk.plane.key, walk.rise), count)


def half_width(density: float, budget: int) -> float:
    """Of a window that about ``budget`` regions fill, with some room for places that are more dense.

    If lines in random directions bound the regions, and a walk crosses d of them a unit of length, then
    pi d^2 / 4 regions lie in a unit of area.
    """
    return 0.75 * math.sqrt(budget / math.pi) / density


def window(
    card: AnyNetwork,
    walk: Walk,
    share: float,
    half: float,
    budget: int,
    progress: Callable[[int, float], None],
) -> Slice:
    """The exact partition of the window of that half width around a point of the walk."""
    plane, net = walk.plane, network(card)
    key = (card.sha256, plane.key, walk.rise, share, half, budget)

    def cut() -> Slice:
        return net.slice(plane.input(walk.at(share)), plane.u, plane.v, half, budget, progress)

    return kept("window", 12).get(key, cut)


def line(card: AnyNetwork, walk: Walk, progress: Share) -> Segment:
    """The whole walk, cut into its regions."""
    return kept("line", 6).get(_line_key(card, walk), lambda: _cut(card, walk, 0.0, 1.0, progress))


def line_is_kept(card: AnyNetwork, walk: Walk) -> bool:
    """Whether the whole walk is there already."""
    return _line_key(card, walk) in kept("line", 6)


def _line_key(card: AnyNetwork, walk: Walk) -> tuple[str, str, float]:
    return (card.sha256, walk.plane.key, walk.rise)


def stretch(card: AnyNetwork, walk: Walk, share: float, half: float) -> tuple[Segment, tuple[float, float]]:
    """The part of the walk around ``share``, at least ``half`` long to both sides, and its ends as shares.

    It is made longer until the interval around ``share`` ends inside it, or the walk does.
    """
    half = half / walk.length
    while True:
        middle = walk.middle(share, half * walk.length)
        low, high = max(0.0, middle - half), min(1.0, middle + half)
        key = (card.sha256, walk.plane.key, walk.rise, low, high)
        found = kept("stretch", 32).get(key, lambda: _cut(card, walk, low, high, None))  # noqa: B023
        inside = int(found.interval(torch.tensor([(share - low) / (high - low)], dtype=torch.float64))[0])
        last = len(found.region_ids) - 1
        if (inside > 0 or low == 0) and (inside < last or high == 1):
            return found, (low, high)
        half *= 4


def _cut(card: AnyNetwork, walk: Walk, low: float, high: float, progress: Share | None) -> Segment:
    ends = [walk.plane.input(walk.at(share)) for share in (low, high)]
    return network(card).segment(ends[0], ends[1], progress)
