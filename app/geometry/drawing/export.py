"""The slice as files: PNG as shown, SVG with exact polygons, JSON with all that is known. No Streamlit."""

import io
import json
from collections.abc import Sequence
from dataclasses import dataclass
from html import escape
from typing import Any

import torch
from export.conditions import versions
from PIL import Image

from geometry.drawing.colours import INK, PAPER, UNKNOWN, Colour, Piece, region_colour
from geometry.drawing.paint import Mark
from openbox.geometry.partition.slice import Slice

SIDE = 1000  # of the SVG's square


@dataclass(frozen=True)
class DrawingConditions:
    """What a slice was made of: the network and its hash, the pictures in words, the place on the walk."""

    network: str
    sha256: str
    data: str
    classes: tuple[str, ...]
    pictures: dict[str, str]
    picture_points: dict[str, tuple[float, float]]
    rise: float
    share: float
    budget: int


def png(picture: Image.Image) -> bytes:
    """The picture as a file."""
    stream = io.BytesIO()
    picture.save(stream, "PNG")
    return stream.getvalue()


def svg(
    cut: Slice, found: Sequence[Piece], current: int | None, marks: Sequence[Mark], title: str,
    here: str = "the current point",
) -> str:  # fmt: skip
    """The window in its own units, t upwards: cells with their region ids, the boundary, the marks.

    ``here``: what the mark without a letter is called.
    """
    half = cut.extent
    lines = [
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{SIDE}" height="{SIDE}" '
        f'viewBox="{-half:.17g} {-half:.17g} {2 * half:.17g} {2 * half:.17g}">',
        f"<title>{escape(title)}</title>",
        f'<g transform="scale(1 -1)" stroke-linejoin="round" stroke-width="{half / SIDE:.6g}">',
        f'<rect x="{-half:.17g}" y="{-half:.17g}" width="{2 * half:.17g}" height="{2 * half:.17g}" '
        f'fill="{_css(UNKNOWN)}"/>',
    ]
    for piece in found:
        region = cut.region_ids[piece.cell]
        colour = _css(region_colour(piece.winner, region))
        lines.append(_polygon(piece.corners, f'fill="{colour}" stroke="{colour}" data-region="{region}"'))
    lines += [_polygon(polygon, f'fill="none" stroke="{_css(PAPER)}"') for polygon in cut.polygons]
    bold = f'stroke="{_css(INK)}" stroke-linecap="round" stroke-width="{7 * half / SIDE:.6g}"'
    for (x1, y1), (x2, y2) in cut.boundary.tolist():
        lines.append(f'<line x1="{x1:.17g}" y1="{y1:.17g}" x2="{x2:.17g}" y2="{y2:.17g}" {bold}/>')
    if current is not None:
        lines.append(_polygon(cut.polygons[current], f'fill="none" {bold}'))
    for mark in marks:
        label = escape(mark.letter or here)
        lines.append(
            f'<circle cx="{mark.point[0]:.17g}" cy="{mark.point[1]:.17g}" r="{12 * half / SIDE:.6g}" '
            f'fill="{_css(INK)}" stroke="{_css(PAPER)}"><title>{label}</title></circle>'
        )
    return "\n".join([*lines, "</g>", "</svg>", ""])


def as_json(cut: Slice, current: int | None, now: tuple[float, float], conditions: DrawingConditions) -> str:
    """Polygons, region ids, maps, boundary, and the conditions, the pictures' plane included.

    Numbers are written so that they read back to the same float64.
    """
    content: dict[str, Any] = {
        "what": "the regions of a piecewise-linear network on the window |s|, |t| <= extent of "
        "origin + s u + t v; on polygon c the logits are maps[c] @ (s, t, 1)",
        "conditions": vars(conditions) | {"versions": versions()},
        "extent": cut.extent,
        "covered": cut.covered,
        "error": cut.error,
        "current_point": now,
        "current_cell": current,
        "origin": _numbers(cut.origin),
        "u": _numbers(cut.u),
        "v": _numbers(cut.v),
        "region_ids": cut.region_ids,
        "polygons": [polygon.tolist() for polygon in cut.polygons],
        "maps": cut.maps.tolist(),
        "boundary": cut.boundary.tolist(),
        "boundary_classes": cut.boundary_classes.tolist(),
    }
    return json.dumps(content, ensure_ascii=False, allow_nan=False)


def _numbers(x: torch.Tensor) -> Any:
    return x[0].tolist()


def _polygon(corners: Any, look: str) -> str:
    points = " ".join(f"{s:.17g},{t:.17g}" for s, t in corners.tolist())
    return f'<polygon points="{points}" {look}/>'


def _css(colour: Colour) -> str:
    return "#{:02x}{:02x}{:02x}".format(*colour)
