"""Drawings of the toy's plane: what ``slice``, ``region``, ``segment`` and ``counterfactual`` answer."""

from functools import cache

import numpy as np
import torch
import toy
from matplotlib.axes import Axes
from matplotlib.colors import to_rgb
from matplotlib.figure import Figure
from matplotlib.patches import Circle
from style import BLUE, CLASSES, GREY, INK, PALE, RED, arrow, bare, sheet

import openbox
from openbox import PiecewiseLinearNetwork, Slice

X = (-0.45, 0.05)  # the input of the drawings
OTHER = (0.75, 0.2)
INSIDE = (-0.5, 0.44)  # that of the region


@cache
def _opened(layers: int = 5) -> PiecewiseLinearNetwork:
    """The first layers of the toy."""
    return openbox.capture(toy.model()[:layers], torch.zeros(1, 2, dtype=torch.float64))


def _window(net: PiecewiseLinearNetwork, origin: tuple[float, float], extent: float) -> Slice:
    return net.slice(toy.point(*origin), toy.point(1, 0), toy.point(0, 1), extent=extent)


def _fill(axes: Axes, cut: Slice, classes: bool) -> None:
    """The cells in shades: of grey, or of the class that is the largest in each part of them."""
    origin = cut.origin[0].numpy()
    for polygon, name, maps in zip(cut.polygons, cut.region_ids, cut.maps.numpy(), strict=True):
        white = 0.45 + 0.4 * int(name[:4], 16) / 16**4
        parts = [(_won(polygon, maps, k), CLASSES[k]) for k in range(3)] if classes else [(polygon, GREY)]
        for part, colour in parts:
            base = np.array(to_rgb(colour))
            if len(part):
                shade = tuple(base + white * (1 - base))
                axes.fill(*(part + origin).T, color=shade, ec=shade, lw=0.4)
        axes.fill(*(polygon + origin).T, fill=False, ec="white", lw=0.7)
    bare(axes)
    low, high = origin - cut.extent, origin + cut.extent
    axes.set(xlim=(low[0], high[0]), ylim=(low[1], high[1]), aspect="equal")


def _won(polygon: np.ndarray, maps: np.ndarray, k: int) -> np.ndarray:
    """The part (P, 2) of a polygon on which class k is the largest, by clipping it at each other class."""
    for other in range(len(maps)):
        if other == k or not len(polygon):
            continue
        lead = np.c_[polygon, np.ones(len(polygon))] @ (maps[k] - maps[other])
        kept = []
        for n in range(len(polygon)):
            here, ahead = lead[n - 1], lead[n]
            if (here > 0) != (ahead > 0):
                kept.append(polygon[n - 1] + here / (here - ahead) * (polygon[n] - polygon[n - 1]))
            if ahead > 0:
                kept.append(polygon[n])
        polygon = np.array(kept).reshape(-1, 2)
    return polygon


def _boundary(axes: Axes, cut: Slice) -> None:
    for edge in cut.boundary + cut.origin[0].numpy():
        axes.plot(*edge.T, color=INK, lw=1.8, solid_capstyle="round")


def _dot(axes: Axes, at: tuple[float, float], label: str, right: bool = True) -> None:
    axes.plot(*at, "o", color=INK, ms=5, zorder=5)
    offset = (7, 5) if right else (-7, 5)
    axes.annotate(
        label, at, offset, textcoords="offset points", ha="left" if right else "right", color=INK, zorder=5
    )


def gate_by_gate() -> Figure:
    """The window after the first gate layer, after the second, and with the decision boundary."""
    figure = Figure(figsize=(9, 3.3), layout="constrained")
    titles = ("cut by the first gate layer", "by the second", "and the decision boundary")
    for axes, layers, title in zip(figure.subplots(1, 3), (2, 4, 5), titles, strict=True):
        cut = _window(_opened(layers), (0, 0), 1)
        _fill(axes, cut, classes=layers == 5)
        if layers == 5:
            _boundary(axes, cut)
        axes.set_title(title if layers == 5 else f"{title}: {len(cut.polygons)} cells", fontsize=10)
    return figure


def region() -> Figure:
    """One region: a ray out of it, its nearest border, the largest ball."""
    net, x = _opened(), toy.point(*INSIDE)
    around = net.region(x)
    figure, axes = sheet(5.6, 4.6)
    _fill(axes, _window(net, (-0.42, 0.29), 0.46), classes=False)
    cut = _window(net, INSIDE, 1)
    own = cut.polygons[cut.cell((0, 0)) or 0] + np.array(INSIDE)
    axes.fill(*own.T, color="#cfdcec", ec=BLUE, lw=1.8, zorder=2)
    s, t = own.mean(0)
    axes.text(s + 0.12, t + 0.05, "P", color=BLUE, fontsize=13, zorder=5)

    ball = around.chebyshev((-2, 2))
    centre = ball.centre[0].tolist()
    axes.add_patch(Circle((centre[0], centre[1]), ball.radius, fill=False, ec=BLUE, ls=":", lw=1.4, zorder=3))
    _label(axes, (centre[0], centre[1] - ball.radius), "chebyshev()", (0, -4), BLUE)
    direction = toy.point(0.4, -1)
    end = x + around.exit(direction).step * direction
    arrow(axes, INSIDE, (float(end[0]), float(end[1])), RED)
    _label(axes, (float(end[0]), float(end[1])), "exit(d)", (-2, -14), RED)

    sides = around.halfspaces()
    a, c = sides.a, sides.c
    norms = a.norm(dim=1)
    nearest = int(((a @ x + c) / norms).argmin())
    foot = x - (a[nearest] @ x + c[nearest]) / norms[nearest] ** 2 * a[nearest]
    arrow(axes, INSIDE, (float(foot[0]), float(foot[1])), INK)
    _label(axes, (float(foot[0]), float(foot[1])), "distance()", (-8, 10), INK)
    _dot(axes, INSIDE, "x")
    return figure


def _label(axes: Axes, at: tuple[float, float], text: str, offset: tuple[int, int], colour: str) -> None:
    axes.annotate(
        text, at, offset, textcoords="offset points", ha="center", va="center", color=colour, zorder=6,
        bbox={"fc": "white", "ec": "none", "alpha": 0.75, "pad": 1.5},
    )  # fmt: skip


def segment() -> Figure:
    """The line in the plane, and the logits along it."""
    net = _opened()
    way = net.segment(toy.point(*X), toy.point(*OTHER))
    figure = Figure(figsize=(9, 3.3), layout="constrained")
    left, right = figure.subplots(1, 2, width_ratios=[1, 1.7])
    _fill(left, _window(net, (0, 0), 1), classes=True)
    line = way.points(way.t).numpy()
    left.plot(*line.T, "-", color=INK, lw=1.4)
    left.plot(*line[1:-1].T, "o", color=INK, ms=3.5, mfc="white")
    _dot(left, X, "a", right=False)
    _dot(left, OTHER, "b")
    for k, colour in enumerate(CLASSES):
        right.plot(way.t, way.logits[:, k], color=colour, lw=1.8)
        right.annotate(
            f"class {k}", (1, float(way.logits[-1, k])), (5, -3), textcoords="offset points", color=colour
        )
    for t in way.t.tolist()[1:-1]:
        right.axvline(t, color=PALE, lw=1.2, zorder=0)
    for switch in way.switches:
        right.axvline(switch.t, color=INK, lw=1.2, ls=":")
    bare(right)
    right.set(xlim=(0, 1.14), xticks=[0, 1], xticklabels=["a", "b"], ylabel="logits")
    right.tick_params(length=0)
    right.set_title("grey lines: breakpoints; dotted: the decision switches", fontsize=10)
    return figure


def counterfactual() -> Figure:
    """Regions, the decision boundary, and the nearest point of another class."""
    net, x = _opened(), toy.point(*X)
    found = net.counterfactual(x, bounds=(-1, 1))
    cut = _window(net, (0, 0), 1)
    figure, axes = sheet(5, 4.6)
    _fill(axes, cut, classes=True)
    _boundary(axes, cut)
    axes.add_patch(Circle(X, found.distance, fill=False, ec=INK, ls=":", lw=1.2))
    s, t = found.point[0].tolist()
    arrow(axes, X, (s, t))
    axes.plot(s, t, "D", color=RED, ms=5, zorder=5)
    axes.annotate(
        "the nearest point\nof another class", (s, t), (12, -22), textcoords="offset points", color=INK,
        bbox={"fc": "white", "ec": "none", "alpha": 0.75, "pad": 2},
    )  # fmt: skip
    _dot(axes, X, "x", right=False)
    return figure
