"""A chart of the app as SVG, for a file that may load nothing: the marks and scales that our charts use.

Vega itself is 800 kB of JavaScript, and what runs it without a browser is a browser's engine; seven marks are
not. Whatever a chart has beyond them raises ``ValueError``. No Streamlit.
"""

import re
from collections.abc import Iterable, Mapping, Sequence
from html import escape
from typing import Any

import altair as alt
from ui.charts import TEXT
from ui.words import MINUS

from export.chart_legend import legend
from export.chart_marks import ChartLayer, Scale, filtered
from export.chart_scales import STEP, BandScale, LinearScale, Use, domain, is_band, names, setting, ticks

WIDTH, HEIGHT = 560, 300  # of a panel that says nothing of its size
PAD, LINE, LETTER = 10, 20, 7.2  # pixels
GRID = "#e3e6ea"
NS = "http://www.w3.org/2000/svg"


def svg(chart: alt.Chart | alt.LayerChart, title: str) -> str:
    """The chart as a drawing with its title for those who cannot see it."""
    spec = chart.to_dict()
    layers = list(_layers(spec))
    column = next((layer.encoding["column"] for layer in layers if "column" in layer.encoding), None)
    panels: list[tuple[str, list[ChartLayer]]] = [("", layers)]
    if column is not None:
        uses = [(column, layers[0].rows)]
        panels = [(name, [_part(layer, column["field"], name) for layer in layers]) for name in names(uses)]
    head, top = legend(layers)
    left, drawn, bottom = float(PAD), [], 0.0
    scales = _scales(spec, layers)
    for number, (name, part) in enumerate(panels):
        body, (wide, high) = _panel(part, scales, name, labels=number == 0)
        drawn.append(f'<g transform="translate({left:.1f} {top:.1f})">{body}</g>')
        left, bottom = left + wide + PAD, max(bottom, top + high)
    wide = max(left, 10 * PAD + head[1])
    return "\n".join(
        (
            f'<svg xmlns="{NS}" width="{wide:.0f}" height="{bottom:.0f}" role="img" '
            f'font-family="sans-serif" font-size="13" fill="{TEXT}">',
            f"<title>{escape(title)}</title>", head[0], *drawn, "</svg>", "",
        )
    )  # fmt: skip


def stacked(drawings: Sequence[str]) -> str:
    """Drawings below each other as one."""
    sizes = [re.search(r'width="(\d+)" height="(\d+)"', one) for one in drawings]
    wide, top, moved = 0, 0, []
    for one, size in zip(drawings, sizes, strict=True):
        if size is None:
            raise ValueError("a drawing does not say how large it is")
        moved.append(one.replace("<svg ", f'<svg y="{top}" ', 1))
        wide, top = max(wide, int(size[1])), top + int(size[2]) + PAD
    paper = (
        f'<svg xmlns="{NS}" width="{wide}" height="{top}">\n<rect width="100%" height="100%" fill="#fff"/>'
    )
    return "\n".join([paper, *moved, "</svg>", ""])


def _layers(spec: Mapping[str, Any]) -> Iterable[ChartLayer]:
    for unit in spec.get("layer", [spec]):
        data = unit.get("data", spec.get("data", {}))
        rows = data["values"] if "values" in data else spec["datasets"][data["name"]]
        mark = unit["mark"]
        look = mark if isinstance(mark, Mapping) else {"type": mark}
        yield ChartLayer(look["type"], look, unit["encoding"], filtered(rows, unit.get("transform", [])))


def _part(layer: ChartLayer, field: str, name: Any) -> ChartLayer:
    rows = [row for row in layer.rows if row[field] == name]
    return ChartLayer(layer.mark, layer.look, layer.encoding, rows)


def _uses(layers: Sequence[ChartLayer], channel: str) -> list[Use]:
    return [
        (layer.encoding[name], layer.rows)
        for layer in layers
        for name in (channel, f"{channel}2")
        if name in layer.encoding
    ]


def _scales(spec: Mapping[str, Any], layers: Sequence[ChartLayer]) -> tuple[Scale, Scale]:
    """Those of x and y, for the panel's own corner."""
    found: list[Scale] = []
    for channel, name, usual in (("x", "width", WIDTH), ("y", "height", HEIGHT)):
        uses, size = _uses(layers, channel), spec.get(name)
        if is_band(uses):
            known = names(uses)
            step = size["step"] if isinstance(size, Mapping) else size / len(known) if size else STEP
            found.append(BandScale(known, float(step)))
        else:
            low, high = domain(uses)
            reach = float(size or usual)
            ends = (0.0, reach) if channel == "x" else (reach, 0.0)
            found.append(LinearScale(low, high, *ends))
    return found[0], found[1]


def _panel(
    layers: Sequence[ChartLayer], scales: tuple[Scale, Scale], name: str, labels: bool
) -> tuple[str, tuple[float, float]]:
    """A panel with its axes, and its size; ``labels``: with those of y."""
    x, y = scales
    size = _reach(x), _reach(y)
    x_uses, y_uses = _uses(layers, "x"), _uses(layers, "y")
    top = LINE if name else PAD
    known = _labels(y, y_uses) if labels else []
    title = _title(y_uses) if labels else ""
    left = max((LETTER * len(text) for text, _ in known), default=0.0) + 8 + LINE * bool(title)
    lines = [f'<g transform="translate({left:.1f} {top})">']
    if name:
        lines.append(_text(size[0] / 2, -6, str(name), "middle"))
    lines += [f'<line x2="{size[0]:.1f}" y1="{at:.1f}" y2="{at:.1f}" stroke="{GRID}"/>' for at in _grid(y)]
    below = _labels(x, x_uses)
    upright = _grid(x) if below else []
    lines += [f'<line x1="{at:.1f}" x2="{at:.1f}" y2="{size[1]:.1f}" stroke="{GRID}"/>' for at in upright]
    lines += [_text(-8, at + 4.5, text, "end") for text, at in known]
    lines += [_text(at, size[1] + 17, text, "middle") for text, at in below]
    bottom = size[1] + (LINE if below else 0)
    if said := _title(x_uses):
        bottom += LINE
        lines.append(_text(size[0] / 2, bottom - 3, said, "middle"))
    if title:
        turned = f"translate({LINE - 6 - left:.1f} {size[1] / 2:.1f}) rotate(-90)"
        lines.append(f'<g transform="{turned}">{_text(0, 0, title, "middle")}</g>')
    for layer in layers:
        drawn = layer.drawn(x, y, size)
        if layer.look.get("clip"):  # an inner drawing shows nothing outside of itself
            drawn = [f'<svg width="{size[0]:.1f}" height="{size[1]:.1f}">', *drawn, "</svg>"]
        lines += drawn
    return "\n".join([*lines, "</g>"]), (left + size[0] + PAD, top + bottom + PAD)


def _reach(scale: Scale) -> float:
    return len(scale.names) * scale.step if isinstance(scale, BandScale) else max(scale.start, scale.end)


def _grid(scale: Scale) -> list[float]:
    return [] if isinstance(scale, BandScale) else [scale.at(tick) for tick in ticks(scale.low, scale.high)]


def _title(uses: Sequence[Use]) -> str:
    """What an axis says: the title, or the field where there is none; nothing where it is told so."""
    for use, _ in uses:
        if "title" in use or "axis" in use:
            if "title" in use:
                return str(use["title"] or "")
            return "" if use["axis"] is None else str(use["field"])
    return next((str(use["field"]) for use, _ in uses if "field" in use), "")


def _labels(scale: Scale, uses: Sequence[Use]) -> list[tuple[str, float]]:
    """The texts of an axis, each with its place."""
    axis = next((use["axis"] for use, _ in uses if "axis" in use), {})
    if axis is None:
        return []
    if isinstance(scale, BandScale):
        return [(str(name), scale.at(name)) for name in scale.names]
    percent = (setting(uses, "axis") or {}).get("format") == "%"
    return [(_number(tick, percent), scale.at(tick)) for tick in ticks(scale.low, scale.high)]


def _number(value: float, percent: bool) -> str:
    return (f"{100 * value:g} %" if percent else f"{value:g}").replace("-", MINUS)


def _text(x: float, y: float, text: str, anchor: str) -> str:
    return f'<text x="{x:.1f}" y="{y:.1f}" text-anchor="{anchor}">{escape(text)}</text>'
