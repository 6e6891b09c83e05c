"""The page as a view to be saved: picture, maps with their receipts, words, arrays, code, conditions."""

import html
from functools import partial

from export import paper
from export.view import SavedMarkup, SavedPictures, SavedView, SavedWords
from language.catalogue import say
from ui import figures, tiles, words
from ui.pictures import data_url

from explain import sentences
from explain.saving.sheet import SIDE, drawn, svg
from explain.saving.view import PAGE, ExportedView, conditions, snippet
from openbox.explainers.table import EXPLAINERS


def saved(view: ExportedView) -> SavedView:
    """What the page shows; its maps have their scales and receipts."""
    photograph = figures.enlarge(figures.photograph(view.subject.x[0]), SIDE)
    return SavedView(
        PAGE, view.question,
        [
            SavedPictures([(photograph, f"{view.picture}. {view.answer}")], SIDE),
            SavedWords(words.plain(_reading(view))), SavedMarkup(partial(_maps, view)),
            SavedMarkup(partial(paper.glossary, sentences.GLOSSARY)),
        ],
        conditions(view), view.arrays, drawings=[SavedMarkup(partial(svg, view))], code=snippet(view),
    )  # fmt: skip


def _maps(view: ExportedView) -> str:
    maps = [
        f"<figure><figcaption><b>{html.escape(EXPLAINERS[name].title)}</b><br>"
        f"{html.escape(say(EXPLAINERS[name].summary))}</figcaption>"
        f'<img src="{data_url(drawn(name, one)[0])}" alt="{html.escape(_alt(view, name))}">'
        f"{tiles.scale(EXPLAINERS[name], figures.limit(tiles.shown(one, tiles.PLAIN)[0]))}"
        f"<small>{html.escape(words.receipt(one, view.target, view.classes))}<br>{words.cost(one)}</small>"
        "</figure>"
        for name, one in view.maps.items()
    ]
    return f"<main>{''.join(maps)}</main>"


def _reading(view: ExportedView) -> str:
    references = view.subject.references.words
    return sentences.reading_help(view.subject.card.shape, False, references, [*view.maps])


def _alt(view: ExportedView, name: str) -> str:
    return say("{title} map of the {score}").format(
        title=EXPLAINERS[name].title, score=words.score(view.target, view.classes)
    )
