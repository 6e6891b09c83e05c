"""Drawings as SVG, for a file that may load nothing; charts by vl-convert, as a browser draws them.

No Streamlit.
"""

import re
import zlib
from collections.abc import Sequence
from html import escape

import altair as alt
from ui.charts import TEXT

PAD = 10  # pixels between drawings
NS = "http://www.w3.org/2000/svg"
_SIZE = re.compile(r'width="([\d.]+)" height="([\d.]+)"')


def svg(chart: alt.Chart | alt.LayerChart, title: str) -> str:
    """The chart as a drawing with its title for those who cannot see it."""
    import vl_convert  # it starts a JavaScript engine, and few readers save a chart

    drawn = vl_convert.vegalite_to_svg(chart.to_dict(), allowed_base_urls=[])
    own = f"d{zlib.crc32(title.encode()):08x}-"  # several drawings in one file must not share names
    drawn = drawn.replace('id="', f'id="{own}').replace("url(#", f"url(#{own}")
    head, tag, rest = drawn.partition(">")
    return f'{head} role="img" color="#000"{tag}<title>{escape(title)}</title>{rest}'


def opening(wide: float, high: float, letters: int = 13) -> str:
    """The first tag of a drawing of so many pixels, which becomes smaller where there is less room."""
    size = f'width="{wide:.0f}" height="{high:.0f}" viewBox="0 0 {wide:.0f} {high:.0f}"'
    return (
        f'<svg xmlns="{NS}" {size} role="img" font-family="sans-serif" font-size="{letters}" fill="{TEXT}">'
    )


def stacked(drawings: Sequence[str]) -> str:
    """Drawings below each other as one."""
    wide, top, moved = 0.0, PAD, []
    for one in drawings:
        size = _SIZE.search(one)
        if size is None:
            raise ValueError("a drawing does not say how large it is")
        moved.append(one.replace("<svg ", f'<svg x="{PAD}" y="{top:.0f}" ', 1))
        wide, top = max(wide, float(size[1])), top + float(size[2]) + PAD
    paper = '<rect width="100%" height="100%" fill="#fff"/>'
    return "\n".join([opening(wide + 2 * PAD, top), paper, *moved, "</svg>", ""])
