"""The figures of the lesson as HTML that needs nothing else, so that the page and the hand-out show the same.

Each comes with a sentence for those who cannot see it. No Streamlit.
"""

import base64
import html
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from geometry.drawing.colours import pieces, region_colour
from language.catalogue import say
from torch import Tensor
from ui import figures, words
from ui.charts import line_style
from ui.pictures import data_url

from openbox.geometry.partition.slice import Slice

WIDE, HIGH, LEFT, RIGHT, FOOT, LEGEND = 720, 250, 56, 24, 46, 26  # of a chart, in pixels


@dataclass(frozen=True)
class Figure:
    """A figure and its sentence."""

    html: str
    words: str


def row(tiles: Sequence[tuple[str, str, str]], words: str) -> Figure:
    """Pictures beside each other: each with a title, the picture, and what stands below it."""
    parts = [
        f'<figure><figcaption>{html.escape(title)}</figcaption>'
        f'<img src="{picture}" alt="{html.escape(title)}"><small>{html.escape(below)}</small></figure>'
        for title, picture, below in tiles
    ]  # fmt: skip
    return Figure(f'<div class="lesson-row">{"".join(parts)}</div>', words)


def photograph(x: Tensor) -> str:
    """A picture (C, H, W)."""
    return data_url(figures.enlarge(figures.photograph(x)))


def map_of(values: Tensor, limit: float = 0.0) -> tuple[str, str]:
    """A signed map (..., H, W), and the ends of its scale; ``limit`` 0: its own."""
    plane = values.double().numpy().reshape(-1, *values.shape[-2:]).sum(0)
    limit = limit or figures.limit(plane) or 1.0
    low, high = f"{words.MINUS}{words.short(limit)}", f"+{words.short(limit)}"
    scale = say("{low} (against) to {high} (for)").format(low=low, high=high)
    return data_url(figures.enlarge(figures.diverging(plane, limit))), scale


def grey(values: np.ndarray) -> str:
    """A map without sign, from 0 to its largest value."""
    return data_url(figures.enlarge(figures.sequential(values, figures.limit(values) or 1.0)))


def table(head: Sequence[str], rows: Sequence[Sequence[str]], words: str) -> Figure:
    """A small table."""
    cells = "".join(f"<tr>{''.join(f'<td>{html.escape(cell)}</td>' for cell in line)}</tr>" for line in rows)
    top = "".join(f'<th scope="col">{html.escape(cell)}</th>' for cell in head)
    return Figure(f'<table class="lesson-table"><tr>{top}</tr>{cells}</table>', words)


def plane(cut: Slice, words: str) -> Figure:
    """The pieces of a plane: the colour is the answer, the shade the piece, the black line the decision."""
    side, extent = 420, cut.extent

    def place(points: np.ndarray) -> str:
        return " ".join(
            f"{(s / extent + 1) * side / 2:.1f},{(1 - t / extent) * side / 2:.1f}" for s, t in points
        )

    shapes = [
        f'<polygon points="{place(piece.corners)}" stroke="white" stroke-width="1.5" '
        f'fill="rgb{region_colour(piece.winner, cut.region_ids[piece.cell])}"/>'
        for piece in pieces(cut)
    ]
    lines = [
        f'<polyline points="{place(edge)}" stroke="#1b2430" stroke-width="4" fill="none"/>'
        for edge in cut.boundary
    ]
    return Figure(f'<div class="lesson-plane">{_drawing([*shapes, *lines], side, side, words)}</div>', words)


def chart(
    lines: Mapping[str, tuple[np.ndarray, np.ndarray]], across: str, up: str, words: str,
    mark: float | None = None,
) -> Figure:  # fmt: skip
    """Broken lines by name, x from 0 to 1, with a rule at ``mark``."""
    low = min(float(y.min()) for _, y in lines.values())
    high = max(float(y.max()) for _, y in lines.values())
    span = (high - low) or 1.0

    def point(x: float, y: float) -> str:
        return f"{LEFT + x * (WIDE - LEFT - RIGHT):.1f},{8 + (high - y) / span * (HIGH - FOOT - 8):.1f}"

    floor, parts = HIGH - FOOT, list[str]()
    for share in (0.0, 0.25, 0.5, 0.75, 1.0):
        x = LEFT + share * (WIDE - LEFT - RIGHT)
        parts.append(f'<text x="{x:.0f}" y="{floor + 16}" text-anchor="middle">{share:.0%}</text>')
    for value in (low, high):
        y = 12 + (high - value) / span * (floor - 8)
        parts.append(f'<text x="{LEFT - 6}" y="{y:.0f}" text-anchor="end">{html.escape(short(value))}</text>')
    parts.append(f'<text x="{(WIDE + LEFT) / 2:.0f}" y="{HIGH - 12}" text-anchor="middle">{across}</text>')
    parts.append(
        f'<text transform="translate(14 {floor / 2:.0f}) rotate(-90)" text-anchor="middle">{up}</text>'
    )
    for number, (xs, ys) in enumerate(lines.values()):
        points = " ".join(point(float(x), float(y)) for x, y in zip(xs, ys, strict=True))
        colour, dash = _line(number)
        parts.append(
            f'<polyline points="{points}" fill="none" stroke="{colour}" stroke-width="2.4" '
            f'stroke-dasharray="{dash}"/>'
        )
    if mark is not None:
        x = LEFT + mark * (WIDE - LEFT - RIGHT)
        parts.append(f'<line x1="{x:.1f}" x2="{x:.1f}" y1="8" y2="{floor}" stroke="#1b2430"/>')
    for number, name in enumerate(lines):
        colour, dash = _line(number)
        x = LEFT + number * (WIDE - LEFT) / len(lines)
        parts.append(
            f'<line x1="{x:.0f}" x2="{x + 30:.0f}" y1="-12" y2="-12" stroke="{colour}" stroke-width="2.4" '
            f'stroke-dasharray="{dash}"/><text x="{x + 36:.0f}" y="-8">{html.escape(name)}</text>'
        )
    return Figure(f'<div class="lesson-chart">{_drawing(parts, WIDE, HIGH, words, -LEGEND)}</div>', words)


def _line(number: int) -> tuple[str, str]:
    colour, dash = line_style(number)
    return colour, " ".join(map(str, dash))


def _drawing(parts: Sequence[str], width: int, height: int, words: str, top: int = 0) -> str:
    """A drawing as a picture, as Streamlit takes no other."""
    drawn = (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 {top} {width} {height - top}" '
        f'width="{width}" height="{height - top}" font-family="sans-serif" font-size="13" fill="#1b2430">'
        f'<rect y="{top}" width="100%" height="100%" fill="white"/>{"".join(parts)}</svg>'
    )
    data = base64.b64encode(drawn.encode()).decode()
    return f'<img src="data:image/svg+xml;base64,{data}" alt="{html.escape(words)}">'


def short(value: float) -> str:
    """Two digits, with a real minus sign."""
    return (words.MINUS if value < 0 else "") + words.short(abs(value))


STYLE = """
.lesson-row { display: flex; flex-wrap: wrap; gap: 1.2rem; }
.lesson-row figure { margin: 0; width: 168px; max-width: 42vw; }
.lesson-row figcaption { font-weight: 600; min-height: 1.5em; }
.lesson-row img { width: 100%; image-rendering: pixelated; }
.lesson-row small { display: block; line-height: 1.35; }
.lesson-plane img { width: min(420px, 100%); }
.lesson-chart img { width: min(760px, 100%); }
.lesson-table { border-collapse: collapse; }
.lesson-table th, .lesson-table td { padding: 0.1rem 0.9rem; text-align: right; border: 0; }
.lesson-table tr:nth-child(even) { background: rgba(128, 128, 128, 0.12); }
.lesson-table td { font-variant-numeric: tabular-nums; }
"""
