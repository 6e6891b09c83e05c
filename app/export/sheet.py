"""All pictures and drawings of a view as one drawing, and as pixels. No Streamlit."""

import textwrap
from collections.abc import Iterator
from html import escape

from ui.pictures import data_url

from export import chart
from export.view import SavedChart, SavedPictures, SavedView

WIDE = 1000  # pixels of a row of pictures at most
GAP, LINE, LETTER = 16, 17, 7.2  # pixels between pictures, of a line of their captions, and of a letter
SHARP = 2  # pixels of the PNG for one of the drawing


def svg(view: SavedView) -> str:
    """Below each other: the title, the rows of pictures, the drawings."""
    rows = [pictures(part) for part in view.parts if isinstance(part, SavedPictures)]
    rows += [
        chart.svg(one.chart, one.words) if isinstance(one, SavedChart) else one.html()
        for one in view.drawings
    ]
    return chart.stacked([_heading(view.title), *rows])


def png(view: SavedView) -> bytes:
    """The same as pixels."""
    import vl_convert  # as in ``chart.svg``

    return vl_convert.svg_to_png(svg(view), scale=SHARP)


def pictures(part: SavedPictures) -> str:
    """The pictures beside each other, each over its caption, in as many rows as they need."""
    step = part.width + GAP
    columns = max(1, min(len(part.pictures), WIDE // step))
    lines, top = [], 0
    for start in range(0, len(part.pictures), columns):
        row = part.pictures[start : start + columns]
        heights = [round(part.width * picture.shape[0] / picture.shape[1]) for picture, _ in row]
        captions = [textwrap.wrap(caption, max(1, int(part.width / LETTER))) for _, caption in row]
        for place, (picture, _) in enumerate(row):
            lines += _one(place * step, top, part.width, heights[place], data_url(picture), captions[place])
        top += max(heights) + LINE * max(map(len, captions)) + GAP
    return "\n".join([chart.opening(columns * step, top), *lines, "</svg>"])


def _one(left: int, top: int, wide: int, high: int, source: str, caption: list[str]) -> Iterator[str]:
    yield (
        f'<image x="{left}" y="{top}" width="{wide}" height="{high}" '
        f'style="image-rendering:pixelated" href="{source}"/>'
    )
    for number, line in enumerate(caption, start=1):
        yield f'<text x="{left}" y="{top + high + number * LINE}">{escape(line)}</text>'


def _heading(title: str) -> str:
    lines = textwrap.wrap(title, int(WIDE / 10))
    said = (
        f'<text x="0" y="{24 * number}" font-size="18" font-weight="bold">{escape(line)}</text>'
        for number, line in enumerate(lines, start=1)
    )
    wide = 11 * max(map(len, lines), default=1)
    return "\n".join([chart.opening(wide, 24 * len(lines) + 8), *said, "</svg>"])
