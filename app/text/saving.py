"""A title as its page shows it, kept to be saved: rows of words, receipts, code that makes them again."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any

from export.view import SavedChart, SavedMarkup, SavedPart, SavedTable, SavedView, SavedWords
from language.catalogue import say
from torch import Tensor
from ui import charts, words
from work.explaining import SEED

from openbox.explainers.explanation import Contrast
from openbox.text import TEXT_EXPLAINERS, TokenExplanation
from openbox.zoo.checkpoints import Card
from text import drawing, rows, sentences
from text.choices import YOURS, Title

CODE = """
import numpy as np

from openbox.explainers import Contrast
from openbox.text.explain import explain_words
from openbox.text.open_reader import OpenReader
from openbox.zoo import load_checkpoint

reader = OpenReader(load_checkpoint({checkpoint!r}).model)
titles = {titles!r}
made = {{}}
for part, (words, methods) in titles.items():
    made[part + "logits"] = reader.logits([words])[0].numpy()
    for method in methods:
        made[part + method] = explain_words(method, reader, [words], {target}, {seed})[0].values.numpy()
"""


@dataclass(frozen=True, eq=False)
class ReadTitle:
    """A title's words, which of them are ``known``, its ``logits`` (K,), and what each method says of it.

    ``dropped``: some of its words became the unknown word.
    """

    words: tuple[str, ...]
    known: tuple[bool, ...]
    logits: Tensor
    found: Mapping[str, TokenExplanation]
    dropped: bool = False

    @property
    def prefix(self) -> str:
        """What the names of its arrays begin with."""
        return "dropped_" if self.dropped else ""


def view(
    card: Card, title: Title, target: Contrast | int, alike: bool, readings: Sequence[ReadTitle]
) -> SavedView:
    """``readings``: the title, and the title without what was dropped, if anything was."""
    best = charts.answers(readings[0].logits, card.classes)[0]
    said = say("What each word adds to the {score}").format(score=words.score(target, card.classes))
    parts: list[SavedPart] = [SavedWords(f"{_source(title)} {_verdict(best.name, title, card)}")]
    for reading in readings:
        pairs = zip(readings[0].words, reading.words, strict=True)
        gone = sentences.listed(word for word, left in pairs if word != left)
        parts += _parts(card, reading, said, alike, gone)
    glossary = (f"**{say(word)}**: {say(meaning)}" for word, meaning in sentences.GLOSSARY.items())
    parts += [SavedWords(say("Words"), heading=True), *map(SavedWords, glossary)]
    return SavedView(
        "text",
        say("The network says “{answer}” ({share})").format(
            answer=best.name, share=words.percent(best.probability)
        ),
        parts,
        _figures(card, title, target, readings),
        _arrays(readings),
        drawings=[
            SavedMarkup(partial(drawing.svg, one.words, one.known, one.found, alike, said))
            for one in readings
        ],
        code=_code(card, target, readings),
    )


def _parts(card: Card, reading: ReadTitle, said: str, alike: bool, gone: str) -> list[SavedPart]:
    answers = charts.answers(reading.logits, card.classes, top=len(card.classes))
    without = say("Without {words}: “{name}” ({share})").format(
        words=gone, name=answers[0].name, share=words.percent(answers[0].probability)
    )
    head = [SavedWords(words.plain(without), heading=True)] if gone else []
    return [
        *head,
        SavedChart(charts.answer_chart(answers), charts.answer_words(answers)),
        SavedWords(said, heading=True),
        SavedMarkup(partial(rows.table, reading.words, reading.known, reading.found, alike)),
        SavedWords(say("Red speaks for it, blue against it, purple is a size without a sign.")),
        SavedTable([sentences.receipt(one) for one in reading.found.values()]),
    ]


def _source(title: Title) -> str:
    if title.source == YOURS:
        return say("The title is from: you.")
    return say("The title is from: {source}.").format(source=words.plain(title.source))


def _verdict(predicted: str, title: Title, card: Card) -> str:
    return sentences.verdict(predicted, None if title.label is None else card.classes[title.label])


def _figures(
    card: Card, title: Title, target: Contrast | int, readings: Sequence[ReadTitle]
) -> dict[str, Any]:
    return {
        "text": title.text,
        "source": title.source,
        "label": None if title.label is None else card.classes[title.label],
        "network": card.name,
        "network_sha256": card.sha256,
        "data": card.data,
        "classes": list(card.classes),
        "target": vars(target) if isinstance(target, Contrast) else target,
        "seed": SEED,
        "readings": [
            {
                "words": list(reading.words),
                "known": list(reading.known),
                "dropped": reading.dropped,
                "logits": reading.logits.tolist(),
                "methods": {name: _said(one) for name, one in reading.found.items()},
            }
            for reading in readings
        ],
    }


def _said(one: TokenExplanation) -> dict[str, Any]:
    return {
        "title": TEXT_EXPLAINERS[one.method].title,
        "unit": one.unit,
        "values": one.values.tolist(),
        "bias": one.bias,
        "error": one.error,
        "claim": one.receipt.claim,
        "numbers": {name: float(value) for name, value in one.receipt.numbers.items()},
        "model_calls": one.model_calls,
        "seconds": one.seconds,
    }


def _arrays(readings: Sequence[ReadTitle]) -> dict[str, Any]:
    found = {}
    for reading in readings:
        found |= {reading.prefix + name: one.values.numpy() for name, one in reading.found.items()}
        found[f"{reading.prefix}logits"] = reading.logits.numpy()
    return found


def _code(card: Card, target: Contrast | int, readings: Sequence[ReadTitle]) -> str:
    asked = f"Contrast({target.preferred}, {target.other})" if isinstance(target, Contrast) else str(target)
    titles = {one.prefix: (one.words, list(one.found)) for one in readings}
    return CODE.format(checkpoint=card.name, titles=titles, target=asked, seed=SEED)
