"""The page as one HTML file: picture, maps with their receipts, words, arrays, code, conditions."""

import html

from export import paper
from export.files import ExportFile, npz
from language.catalogue import say
from language.mark import mark
from ui import figures, tiles, words
from ui.pictures import data_url

from explain import sentences
from explain.saving.sheet import SIDE, drawn, png, svg
from explain.saving.view import NPZ, ExportedView, as_json, snippet
from openbox.explainers.table import EXPLAINERS


def files(view: ExportedView) -> list[ExportFile]:
    """The maps that are ready as files."""
    return [
        ExportFile(mark("Report (HTML)"), "text/html", "openbox-report.html", lambda: report(view)),
        ExportFile("PNG", "image/png", "openbox-view.png", lambda: png(view)),
        ExportFile("SVG", "image/svg+xml", "openbox-view.svg", lambda: svg(view)),
        ExportFile("NPZ", "application/octet-stream", NPZ, lambda: npz(view.arrays)),
        ExportFile("JSON", "application/json", "openbox-view.json", lambda: as_json(view)),
        ExportFile("Python", "text/x-python", "openbox_view.py", lambda: snippet(view)),
    ]


def report(view: ExportedView) -> str:
    """One HTML file that needs nothing else: picture, maps with their receipts, conditions, arrays, code."""
    maps = [
        f"<figure><figcaption><b>{html.escape(EXPLAINERS[name].title)}</b><br>"
        f"{html.escape(say(EXPLAINERS[name].summary))}</figcaption>"
        f'<img src="{data_url(drawn(name, one)[0])}" alt="{html.escape(_alt(view, name))}">'
        f"{tiles.scale(EXPLAINERS[name], figures.limit(tiles.shown(one, tiles.PLAIN)[0]))}"
        f"<small>{html.escape(words.receipt(one, view.target, view.classes))}<br>{words.cost(one)}</small>"
        "</figure>"
        for name, one in view.maps.items()
    ]
    photograph = data_url(figures.enlarge(figures.photograph(view.subject.x[0]), SIDE))
    body = f"""<p>{html.escape(view.answer)} {html.escape(view.picture)}.</p>
<img src="{photograph}" alt="{html.escape(view.picture)}" style="width:{SIDE}px">
<p>{html.escape(_reading(view))}</p>
<main>{"".join(maps)}</main>
{paper.glossary(sentences.GLOSSARY)}
{paper.made_again(NPZ, npz(view.arrays), snippet(view), as_json(view))}"""
    return paper.sheet(view.question, body)


def _reading(view: ExportedView) -> str:
    references = view.subject.references.words
    return sentences.reading_help(view.subject.card.shape, False, references, [*view.maps])


def _alt(view: ExportedView, name: str) -> str:
    return say("{title} map of the {score}").format(
        title=EXPLAINERS[name].title, score=words.score(view.target, view.classes)
    )
