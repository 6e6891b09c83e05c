"""The aligned rows of a title as SVG: a row for each method, a column for each word. No Streamlit."""

import re
from collections.abc import Mapping
from html import escape

from export.chart import opening
from language.catalogue import say
from ui.charts import TEXT

from openbox.display.words import painted
from openbox.text import TEXT_EXPLAINERS, TokenExplanation
from text.rows import limit_of, rounded

LETTER, HIGH, GAP, NARROW = 7.8, 26, 3, 5  # pixels of a letter, a row, between cells; letters at the least
_UNKNOWN = 'stroke="#8a94a3" stroke-width="2" stroke-dasharray="5 3"'
_STYLE = re.compile(r"background:(.*);color:(.*)")


def svg(
    words: tuple[str, ...], known: tuple[bool, ...], found: Mapping[str, TokenExplanation], alike: bool,
    title: str,
) -> str:  # fmt: skip
    """``alike``: one scale for all rows in logits. Nothing of a word is taken for markup."""
    left = LETTER * max((len(TEXT_EXPLAINERS[name].title) for name in found), default=0) + 16
    widths = [LETTER * max(len(word), NARROW) + 12 for word in words]
    starts = [left + sum(widths[:place]) + GAP * place for place in range(len(words) + 1)]
    lines = []
    for start, width, word, is_known in zip(starts, widths, words, known, strict=False):
        lines.append(_text(start + width / 2, 44, word or "?", TEXT, "middle"))
        if not is_known:
            lines.append(f'<path d="M{start:.1f} 50h{width:.1f}" {_UNKNOWN}/>')
    for number, (name, one) in enumerate(found.items()):
        top = 56 + number * (HIGH + GAP)
        lines.append(_text(8, top + 17, TEXT_EXPLAINERS[name].title, TEXT, "start"))
        styles = painted(one.values.tolist(), one.signed, limit_of(found, one, alike))
        for start, width, value, style in zip(starts, widths, one.values.tolist(), styles, strict=False):
            ground, letters = _STYLE.findall(style)[0]
            box = f'x="{start:.1f}" y="{top}" width="{width:.1f}" height="{HIGH}" rx="4"'
            lines.append(f'<rect {box} fill="{ground}"/>')
            lines.append(_text(start + width / 2, top + 17, rounded(value), letters, "middle"))
        lines.append(_text(starts[-1] + 6, top + 17, say(one.unit), "#5b6675", "start"))
    units = max((len(say(one.unit)) for one in found.values()), default=0)
    wide = max(starts[-1] + LETTER * units + 14, LETTER * len(title) + 16)
    high = 56 + len(found) * (HIGH + GAP) + 8
    head = opening(wide, high)
    said = [f"<title>{escape(title)}</title>", _text(8, 18, title, TEXT, "start")]
    return "\n".join([head, *said, *lines, "</svg>", ""])


def _text(x: float, y: float, text: str, fill: str, anchor: str) -> str:
    return f'<text x="{x:.1f}" y="{y:.1f}" text-anchor="{anchor}" fill="{fill}">{escape(text)}</text>'
