"""Drawings of ideas: one piece, gates, record and replay."""

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.patches import FancyBboxPatch
from style import BLUE, GREEN, GREY, INK, ORANGE, PALE, RED, arrow, bare, sheet


def one_piece() -> Figure:
    """A bent curve and the line that it is around x."""
    corners = np.array([[-0.6, 1.5], [0.3, 1.2], [1.1, 0.75], [2.2, 1.75], [3.0, 1.9], [3.6, 1.4]])
    low, high = corners[2], corners[3]
    slope = (high[1] - low[1]) / (high[0] - low[0])
    bias = low[1] - slope * low[0]
    x = 1.75
    figure, axes = sheet(6.4, 3.2)
    axes.axvspan(low[0], high[0], color=PALE, zorder=0)
    ends = np.array([-0.6, 3.4])
    axes.plot(ends, slope * ends + bias, "--", color=BLUE, lw=1.4)
    axes.plot(*corners.T, color=INK, lw=2)
    axes.plot(*corners[1:-1].T, "o", color=INK, ms=3.5)
    axes.plot([low[0], high[0]], [low[1], high[1]], color=BLUE, lw=3)
    axes.axvline(0, color=GREY, lw=0.8)
    axes.plot(0, bias, "o", color=BLUE, ms=6)
    axes.plot(x, slope * x + bias, "o", color=RED, ms=7, zorder=5)
    for text, at, colour in (
        ("b, the replay at 0", (0.08, bias - 0.13), BLUE),
        ("W x + b", (2.25, slope * 2.75 + bias + 0.1), BLUE),
        ("f", (3.45, 1.62), INK),
        ("P", (1.63, -0.32), GREY),
        ("x", (x - 0.02, 1.05), RED),
    ):
        axes.text(*at, text, color=colour, fontsize=11)
    axes.set(xlim=(-0.6, 3.7), ylim=(-0.45, 2.9))
    bare(axes)
    return figure


def gates() -> Figure:
    """Three gates, their pieces and a unit's margins."""
    figure = Figure(figsize=(9, 2.9), layout="constrained")
    frames = figure.subplots(1, 3)
    z = np.linspace(-2, 2, 401)
    _gate(frames[0], z, np.maximum(z, 0), "relu: two pieces", (0.0,), 1.2)
    _gate(frames[1], z, np.clip(z, -1, 1), "hardtanh: three pieces", (-1.0, 1.0), 0.35)
    axes = frames[2]
    steps = np.array([0.6, 1.4, 1.0, 0.9])
    axes.bar(range(4), steps, color=[PALE, BLUE, PALE, PALE], width=0.6)
    for place, value in enumerate(steps):
        if place != 1:
            arrow(axes, (place, value), (place, 1.4), RED, both=True)
    axes.axhline(1.4, color=BLUE, lw=0.8, ls=":")
    axes.set(ylim=(0, 2), xlim=(-0.6, 3.6))
    axes.text(1.5, 1.62, "the winner, and its lead over the others", ha="center", color=INK, fontsize=9)
    axes.set_title("max of a window: a piece for each entry", fontsize=10)
    bare(axes)
    return figure


def _gate(
    axes: Axes, z: np.ndarray, y: np.ndarray, title: str, borders: tuple[float, ...], unit: float
) -> None:
    axes.plot(z, y, color=INK, lw=2)
    for border in borders:
        axes.axvline(border, color=GREY, lw=0.9, ls="--")
        arrow(axes, (unit, -1.5), (border, -1.5), RED, both=True)
    axes.plot(unit, np.interp(unit, z, y), "o", color=BLUE, ms=6)
    axes.plot([unit, unit], [-1.5, np.interp(unit, z, y)], color=BLUE, lw=0.8, ls=":")
    axes.text(unit, -1.85, "z", color=BLUE, ha="center", fontsize=10)
    label = "margin" if len(borders) == 1 else "margins"
    axes.text((unit + borders[0]) / 2, -1.38, label, color=RED, ha="center", fontsize=9)
    axes.set(ylim=(-2.05, 2.05), xlim=(-2, 2))
    axes.set_title(title, fontsize=10)
    bare(axes)


def record_replay() -> Figure:
    """How W, b and the certificate come about."""
    figure, axes = sheet(9, 3.5)
    axes.axis("off")
    axes.set(xlim=(0, 9), ylim=(0, 3.5))
    _box(axes, (2.9, 2.85), "record", "every gate decides", BLUE)
    _box(axes, (2.9, 1.55), "replay", "gates frozen", BLUE)
    _box(axes, (2.9, 0.35), "your module", "as it is", GREY)
    _box(axes, (7.6, 1.55), "certificate", "max |W x + b - f(x)| / max |f(x)|", GREEN, 2.5)
    for y, text in ((2.85, "x"), (1.55, "0"), (0.35, "x")):
        axes.text(0.55, y, text, fontsize=13, ha="center", va="center", color=INK)
        arrow(axes, (0.8, y), (1.95, y))
    arrow(axes, (2.9, 2.5), (2.9, 1.9), ORANGE)
    axes.text(3.0, 2.2, "decisions", color=ORANGE, fontsize=10, va="center")
    arrow(axes, (3.85, 1.7), (6.3, 1.7))
    axes.text(5.05, 1.78, "b: its output", ha="center", va="bottom", color=INK, fontsize=10)
    arrow(axes, (3.85, 1.4), (6.3, 1.4))
    axes.text(5.05, 1.32, "W: its backward passes", ha="center", va="top", color=INK, fontsize=10)
    axes.plot([3.85, 7.6], [0.35, 0.35], color=INK, lw=1.2)
    axes.text(5.05, 0.42, "f(x)", ha="center", va="bottom", color=INK, fontsize=10)
    arrow(axes, (7.6, 0.35), (7.6, 1.2))
    return figure


def _box(
    axes: Axes, at: tuple[float, float], title: str, below: str, colour: str, width: float = 1.9
) -> None:
    corner = (at[0] - width / 2, at[1] - 0.34)
    axes.add_patch(
        FancyBboxPatch(
            corner, width, 0.68, boxstyle="round,pad=0,rounding_size=0.08", fc="white", ec=colour, lw=1.5
        )
    )
    axes.text(at[0], at[1] + 0.1, title, ha="center", va="center", fontsize=11, color=colour)
    axes.text(at[0], at[1] - 0.15, below, ha="center", va="center", fontsize=8.5, color=INK)
