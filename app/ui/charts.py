"""What charts have in common, and the network's answer as a bar chart; pure, no Streamlit.

The colours stand out from a light page and from a dark one, and from each other for colour-blind eyes.
"""

from dataclasses import dataclass
from typing import Any

import altair as alt
import torch
from language.catalogue import figure, say
from torch import Tensor

from ui.words import MINUS, percent

PICKED = "picked"  # the name of a selection
STRONG, RIVAL, GREY = "#2f75c4", "#b3541e", "#76808e"
TEXT = "currentColor"  # that of the page around the chart, light or dark
COLOURS = (STRONG, RIVAL, "#51a0eb", "#e27d42", "#6e57f6", "#c03348")
DASHES = ([1, 0], [8, 3], [4, 2], [10, 3, 2, 3], [6, 2, 2, 2, 2, 2], [2, 2])
AXIS = {"labelFontSize": 13, "labelColor": TEXT, "titleColor": TEXT, "titleFontSize": 13}
COLUMNS = alt.ExprRef("width < 480 ? 1 : 2")  # of a legend above its chart; a phone has room for one
WEAK = 0.35  # opacity of what is not the answer
BESIDE = 135  # pixels that the numbers beside the bars take


@dataclass(frozen=True)
class ClassAnswer:
    """One class with its softmax probability and its logit."""

    name: str
    probability: float
    logit: float


def answers(logits: Tensor, classes: tuple[str, ...], top: int = 5) -> list[ClassAnswer]:
    """The most probable classes, best first; logits (K,)."""
    probabilities = torch.softmax(logits.double(), 0)
    order = torch.argsort(logits, descending=True)[:top].tolist()
    return [ClassAnswer(classes[k], float(probabilities[k]), float(logits[k])) for k in order]


def answer_chart(answers: list[ClassAnswer], pick: bool = False) -> alt.LayerChart:
    """Bars of probability with the numbers beside them; the prediction is darker. ``pick``: a bar can be
    clicked, which selects its class as ``PICKED``."""
    rows = [
        {
            "class": answer.name,
            "probability": answer.probability,
            "words": say("{probability}   (logit {logit})").format(
                probability=percent(answer.probability),
                logit=figure(f"{answer.logit:.2f}").replace("-", MINUS),
            ),
            "weight": 1.0 if rank == 0 else WEAK,
        }
        for rank, answer in enumerate(answers)
    ]
    axis = alt.Axis(labelLimit=150, labelFontSize=13, labelColor=TEXT, ticks=False, domain=False)
    reach = alt.ExprRef(f"max(2.4, 1.05 * width / max(width - {BESIDE}, 20))")  # a phone has shorter bars
    scale = alt.Scale(domainMin=0, domainMax=reach, nice=False)
    chart = alt.Chart(alt.Data(values=rows))
    y = alt.Y("class:N", sort=None, title=None, axis=axis)
    bars = chart.mark_bar(height=14, color=STRONG).encode(
        y=y, x=alt.X("probability:Q", scale=scale, axis=None), opacity=alt.Opacity("weight:Q", scale=None)
    )
    text = chart.mark_text(align="left", fontSize=13, color=TEXT).encode(
        y=y, x=alt.datum(1.05, type="quantitative", scale=scale), text="words:N"
    )
    if pick:
        bars = bars.add_params(alt.selection_point(name=PICKED, fields=["class"], on="click", empty=False))
    return layered([bars, text], alt.Step(26))


def layered(layers: list[Any], height: int | alt.Step) -> alt.LayerChart:
    """Layers as one chart, its numbers in the language's form; ``height`` in pixels, or of each bar."""
    return alt.LayerChart(layer=layers, config=_locale()).properties(height=height)


def titled(title: str, chart: alt.Chart, height: int) -> alt.Chart:
    """A chart under its title, for several beside each other; ``height`` in pixels."""
    head = alt.TitleParams(title, color=TEXT, fontSize=14, anchor="start")
    return chart.properties(title=head, height=height, config=_locale())


def line_style(place: int) -> tuple[str, list[int]]:
    """The colour and the dash of a line by its place; no two of the first 36 are alike."""
    turn, number = divmod(place, len(COLOURS))
    return COLOURS[number], DASHES[(number + turn) % len(DASHES)]


def _locale() -> alt.Config:
    number = alt.NumberLocale(decimal=figure("."), thousands=figure(","), grouping=[3], currency=["", ""])
    return alt.Config(locale=alt.Locale(number=number))


def answer_words(answers: list[ClassAnswer]) -> str:
    """The same as a sentence, for those who cannot see the chart."""
    parts = [f"{answer.name} {percent(answer.probability)}" for answer in answers]
    return say("Probabilities of the classes: {list}.").format(list=", ".join(parts))
