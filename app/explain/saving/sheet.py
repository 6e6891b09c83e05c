"""All maps as one drawing."""

import html

import numpy as np
from export.chart import opening
from language.catalogue import say
from ui import figures, tiles, words
from ui.pictures import data_url

from explain.saving.view import ExportedView
from openbox.explainers.explanation import Explanation
from openbox.explainers.table import EXPLAINERS

SIDE, GAP, LINE = 224, 16, 18  # of a map, the room between them, a line of text
COLUMNS = 4


def svg(view: ExportedView) -> str:
    """Each map between its title and its scale; words stay words, and pixels stay sharp at any size."""
    columns, width, height = min(COLUMNS, len(view.maps)), SIDE + GAP, SIDE + GAP + 2 * LINE
    lines = []
    for number, (name, one) in enumerate(view.maps.items()):
        left, top = number % columns * width, number // columns * height
        picture, scale = drawn(name, one)
        lines += [
            f'<text x="{left}" y="{top + LINE - 4}">{html.escape(EXPLAINERS[name].title)}</text>',
            f'<image x="{left}" y="{top + LINE}" width="{SIDE}" height="{SIDE}" '
            f'style="image-rendering:pixelated" href="{data_url(picture)}"/>',
            f'<text x="{left}" y="{top + 2 * LINE + SIDE - 3}" font-size="11">{html.escape(scale)}</text>',
        ]
    high = -(-len(view.maps) // columns) * height
    return "\n".join([opening(columns * width, high), *lines, "</svg>"])


def drawn(name: str, one: Explanation) -> tuple[np.ndarray, str]:
    """A coloured map, and its scale in words."""
    plane, _ = tiles.shown(one, tiles.PLAIN)
    limit = figures.limit(plane)
    left, middle, right = words.legend(EXPLAINERS[name], limit)
    scale = say("{left} to {right} {unit}").format(left=left, right=right, unit=middle)
    return tiles.painted(EXPLAINERS[name], one, plane, limit), scale
