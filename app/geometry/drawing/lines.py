"""The logits along a walk as exact broken lines; their vertices are the breakpoints. No Streamlit."""

from collections.abc import Sequence

import altair as alt
import numpy as np
import pandas as pd
from language.catalogue import say
from ui.charts import AXIS, GREY, TEXT, layered

from geometry.drawing.colours import class_colour
from openbox.geometry.partition.segment import Segment

TOP = 3  # classes that are ever among the best so many are drawn
POINTS = 80  # with fewer breakpoints each is marked


def leading(walk: Segment) -> list[int]:
    """The classes that are among the best three at some breakpoint, the most often best first."""
    best = walk.logits.topk(min(TOP, walk.logits.shape[1])).indices.numpy()
    numbers, counts = np.unique(best, return_counts=True)
    return numbers[np.argsort(-counts, kind="stable")].tolist()


def logits(
    walk: Segment, span: tuple[float, float], now: float, classes: Sequence[str], drawn: Sequence[int],
    height: int,
) -> alt.LayerChart:  # fmt: skip
    """The logits of the ``drawn`` classes over t; ``span``: where the segment lies on the whole line.

    A grey band is the current cell, thin lines are the changes of the decision.
    """
    t = span[0] + (span[1] - span[0]) * walk.t.numpy()
    names = [classes[number] for number in drawn]
    table = pd.DataFrame({"t": t} | {classes[number]: walk.logits[:, number].numpy() for number in drawn})
    scale = alt.Scale(domain=list(span), nice=False, zero=False)
    axis = alt.Axis(grid=False, labelFlush=True, labelOverlap=True, tickCount=6, **AXIS)
    x = alt.X("t:Q", title="t", scale=scale, axis=axis)
    y = alt.Y("logit:Q", title=say("logit"), scale=alt.Scale(zero=False), axis=alt.Axis(**AXIS))
    colours = alt.Scale(domain=names, range=["rgb({},{},{})".format(*class_colour(k, 0.0)) for k in drawn])
    base = alt.Chart(table).transform_fold([*names], ["class", "logit"])
    colour = alt.Color(
        "class:N",
        scale=colours,
        title=None,
        sort=names,
        legend=alt.Legend(orient="top", columns=4, labelColor=TEXT),
    )
    tips = [
        alt.Tooltip("class:N", title=say("class")),
        alt.Tooltip("t:Q", format=".6f"),
        alt.Tooltip("logit:Q", title=say("logit"), format=".4f"),
    ]
    few = len(t) <= POINTS
    point = alt.OverlayMarkDef(size=18, filled=True) if few else False
    lines = base.mark_line(strokeWidth=1.8, interpolate="linear", point=point).encode(
        x=x, y=y, color=colour, tooltip=tips
    )
    here = min(int(np.searchsorted(t, now, "right")) - 1, len(t) - 2)
    cell = pd.DataFrame({"from": [t[here]], "to": [t[here + 1]]})
    band = (
        alt.Chart(cell)
        .mark_rect(color=GREY, opacity=0.25)
        .encode(x=alt.X("from:Q", title="t", scale=scale), x2="to:Q")
    )
    rule = alt.Chart(pd.DataFrame({"t": [now]})).mark_rule(color=TEXT, strokeWidth=1.5).encode(x=x)
    layers: list[alt.Chart] = [band, lines, rule]
    if walk.switches:
        changes = pd.DataFrame(
            {
                "t": [span[0] + (span[1] - span[0]) * switch.t for switch in walk.switches],
                "words": [f"{classes[one.before]} → {classes[one.after]}" for one in walk.switches],
            }
        )
        layers.append(alt.Chart(changes).mark_rule(color=TEXT, strokeDash=[3, 3]).encode(x=x))
        late = changes["t"] > span[0] + 0.8 * (span[1] - span[0])
        left = alt.Chart(changes[~late]).mark_text(align="left", dx=4, color=TEXT, fontSize=12)
        right = alt.Chart(changes[late]).mark_text(align="right", dx=-4, color=TEXT, fontSize=12)
        layers += [part.encode(x=x, y=alt.value(8), text="words:N") for part in (left, right)]
    return layered(layers, height)
