"""The legend of a chart as SVG: names with their colours, shapes and dashes, or a scale of colours."""

from collections.abc import Mapping, Sequence
from html import escape
from typing import Any

from export.chart_marks import ChartLayer, symbol
from export.chart_scales import names, painted

LETTER, LINE, WIDE = 7.2, 22, 640  # pixels


def legend(layers: Sequence[ChartLayer]) -> tuple[tuple[str, float], float]:
    """The legend at the top of a drawing, its width, and its height; nothing where no layer has one."""
    for layer in layers:
        use = layer.encoding.get("color", {})
        if "field" not in use or use.get("scale", {}) is None or use.get("legend", {}) is None:
            continue
        if "scheme" in use.get("scale", {}):
            return _gradient(use)
        chosen = next((one for one in layers if {"shape", "strokeDash"} & one.encoding.keys()), layer)
        return _names(chosen, use)
    return ("", 0.0), 0.0


def _gradient(use: Mapping[str, Any]) -> tuple[tuple[str, float], float]:
    scale = use["scale"]
    colours = [painted(scale["scheme"], place / 39) for place in range(40)]
    steps = [
        f'<rect x="{10 + 4 * place}" y="8" width="4" height="12" fill="rgb({red},{green},{blue})"/>'
        for place, (red, green, blue) in enumerate(colours)
    ]
    said = f"{use.get('title') or use['field']}: from {scale['domain'][0]:g} to {scale['domain'][1]:g}"
    text = f'<text x="178" y="19">{escape(said)}</text>'
    return ("".join([*steps, text]), 178 + LETTER * len(said)), LINE + 4.0


def _names(layer: ChartLayer, use: Mapping[str, Any]) -> tuple[tuple[str, float], float]:
    field = use["field"]
    order = use.get("scale", {}).get("domain") or names([(use, layer.rows)])
    lines, x, y, wide = [], 10.0, 16.0, 0.0
    for name in order:
        row = next((row for row in layer.rows if row[field] == name), {field: name})
        room = 44 + LETTER * len(str(name))
        if x + room > WIDE and x > 10:
            x, y = 10.0, y + LINE
        if layer.mark == "line":
            look = f'stroke="{layer.stroke(row)}" stroke-width="2"{layer.dash(row)}'
            lines.append(f'<line x1="{x}" x2="{x + 26}" y1="{y - 4}" y2="{y - 4}" {look}/>')
        else:
            lines.append(symbol(layer.shape(row), x + 13, y - 4, layer.stroke(row)))
        lines.append(f'<text x="{x + 32:.1f}" y="{y}">{escape(str(name))}</text>')
        x += room
        wide = max(wide, x)
    return ("".join(lines), wide), y + 8
