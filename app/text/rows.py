"""One table of aligned rows as HTML: a row for each method, a column for each word. Pure, no Streamlit."""

from collections.abc import Mapping
from html import escape
from itertools import pairwise

from language.catalogue import figure, say
from language.mark import mark
from ui.words import MINUS

from openbox.display.words import painted
from openbox.text import TEXT_EXPLAINERS, TokenExplanation

_CELL = "padding:3px 8px;text-align:center;white-space:nowrap"
_UNKNOWN = "border-bottom:2px dashed #8a94a3"
_QUIET = "opacity:0.8"
_NARROW, _WIDE = 5, 85  # characters of the narrowest column, and of all that stand beside each other
WAITING = mark("computing …")


def table(
    words: tuple[str, ...], known: tuple[bool, ...], rows: Mapping[str, TokenExplanation | str], alike: bool
) -> str:
    """``rows``: by method the explanation, or what is said in its place. ``alike``: one scale for all logits.

    Nothing of a word is taken for markup. A long title goes on in another block of rows.
    """
    limits = {name: limit_of(rows, found, alike) for name, found in rows.items()}
    return "".join(_block(words, known, rows, limits, block) for block in _blocks(words))


def _blocks(words: tuple[str, ...]) -> list[range]:
    """The places of the words that stand beside each other."""
    starts, wide = [0], 0
    for place, word in enumerate(words):
        wide += max(len(word), _NARROW) + 2
        if wide > _WIDE and place > starts[-1]:
            starts.append(place)
            wide = max(len(word), _NARROW) + 2
    return [range(*ends) for ends in pairwise([*starts, len(words)])]


def _block(
    words: tuple[str, ...], known: tuple[bool, ...], rows: Mapping[str, TokenExplanation | str],
    limits: Mapping[str, float | None], places: range,
) -> str:  # fmt: skip
    marks = ["" if is_known else _UNKNOWN for is_known in known]
    head = "".join(
        f'<th style="{_CELL}"><bdi style="{marks[i]}">{escape(words[i]) or "?"}</bdi></th>' for i in places
    )
    body = "".join(_row(name, found, places, limits[name]) for name, found in rows.items())
    return (
        '<div style="overflow-x:auto;margin-bottom:0.8rem"><table style="border-collapse:separate;'
        f'border-spacing:2px;font-size:0.92rem"><thead><tr><th></th>{head}<th></th></tr></thead>'
        f"<tbody>{body}</tbody></table></div>"
    )


def _row(name: str, found: TokenExplanation | str, places: range, limit: float | None) -> str:
    title = escape(TEXT_EXPLAINERS[name].title)
    left = f'<th style="text-align:left;white-space:nowrap;padding-right:10px">{title}</th>'
    if isinstance(found, str):
        return f'<tr>{left}<td colspan="{len(places) + 1}" style="{_QUIET}">{escape(found)}</td></tr>'
    values = found.values.tolist()
    styles = painted(values, found.signed, limit)
    cells = "".join(
        f'<td style="{_CELL};{styles[i]};border-radius:4px">{rounded(values[i])}</td>' for i in places
    )
    unit = f'<td style="{_QUIET};white-space:nowrap;padding-left:8px">{escape(say(found.unit))}</td>'
    return f"<tr>{left}{cells}{unit}</tr>"


def rounded(value: float) -> str:
    """Two digits, for a glance; the receipts have the rest."""
    text = f"{value:.2f}"
    return figure("0.00" if text == "-0.00" else text.replace("-", MINUS))


def limit_of(
    rows: Mapping[str, TokenExplanation | str], found: TokenExplanation | str, alike: bool
) -> float | None:
    """Where the colours of a row end; None: at its own largest number."""
    if not alike or isinstance(found, str) or found.unit != "logits":
        return None
    others = [one for one in rows.values() if not isinstance(one, str) and one.unit == "logits"]
    return max(float(one.values.abs().max()) for one in others)
