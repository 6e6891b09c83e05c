"""Take away what a map calls most relevant, and watch the score fall: the lesson of pixel flipping."""

from collections.abc import Mapping, Sequence

import altair as alt
import streamlit as st
import torch
from language.catalogue import say
from torch import Tensor
from ui import asking, figures, words
from ui.charts import AXIS, TEXT, layered, line_style
from ui.loading import Asked, Setup, about, digest
from work import deleting
from work.deleting import FILLS, Deletion

from openbox.explainers.explanation import Contrast, Explanation
from openbox.explainers.table import EXPLAINERS

SIDE = 112


@st.fragment
def show(subject: Asked, target: Contrast | int, setup: Setup, ready: Mapping[str, Explanation]) -> None:
    """A slider for all methods at once; nothing is computed again when it moves."""
    folded = st.expander(say("Take away the most relevant pixels"), key="delete", bind="query-params")
    if not folded.open:
        return
    with folded:
        if not ready:
            st.caption(say("No map is ready yet."))
            return
        with st.container(horizontal=True, vertical_alignment="bottom"):
            fill = st.segmented_control(
                say("What stands there instead"),
                FILLS,
                default=FILLS[0],
                format_func=say,
                key="gone_fill",
                bind="query-params",
                required=True,
            )
            step = st.slider(
                say("How many pixels are gone"),
                0,
                100,
                20,
                100 // deleting.STEPS,
                format="%d %%",
                key="gone",
                bind="query-params",
            )
        found = deletion(subject, target, setup, ready, fill or FILLS[0])
        place = round(step / 100 * deleting.STEPS)
        st.altair_chart(
            chart(found, [*ready], place), width="stretch", alt=chart_words(found, [*ready], place)
        )
        with st.container(horizontal=True, gap="small"):
            for name, picture, score in zip(
                ready, found.pictures[:, place], found.scores[:, place], strict=True
            ):
                with st.container(width=SIDE, gap="xsmall"):
                    large = figures.enlarge(figures.photograph(picture), SIDE)
                    title = EXPLAINERS[name].title
                    without = say("without the pixels of {method}").format(method=title)
                    st.image(large, width=SIDE, output_format="PNG", alt=without)
                    st.caption(f"{title}: {words.number(float(score), 2)}")
        st.caption(
            say(
                "The score is the {score}. A map that finds the pixels on which the network relies makes it "
                "fall early; a map of noise makes it fall, too, as the picture falls apart. What stands "
                "there instead changes who wins."
            ).format(score=words.score(target, subject.card.classes))
        )


def deletion(
    subject: Asked, target: Contrast | int, setup: Setup, ready: Mapping[str, Explanation], fill: str
) -> Deletion:
    """What is left of the score, map by map."""
    ranks = torch.stack(
        [torch.from_numpy(figures.plane(one.values[0], one.unit)).double() for one in ready.values()]
    )
    args = subject.x, ranks, row(target, len(subject.card.classes)), setup.score, fill
    key = subject.picture, digest(ranks), str(target), setup.score, fill
    return asking.answer(about(deleting.delete, subject.card, args, key, keep=16))


def row(target: Contrast | int, classes: int) -> Tensor:
    """The weights (K,) of the logits in the score."""
    found = torch.zeros(classes)
    if isinstance(target, Contrast):
        found[target.preferred], found[target.other] = 1.0, -1.0
    else:
        found[target] = 1.0
    return found


def chart(found: Deletion, names: Sequence[str], place: int) -> alt.LayerChart:
    """A line for each method, and the place of the slider."""
    rows = [
        {"method": EXPLAINERS[name].title, "gone": float(share), "score": float(score)}
        for name, scores in zip(names, found.scores, strict=True)
        for share, score in zip(found.shares, scores, strict=True)
    ]
    styles = [line_style(place) for place in range(len(names))]
    x = alt.X("gone:Q", title=say("pixels that are gone"), axis=alt.Axis(format="%", **AXIS))
    y = alt.Y("score:Q", title=say("score"), axis=alt.Axis(**AXIS))
    titles = [EXPLAINERS[name].title for name in names]
    colour = alt.Color(
        "method:N",
        scale=alt.Scale(domain=titles, range=[colour for colour, _ in styles]),
        legend=alt.Legend(title=None, orient="top", labelFontSize=13, labelColor=TEXT, labelLimit=300),
    )
    dash = alt.StrokeDash(
        "method:N", legend=None,
        scale=alt.Scale(domain=titles, range=[dash for _, dash in styles]),
    )  # fmt: skip
    lines = alt.Chart(alt.Data(values=rows)).mark_line(strokeWidth=2.2)
    here = alt.Chart(alt.Data(values=[{"gone": float(found.shares[place])}])).mark_rule(color=TEXT)
    layers = [lines.encode(x=x, y=y, color=colour, strokeDash=dash), here.encode(x=x)]
    return layered(layers, 260)


def chart_words(found: Deletion, names: Sequence[str], place: int) -> str:
    """The chart as a sentence."""
    left = ", ".join(
        f"{EXPLAINERS[name].title} {words.number(float(score), 2)}"
        for name, score in zip(names, found.scores[:, place], strict=True)
    )
    if not place:
        return say("The score while pixels are taken away; with none of them gone: {scores}.").format(
            scores=left
        )
    share = words.percent(float(found.shares[place]))
    return say("The score while pixels are taken away; with {share} of them gone: {scores}.").format(
        share=share, scores=left
    )
