"""Colours and plain axes that the drawings share."""

from matplotlib.axes import Axes
from matplotlib.figure import Figure

INK, GREY, PALE = "#1b2430", "#8a94a3", "#e8ebf0"
BLUE, ORANGE, GREEN, RED = "#4e79a7", "#f28e2b", "#59a14f", "#e15759"
CLASSES = (BLUE, ORANGE, GREEN)


def sheet(width: float, height: float) -> tuple[Figure, Axes]:
    """A figure in inches with one frame."""
    figure = Figure(figsize=(width, height), layout="constrained")
    return figure, figure.subplots()


def bare(axes: Axes) -> None:
    """No ticks: a drawing shows relations, not numbers."""
    axes.set(xticks=[], yticks=[])
    for side in axes.spines.values():
        side.set_color(GREY)


def arrow(
    axes: Axes, start: tuple[float, float], end: tuple[float, float], colour: str = INK, both: bool = False
) -> None:
    """A thin arrow from ``start`` to ``end``, with a head at each end if ``both``."""
    style = {"arrowstyle": "<|-|>" if both else "-|>", "color": colour, "lw": 1.2, "shrinkA": 0, "shrinkB": 0}
    axes.annotate("", end, start, arrowprops=style)
