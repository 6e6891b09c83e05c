"""The window as files: a drawing of its exact polygons, arrays, figures, and code. No Streamlit."""

from collections.abc import Sequence
from dataclasses import dataclass
from html import escape
from typing import Any

import numpy as np
from export.files import npz_name
from export.loaded import loaded
from ui.sources import AnyNetwork

from geometry.drawing.colours import INK, PAPER, UNKNOWN, Colour, Piece, region_colour
from geometry.drawing.paint import Mark
from openbox.geometry.partition.slice import Slice

PAGE = "geometry"
SIDE = 1000  # of the SVG's square


@dataclass(frozen=True)
class DrawingConditions:
    """What a slice was made of: the network and its hash, the pictures in words, the place on the walk."""

    network: str
    network_sha256: str
    data: str
    classes: tuple[str, ...]
    pictures: dict[str, str]
    picture_points: dict[str, tuple[float, float]]
    rise: float
    share: float
    budget: int


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
    letters = [
        f'<text x="{mark.point[0] + half / 40:.17g}" y="{-mark.point[1]:.17g}" font-size="{half / 12:.6g}" '
        f'fill="{_css(INK)}">{escape(mark.letter)}</text>'
        for mark in marks
        if mark.letter
    ]
    return "\n".join([*lines, "</g>", *letters, "</svg>", ""])


def figures(
    cut: Slice, current: int | None, now: tuple[float, float], made: DrawingConditions
) -> dict[str, Any]:
    """What the window is, and what it was made of."""
    return {
        "what": "the regions of a piecewise-linear network on the window |s|, |t| <= extent of "
        "origin + s u + t v; on polygon c the logits are maps[c] @ (s, t, 1), polygon c has "
        "corners[c] corners",
        **vars(made),
        "regions": len(cut.polygons),
        "extent": cut.extent,
        "covered": cut.covered,
        "error": cut.error,
        "current_point": now,
        "current_cell": current,
    }


def arrays(cut: Slice) -> dict[str, np.ndarray]:
    """The window with all its regions, in float64; ``polygons`` (P, 2) are the corners of all, one after the
    other, ``corners`` (C,) how many each region has."""
    return {
        "origin": cut.origin.numpy(), "u": cut.u.numpy(), "v": cut.v.numpy(), "extent": np.array(cut.extent),
        "region_ids": np.array(cut.region_ids), "maps": cut.maps.numpy(),
        "polygons": np.concatenate(cut.polygons), "corners": np.array([len(one) for one in cut.polygons]),
        "boundary": cut.boundary, "boundary_classes": cut.boundary_classes,
    }  # fmt: skip


def code(network: AnyNetwork, budget: int) -> str:
    """Python that makes the arrays again from the plane among them."""
    source, model = loaded(network)
    return f'''
import numpy as np
import torch

import openbox
{source}

held = np.load("{npz_name(PAGE)}")
origin, u, v = (torch.from_numpy(held[name]) for name in ("origin", "u", "v"))
cut = openbox.capture({model}, origin.float()).slice(origin, u, v, float(held["extent"]), {budget})
made = {{
    "origin": cut.origin.numpy(), "u": cut.u.numpy(), "v": cut.v.numpy(), "extent": np.array(cut.extent),
    "region_ids": np.array(cut.region_ids), "maps": cut.maps.numpy(),
    "polygons": np.concatenate(cut.polygons), "corners": np.array([len(one) for one in cut.polygons]),
    "boundary": cut.boundary, "boundary_classes": cut.boundary_classes,
}}
'''


def _polygon(corners: Any, look: str) -> str:
    points = " ".join(f"{s:.17g},{t:.17g}" for s, t in corners.tolist())
    return f'<polygon points="{points}" {look}/>'


def _css(colour: Colour) -> str:
    return "#{:02x}{:02x}{:02x}".format(*colour)
