"""A page on paper: one HTML file that needs nothing else. No Streamlit."""

import base64
import html
import re
from collections.abc import Mapping
from functools import singledispatch

from language.catalogue import current, say
from ui.pictures import data_url
from ui.words import number

from export import chart
from export.view import SavedChart, SavedMarkup, SavedPictures, SavedTable, SavedWords

STYLE = """
body { font: 16px/1.45 sans-serif; color: #1b2430; max-width: 1000px; margin: 2rem auto; padding: 0 1rem; }
main { display: grid; grid-template-columns: repeat(auto-fill, minmax(210px, 1fr)); gap: 1.2rem; }
figure { margin: 0; break-inside: avoid; } img { width: 100%; image-rendering: pixelated; }
pre { background: #f3f5f8; padding: 0.8rem; overflow-x: auto; font-size: 13px; }
.row { display: flex; flex-wrap: wrap; gap: 1rem; margin: 0.6rem 0; } .row figcaption { font-size: 14px; }
.wide { overflow-x: auto; } .wide > svg { max-width: 100%; height: auto; }
table.rows { border-collapse: collapse; font-size: 14px; }
table.rows th, table.rows td { padding: 3px 10px; border-bottom: 1px solid #d5dbe3; text-align: left; }
"""
# a browser that opens the file is told to ask for nothing from anywhere
_CLOSED = "default-src 'none'; img-src data:; style-src 'unsafe-inline'"


def sheet(title: str, body: str) -> str:
    """The file around a body of HTML."""
    return f"""<!doctype html>
<html lang="{current()}"><meta charset="utf-8"><meta http-equiv="Content-Security-Policy" content="{_CLOSED}">
<meta name="viewport" content="width=device-width"><title>{html.escape(title)}</title>
<style>{STYLE}</style>
<h1>{html.escape(title)}</h1>
{body}
</html>
"""


def made_again(npz: str, arrays: bytes, code: str, conditions: str) -> str:
    """The last sections of a report: its arrays, the code that makes them, and its conditions."""
    held = base64.b64encode(arrays).decode()
    start = f'<a download="{npz}" href="data:application/octet-stream;base64,{held}">'
    head, said = say("Made again"), say("{start}The arrays{end}, and code:").format(start=start, end="</a>")
    return f"""<h2>{head}</h2>
<p>{said}</p>
<pre>{html.escape(code)}</pre>
{written(conditions)}"""


def written(conditions: str) -> str:
    """The section of a report's conditions."""
    head = say("Conditions")
    return f"<h2>{head}</h2><pre>{html.escape(conditions)}</pre>"


def glossary(meanings: Mapping[str, str]) -> str:
    """The section of the words that a page explains."""
    entries = (
        f"<dt>{html.escape(say(word))}</dt><dd>{html.escape(say(said))}</dd>"
        for word, said in meanings.items()
    )
    head = say("Words")
    return f"<h2>{head}</h2><dl>{''.join(entries)}</dl>"


def marked(text: str) -> str:
    """The little Markdown that the app's words use: bold, italic, code, a line's end, what is escaped."""
    text = html.escape(re.sub(r"\\([^\w\s])", lambda found: f"\0{ord(found[1])}\0", text), quote=False)
    text = re.sub(r"\*\*(.+?)\*\*", r"<b>\1</b>", text)
    text = re.sub(r"\*(\w[^*]*)\*", r"<i>\1</i>", text)
    text = re.sub(r"`(.+?)`", r"<code>\1</code>", text)
    text = re.sub(r"(\n\n|  \n)", "<br>", text)
    return re.sub(r"\0(\d+)\0", lambda found: html.escape(chr(int(found[1])), quote=False), text)


@singledispatch
def printed(part: object) -> str:
    """A part of a view as HTML."""
    raise TypeError(f"{part!r} is no part of a view")


@printed.register
def _(part: SavedWords) -> str:
    return f"<h2>{marked(part.text)}</h2>" if part.heading else f"<p>{marked(part.text)}</p>"


@printed.register
def _(part: SavedPictures) -> str:
    figures = (
        f'<figure style="width:{part.width}px"><img src="{data_url(picture)}" alt="{html.escape(caption)}">'
        f"<figcaption>{html.escape(caption)}</figcaption></figure>"
        for picture, caption in part.pictures
    )
    return f'<div class="row">{"".join(figures)}</div>'


@printed.register
def _(part: SavedChart) -> str:
    return f'<div class="wide">{chart.svg(part.chart, part.words)}</div>'


@printed.register
def _(part: SavedTable) -> str:
    if not part.rows:
        return ""
    head = "".join(f"<th>{html.escape(str(name))}</th>" for name in part.rows[0])
    body = "".join(
        "<tr>" + "".join(f"<td>{html.escape(_cell(value))}</td>" for value in row.values()) + "</tr>"
        for row in part.rows
    )
    return f'<div class="wide"><table class="rows"><tr>{head}</tr>{body}</table></div>'


@printed.register
def _(part: SavedMarkup) -> str:
    return f'<div class="wide">{part.html()}</div>'


def _cell(value: object) -> str:
    if value is None:
        return ""
    return number(value) if isinstance(value, float) else str(value)
