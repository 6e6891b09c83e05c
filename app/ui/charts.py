"""The network's answer as a bar chart; pure, no Streamlit."""

from dataclasses import dataclass

import altair as alt
import torch
from torch import Tensor

from ui.words import MINUS, percent

PICKED = "picked"  # the name of a selection
STRONG, WEAK, TEXT = "#1f5fa8", "#b8c4d3", "#1b2430"


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
            "words": f"{percent(answer.probability)}   (logit {answer.logit:.2f})".replace("-", MINUS),
            "colour": STRONG if rank == 0 else WEAK,
        }
        for rank, answer in enumerate(answers)
    ]
    axis = alt.Axis(labelLimit=150, labelFontSize=13, labelColor=TEXT, ticks=False, domain=False)
    scale = alt.Scale(domain=[0, 2.4], nice=False)
    chart = alt.Chart(alt.Data(values=rows))
    y = alt.Y("class:N", sort=None, title=None, axis=axis)
    bars = chart.mark_bar(height=14).encode(
        y=y, x=alt.X("probability:Q", scale=scale, axis=None), color=alt.Color("colour:N", scale=None)
    )
    text = chart.mark_text(align="left", fontSize=13, color=TEXT).encode(
        y=y, x=alt.datum(1.05, type="quantitative", scale=scale), text="words:N"
    )
    if pick:
        bars = bars.add_params(alt.selection_point(name=PICKED, fields=["class"], on="click", empty=False))
    return alt.LayerChart(layer=[bars, text]).properties(height=alt.Step(26))


def answer_words(answers: list[ClassAnswer]) -> str:
    """The same as a sentence, for those who cannot see the chart."""
    parts = [f"{answer.name} {percent(answer.probability)}" for answer in answers]
    return "Probabilities of the classes: " + ", ".join(parts) + "."
