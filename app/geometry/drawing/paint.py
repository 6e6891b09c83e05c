"""Pictures of the plane: the sampled overview and the exact slice. No Streamlit."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from PIL import Image, ImageDraw, ImageFont
from scipy.ndimage import distance_transform_edt

from geometry.drawing.colours import INK, PAPER, UNKNOWN, Piece, class_colour, region_colour
from geometry.plane import Plane, Point, Walk
from openbox.geometry.partition.slice import Slice

SIDE = 900  # pixels of a finished picture, twice what it has on the screen
SMOOTH = 2  # how much larger it is drawn
OUTLINED = 60.0  # pixels: a smaller cell would be nothing but outline
LABELLED = 0.004  # of the overview: classes with less have no name on it
Projection = Callable[[Point], Point]


@dataclass(frozen=True)
class Mark:
    """A point of the window and its letter; the current point has none."""

    point: Point
    letter: str


def projection(centre: Point, half: float, side: float) -> Projection:
    """From the plane to pixels of a square picture, t upwards."""
    scale = side / (2 * half)
    return lambda point: (
        (point[0] - centre[0] + half) * scale,
        side - (point[1] - centre[1] + half) * scale,
    )


def paint_slice(
    cut: Slice, found: Sequence[Piece], current: int | None, marks: Sequence[Mark]
) -> Image.Image:
    """The exact window: cells, the decision boundary, the walk at t = 0, the ``current`` cell outlined."""
    side = SIDE * SMOOTH
    place = projection((0.0, 0.0), cut.extent, side)
    picture = Image.new("RGB", (side, side), UNKNOWN)
    draw = ImageDraw.Draw(picture)
    for piece in found:
        corners = [place((s, t)) for s, t in piece.corners.tolist()]
        draw.polygon(corners, region_colour(piece.winner, cut.region_ids[piece.cell]))
    seen = cut.areas * (SIDE / (2 * cut.extent)) ** 2 > OUTLINED
    for polygon in (polygon for polygon, large in zip(cut.polygons, seen.tolist(), strict=True) if large):
        corners = [place((s, t)) for s, t in polygon.tolist()]
        draw.line([*corners, corners[0]], PAPER, SMOOTH)
    _dashes(draw, place((-cut.extent, 0.0)), place((cut.extent, 0.0)))
    for first, last in cut.boundary.tolist():
        draw.line([place((first[0], first[1])), place((last[0], last[1]))], INK, 6 * SMOOTH)
    if current is not None:
        corners = [place((s, t)) for s, t in cut.polygons[current].tolist()]
        draw.line([*corners, *corners[:2]], PAPER, 8 * SMOOTH, joint="curve")
        draw.line([*corners, *corners[:2]], INK, 4 * SMOOTH, joint="curve")
    for mark in marks:
        _mark(draw, place(mark.point), mark.letter)
    return picture.resize((SIDE, SIDE), Image.Resampling.LANCZOS)


def paint_overview(
    classes: np.ndarray, names: Sequence[str], walk: Walk, now: Point, window: tuple[Point, float]
) -> Image.Image:
    """The sampled plane (side, side): one square a sample, the pictures, the walk, and where the window lies.

    ``window``: its centre and half width; lines lead from it to the right, where the slice stands.
    """
    side = SIDE * SMOOTH
    plane = walk.plane
    place = projection(*plane.frame, side)
    palette = np.array([class_colour(number) for number in range(len(names))], np.uint8)
    picture = Image.fromarray(palette[classes]).resize((side, side), Image.Resampling.NEAREST)
    draw = ImageDraw.Draw(picture)
    corners = [place(point) for point in plane.points]
    draw.line([*corners, corners[0]], PAPER, 2 * SMOOTH)
    _dashes(draw, place(walk.ends[0]), place(walk.ends[1]))
    taken = [(x / side, y / side) for x, y in corners]
    for number, (column, row) in label_places(classes, taken).items():
        _text(draw, (column * side, row * side), names[number], 30)
    for point, letter in zip(plane.points, "ABC", strict=True):
        _mark(draw, place(point), letter)
    left, top, right, bottom = frame(place, window)
    for start, end in (((right, top), (side, 0)), ((right, bottom), (side, side))):
        draw.line([start, end], INK, SMOOTH)
    draw.rectangle((left, top, right, bottom), outline=PAPER, width=5 * SMOOTH)
    draw.rectangle((left, top, right, bottom), outline=INK, width=3 * SMOOTH)
    x, y = place(now)
    near = min(np.hypot(x - column, y - row) for column, row in corners)
    if right - left > 60 * SMOOTH and near > 30 * SMOOTH:
        _mark(draw, place(now), "")
    return picture.resize((SIDE, SIDE), Image.Resampling.LANCZOS)


def frame(place: Projection, window: tuple[Point, float]) -> tuple[float, float, float, float]:
    """Where the window lies, in pixels; a window too small to be seen is drawn larger."""
    (s, t), half = window
    x, y = place((s, t))
    reach = max(place((s + half, t))[0] - x, 9.0 * SMOOTH)
    return x - reach, y - reach, x + reach, y + reach


def magnified(plane: Plane, half: float) -> bool:
    """Whether the frame of a window of this half width is drawn larger than the window."""
    return half / plane.frame[1] * SIDE / 2 < 9.0


def label_places(classes: np.ndarray, taken: Sequence[Point]) -> dict[int, Point]:
    """For each class the place (x, y), 0 to 1, that is farthest inside the part that it has, and from the
    places ``taken``."""
    side = len(classes)
    free = np.ones_like(classes, bool)
    for x, y in taken:
        free[min(side - 1, int(y * side)), min(side - 1, int(x * side))] = False
    places = {}
    for number in np.unique(classes).tolist():
        here = np.pad((classes == number) & free, 1)
        if here.mean() >= LABELLED:
            depth = np.asarray(distance_transform_edt(here))[1:-1, 1:-1]
            row, column = np.unravel_index(depth.argmax(), depth.shape)
            places[number] = ((column + 0.5) / classes.shape[1], (row + 0.5) / classes.shape[0])
    return places


def _mark(draw: ImageDraw.ImageDraw, at: Point, letter: str) -> None:
    x, y = at
    radius = (20 if letter else 9) * SMOOTH
    box = (x - radius, y - radius, x + radius, y + radius)
    if letter:
        draw.ellipse(box, PAPER, INK, 3 * SMOOTH)
        draw.text(at, letter, INK, ImageFont.load_default(26 * SMOOTH), "mm")
    else:
        draw.ellipse(box, INK, PAPER, 3 * SMOOTH)


def _text(draw: ImageDraw.ImageDraw, at: Point, text: str, size: int) -> None:
    font = ImageFont.load_default(size * SMOOTH)
    draw.text(at, text, INK, font, "mm", stroke_width=3 * SMOOTH, stroke_fill=PAPER)


def _dashes(draw: ImageDraw.ImageDraw, first: Point, last: Point) -> None:
    start, end = np.array(first), np.array(last)
    count = max(1, int(np.hypot(*(end - start)) / (11 * SMOOTH)))
    ticks = np.linspace(0, 1, 2 * count)[:, None]
    ends = start + ticks * (end - start)
    for one, other in zip(ends[::2].tolist(), ends[1::2].tolist(), strict=True):
        draw.line([tuple(one), tuple(other)], INK, 2 * SMOOTH)
