"""All maps as one picture: pixels, or a drawing."""

import html
import io
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from language.catalogue import say
from PIL import Image, ImageDraw, ImageFont
from ui import figures, tiles, words
from ui.pictures import data_url

from explain.saving.view import ExportedView
from openbox.explainers.explanation import Explanation
from openbox.explainers.table import EXPLAINERS

SIDE, GAP, LINE = 224, 16, 18  # of a map in the picture of all, the room between them, a line of text


@dataclass(frozen=True)
class SheetCell:
    """A picture on a sheet of them: its title above, its scale in words below, and its left upper corner."""

    title: str
    picture: np.ndarray
    scale: str
    left: int
    top: int


def sheet(view: ExportedView) -> tuple[list[SheetCell], tuple[int, int]]:
    """The picture and all maps, four a row, and the size (width, height) of the sheet."""
    cells = [(view.picture, figures.enlarge(figures.photograph(view.subject.x[0]), SIDE), "")]
    cells += [(EXPLAINERS[name].title, *drawn(name, one)) for name, one in view.maps.items()]
    columns, width, height = min(4, len(cells)), SIDE + GAP, SIDE + GAP + 2 * LINE
    found = [
        SheetCell(*cell, GAP + number % columns * width, GAP + LINE + number // columns * height)
        for number, cell in enumerate(cells)
    ]
    return found, (columns * width + GAP, -(-len(cells) // columns) * height + GAP + LINE)


def png(view: ExportedView) -> bytes:
    """The sheet as pixels."""
    cells, size = sheet(view)
    paper = Image.new("RGB", size, "white")
    pen = ImageDraw.Draw(paper)
    pen.font = _font()
    pen.text((GAP, GAP // 2), f"{view.question} {view.answer}", fill="black")
    for cell in cells:
        pen.text((cell.left, cell.top), cell.title[:40], fill="black")
        picture = Image.fromarray(cell.picture).resize((SIDE, SIDE), Image.Resampling.NEAREST)
        paper.paste(picture, (cell.left, cell.top + LINE))
        pen.text((cell.left, cell.top + LINE + SIDE), cell.scale, fill="black")
    out = io.BytesIO()
    paper.save(out, "PNG")
    return out.getvalue()


def _font() -> ImageFont.FreeTypeFont:
    """Of matplotlib: Pillow's own has neither Cyrillic nor umlauts, nor the minus sign."""
    import matplotlib

    return ImageFont.truetype(Path(matplotlib.get_data_path()) / "fonts" / "ttf" / "DejaVuSans.ttf", 10)


def svg(view: ExportedView) -> str:
    """The sheet as a drawing whose words stay words and whose pixels stay sharp at any size."""
    cells, (width, height) = sheet(view)
    lines = [
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{width}" height="{height}" font-family="sans-serif" '
        'font-size="13">',
        f"<title>{html.escape(view.question)}</title>",
        f'<text x="{GAP}" y="{GAP}">{html.escape(f"{view.question} {view.answer}")}</text>',
    ]
    for cell in cells:
        lines += [
            f'<text x="{cell.left}" y="{cell.top + LINE - 4}">{html.escape(cell.title)}</text>',
            f'<image x="{cell.left}" y="{cell.top + LINE}" width="{SIDE}" height="{SIDE}" '
            f'style="image-rendering:pixelated" href="{data_url(cell.picture)}"/>',
            f'<text x="{cell.left}" y="{cell.top + 2 * LINE + SIDE - 3}">{html.escape(cell.scale)}</text>',
        ]
    return "\n".join([*lines, "</svg>", ""])


def drawn(name: str, one: Explanation) -> tuple[np.ndarray, str]:
    """A coloured map, and its scale in words."""
    plane, _ = tiles.shown(one, tiles.PLAIN)
    limit = figures.limit(plane)
    left, middle, right = words.legend(EXPLAINERS[name], limit)
    scale = say("{left} to {right} {unit}").format(left=left, right=right, unit=middle)
    return tiles.painted(EXPLAINERS[name], one, plane, limit), scale
