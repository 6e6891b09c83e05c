"""Quiet colours of classes and of their regions, and the pieces of a slice that are painted. No Streamlit."""

import colorsys
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from openbox.geometry.partition.convex import sizes
from openbox.geometry.partition.decision import by_class
from openbox.geometry.partition.slice import Slice

Colour = tuple[int, int, int]

INK, PAPER = (27, 36, 48), (255, 255, 255)
UNKNOWN = (236, 236, 236)  # where no region was computed
SHADES = 9  # of lightness among the regions of one class
# any two stay apart for colour-blind eyes, also in the lighter shades
_PALETTE: tuple[Colour, ...] = (
    (78, 121, 167), (242, 142, 43), (122, 50, 187), (171, 137, 255), (87, 47, 237),
    (169, 36, 64), (137, 77, 0), (158, 214, 132), (8, 188, 146), (252, 179, 252),
)  # fmt: skip
_GOLDEN = 0.381966  # of the circle of hues, for the classes after these


@dataclass(frozen=True)
class Piece:
    """A polygon (P, 2) of one cell on which one class is the largest, and the cell's number."""

    corners: NDArray[np.float64]
    cell: int
    winner: int


def class_colour(number: int, white: float = 0.4) -> Colour:
    """The colour of a class, from its number alone, with so much white in it."""
    if number < len(_PALETTE):
        base = _PALETTE[number]
    else:
        base = tuple(round(255 * part) for part in colorsys.hls_to_rgb(number * _GOLDEN % 1, 0.5, 0.4))
    red, green, blue = (round(part + white * (255 - part)) for part in base)
    return red, green, blue


def region_colour(winner: int, region_id: str) -> Colour:
    """A shade of the class's colour: the same region has the same shade in every picture."""
    shade = int(region_id[:8], 16) % SHADES
    return class_colour(winner, 0.25 + 0.5 * shade / (SHADES - 1))


def pieces(cut: Slice) -> list[Piece]:
    """The cells of a slice, those that the decision boundary crosses cut along it."""
    widest = max(len(polygon) for polygon in cut.polygons)
    cells = np.stack(
        [np.pad(polygon, ((0, widest - len(polygon)), (0, 0)), "edge") for polygon in cut.polygons]
    )
    cells /= cut.extent
    maps = cut.maps.cpu().numpy()
    functions = np.concatenate((maps[..., 2:], maps[..., :2] * cut.extent), 2)
    parts, owner, winner = by_class(cells, functions)
    return [
        Piece(part * cut.extent, int(cell), int(best))
        for part, cell, best in zip(parts, owner, winner, strict=True)
    ]


def shares(found: list[Piece]) -> dict[int, float]:
    """The share of the covered area that each class has, largest first."""
    areas: dict[int, float] = {}
    for piece in found:
        areas[piece.winner] = areas.get(piece.winner, 0.0) + float(sizes(piece.corners[None])[0])
    total = sum(areas.values())
    return {best: areas[best] / total for best in sorted(areas, key=lambda best: -areas[best])}
