"""The marks of one layer of a chart as SVG. No Streamlit."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from html import escape
from typing import Any

from export.chart_scales import PLAIN_COLOUR, BandScale, Channel, LinearScale, Row, chosen, colour, names

Scale = BandScale | LinearScale
_FILTER = re.compile(r"^datum\.(\w+) != '(.*)'$")
_SHAPES = ("circle", "square", "cross", "triangle")


@dataclass(frozen=True)
class ChartLayer:
    """A ``mark`` with its settings, the channels of its ``encoding``, and its ``rows``."""

    mark: str
    look: Mapping[str, Any]
    encoding: Mapping[str, Channel]
    rows: Sequence[Row]

    def drawn(self, x: Scale | None, y: Scale | None, size: tuple[float, float]) -> list[str]:
        """SVG of the marks on a panel of ``size`` (width, height)."""
        if self.mark not in _MARKS:
            raise ValueError(f"a chart has the mark {self.mark}, which is not drawn here")
        return _MARKS[self.mark](self, LayerPlaces(self.encoding, x, y, size))

    def stroke(self, row: Row) -> str:
        """The colour of a row's mark."""
        use = self.encoding.get("color", self.encoding.get("fill"))
        return self.look.get("color", PLAIN_COLOUR) if use is None else colour(use, row, self.rows)

    def style(self) -> str:
        """What all marks of the layer have."""
        width = self.look.get("strokeWidth", 2 if self.mark == "line" else 1)
        return f'stroke-width="{width}" opacity="{self.look.get("opacity", 1)}"'

    def dash(self, row: Row) -> str:
        """The dashes of a row's line."""
        use = self.encoding.get("strokeDash")
        lengths = self.look.get("strokeDash", [])
        if use is not None:
            lengths = chosen(use.get("scale", {}), row[use["field"]], names([(use, self.rows)]), [[]])
        return f' stroke-dasharray="{" ".join(map(str, lengths))}"' if lengths else ""

    def shape(self, row: Row) -> str:
        """The shape of a row's point."""
        use = self.encoding.get("shape")
        if use is None:
            return self.look.get("shape", "circle")
        return chosen(use.get("scale", {}), row[use["field"]], names([(use, self.rows)]), _SHAPES)

    def groups(self) -> list[list[Row]]:
        """The rows that one line joins."""
        use = self.encoding.get("color", self.encoding.get("fill", {}))
        found: dict[Any, list[Row]] = {}
        for row in self.rows:
            found.setdefault(row[use["field"]] if "field" in use else None, []).append(row)
        order = self.encoding.get("order", self.encoding["x"])["field"]
        return [sorted(rows, key=lambda row: row[order]) for rows in found.values()]


@dataclass(frozen=True)
class LayerPlaces:
    """Where a row's mark lies on a panel of ``size``; ``x`` and ``y`` are its scales."""

    encoding: Mapping[str, Channel]
    x: Scale | None
    y: Scale | None
    size: tuple[float, float]

    def at(self, channel: str, row: Row) -> float | None:
        """In pixels; None where the row has no such value."""
        use = self.encoding.get(channel)
        if use is None:
            return None
        value = use["datum"] if "datum" in use else row[use["field"]]
        scale = self.x if channel[0] == "x" else self.y
        return None if value is None or scale is None else scale.at(value)

    def point(self, row: Row) -> tuple[float, float] | None:
        """Both at once."""
        x, y = self.at("x", row), self.at("y", row)
        return None if x is None or y is None else (x, y)

    def band(self, channel: str) -> float:
        """How wide a band is."""
        scale = self.x if channel == "x" else self.y
        return scale.step if isinstance(scale, BandScale) else 0.0


def filtered(rows: Sequence[Row], transforms: Sequence[Mapping[str, Any]]) -> list[Row]:
    """The rows that the filters of a layer leave."""
    kept = list(rows)
    for transform in transforms:
        found = _FILTER.match(transform.get("filter", ""))
        if found is None:
            raise ValueError(f"a chart is transformed by {transform}, which is not done here")
        kept = [row for row in kept if row[found[1]] != found[2]]
    return kept


def symbol(shape: str, x: float, y: float, fill: str, size: float = 95) -> str:
    """A point of ``size`` square pixels."""
    half = size**0.5 / 2
    left, top, side = x - half, y - half, 2 * half
    if shape == "circle":
        return f'<circle cx="{x:.2f}" cy="{y:.2f}" r="{half * 1.1:.2f}" fill="{fill}"/>'
    if shape == "square":
        return f'<rect x="{left:.2f}" y="{top:.2f}" width="{side:.2f}" height="{side:.2f}" fill="{fill}"/>'
    if shape == "cross":
        both = f"M{left:.2f} {y:.2f}h{side:.2f}M{x:.2f} {top:.2f}v{side:.2f}"
        return f'<path d="{both}" stroke="{fill}" stroke-width="4"/>'
    corners = f"{x:.2f},{top:.2f} {left + side:.2f},{top + side:.2f} {left:.2f},{top + side:.2f}"
    return f'<polygon points="{corners}" fill="{fill}"/>'


def _bars(layer: ChartLayer, places: LayerPlaces) -> list[str]:
    high = layer.look.get("height", 0.9 * places.band("y"))
    found = []
    for row in layer.rows:
        if end := places.point(row):
            start = places.x.at(0) if isinstance(places.x, LinearScale) else 0.0
            left, wide = min(start, end[0]), abs(end[0] - start)
            found.append(
                f'<rect x="{left:.2f}" y="{end[1] - high / 2:.2f}" width="{wide:.2f}" height="{high:.2f}" '
                f'fill="{layer.stroke(row)}"/>'
            )
    return found


def _rects(layer: ChartLayer, places: LayerPlaces) -> list[str]:
    wide, high = places.band("x"), places.band("y")
    return [
        f'<rect x="{at[0] - wide / 2:.2f}" y="{at[1] - high / 2:.2f}" width="{wide:.2f}" height="{high:.2f}" '
        f'fill="{layer.stroke(row)}"/>'
        for row in layer.rows
        if (at := places.point(row))
    ]


def _rules(layer: ChartLayer, places: LayerPlaces) -> list[str]:
    found = []
    for row in layer.rows:
        x1, y1 = places.at("x", row), places.at("y", row)
        x2, y2 = places.at("x2", row), places.at("y2", row)
        if "y" not in layer.encoding:
            y1, y2 = 0.0, places.size[1]
        x2, y2 = x1 if x2 is None else x2, y1 if y2 is None else y2
        if None not in (x1, y1, x2, y2):
            found.append(
                f'<line x1="{x1:.2f}" y1="{y1:.2f}" x2="{x2:.2f}" y2="{y2:.2f}" stroke="{layer.stroke(row)}" '
                f"{layer.style()}{layer.dash(row)}/>"
            )
    return found


def _points(layer: ChartLayer, places: LayerPlaces) -> list[str]:
    size = layer.look.get("size", 95)
    return [
        symbol(layer.shape(row), *at, layer.stroke(row), size)
        for row in layer.rows
        if (at := places.point(row))
    ]


def _lines(layer: ChartLayer, places: LayerPlaces) -> list[str]:
    found = []
    for rows in layer.groups():
        corners = " ".join(f"{at[0]:.2f},{at[1]:.2f}" for row in rows if (at := places.point(row)))
        found.append(
            f'<polyline points="{corners}" fill="none" stroke="{layer.stroke(rows[0])}" '
            f"{layer.style()}{layer.dash(rows[0])}/>"
        )
    return found


def _areas(layer: ChartLayer, places: LayerPlaces) -> list[str]:
    found = []
    for rows in layer.groups():
        known = [(places.at("x", row), places.at("y", row), places.at("y2", row)) for row in rows]
        whole = [one for one in known if None not in one]
        corners = [f"{x:.2f},{y:.2f}" for x, y, _ in whole] + [f"{x:.2f},{y:.2f}" for x, _, y in whole[::-1]]
        fill = layer.stroke(rows[0])
        found.append(f'<polygon points="{" ".join(corners)}" fill="{fill}" {layer.style()}/>')
    return found


def _texts(layer: ChartLayer, places: LayerPlaces) -> list[str]:
    look = layer.look
    anchor = {"left": "start", "right": "end"}.get(look.get("align", "center"), "middle")
    size = look.get("fontSize", 11)
    found = []
    for row in layer.rows:
        if at := places.point(row):
            x, y = at[0] + look.get("dx", 0), at[1] + look.get("dy", 0) + 0.35 * size
            found.append(
                f'<text x="{x:.2f}" y="{y:.2f}" text-anchor="{anchor}" font-size="{size}" '
                f'fill="{layer.stroke(row)}">{escape(str(row[layer.encoding["text"]["field"]]))}</text>'
            )
    return found


_MARKS = {
    "bar": _bars, "rect": _rects, "rule": _rules, "point": _points, "line": _lines, "area": _areas,
    "text": _texts,
}  # fmt: skip
