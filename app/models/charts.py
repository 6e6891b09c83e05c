"""Accuracy against a criterion, a point for each network. Pure, no Streamlit."""

from collections.abc import Sequence

import altair as alt
from language.catalogue import figure, say
from language.mark import mark
from ui.charts import AXIS, COLOURS, COLUMNS, GREY, PICKED, RIVAL, STRONG, TEXT, layered

from evaluation.schema import ModelRow

SURE, FRONT = mark("on the front"), mark("on the front, within chance")
BEHIND, TAKEN = mark("behind it"), mark("to take")


def scatter(rows: Sequence[ModelRow], taken: str | None) -> alt.LayerChart:
    """Each network at its means, with its 95 % intervals; those on the front are joined."""
    points = [
        {
            "network": row.network,
            "accuracy": row.accuracy,
            "value": row.value,
            "low": row.accuracy - (row.accuracy_half or 0),
            "high": min(1.0, row.accuracy + (row.accuracy_half or 0)),
            "left": row.value - (row.value_half or 0),
            "right": row.value + (row.value_half or 0),
            "place": say(TAKEN if row.network == taken else _place(row)),
        }
        for row in rows
    ]
    easier = (
        say("{metric}; larger is easier to read")
        if rows[0].larger
        else say("{metric}; smaller is easier to read")
    )
    values, shares = [p["value"] for p in points], [p["accuracy"] for p in points]
    x = alt.X(
        "value:Q",
        title=easier.format(metric=say(rows[0].metric)),
        scale=_scale(values),
        axis=alt.Axis(tickCount=8, **AXIS),
    )
    y = alt.Y(
        "accuracy:Q", title=say("test accuracy"), scale=_scale(shares), axis=alt.Axis(format="%", **AXIS)
    )
    places = [say(place) for place in (SURE, FRONT, BEHIND, TAKEN)]
    colour = alt.Color(
        "place:N",
        scale=alt.Scale(domain=places, range=[STRONG, COLOURS[2], GREY, RIVAL]),
        legend=alt.Legend(
            title=None,
            orient="top",
            labelFontSize=13,
            labelColor=TEXT,
            labelLimit=300,
            symbolOpacity=1,
            columns=COLUMNS,
        ),
    )
    chart = alt.Chart(alt.Data(values=points))
    thin = {"strokeWidth": 1.2, "opacity": 0.55, "clip": True}
    pick = alt.selection_point(name=PICKED, fields=["network"], on="click", empty=False)
    tips = [
        alt.Tooltip("network:N", title=say("network")),
        alt.Tooltip("accuracy:Q", title=say("accuracy"), format=".2%"),
        alt.Tooltip("value:Q", title=say("value"), format=".4g"),
    ]
    layers = [
        chart.transform_filter(f"datum.place != {say(BEHIND)!r}")
        .mark_line(color=STRONG, **thin)
        .encode(x=x, y=y, order="value:Q"),
        chart.mark_rule(**thin).encode(x=x, y=alt.Y("low:Q"), y2="high:Q", color=colour),
        chart.mark_rule(**thin).encode(x=alt.X("left:Q"), x2="right:Q", y=y, color=colour),
        chart.mark_point(filled=True, size=130, opacity=1)
        .encode(x=x, y=y, color=colour, tooltip=tips)
        .add_params(pick),
        chart.mark_text(align="center", dy=-13, fontSize=12, color=TEXT).encode(x=x, y=y, text="network:N"),
    ]
    return layered(layers, 430)


def words(rows: Sequence[ModelRow]) -> str:
    """The chart as a sentence."""
    best = ", ".join(f"{row.network} {figure(f'{row.accuracy:.1%}')}" for row in rows if row.front)
    said = say("Test accuracy against: {summary}. On the front: {best}.")
    return said.format(summary=say(rows[0].summary), best=best)


def _place(row: ModelRow) -> str:
    return SURE if row.sure else FRONT if row.front else BEHIND


def _scale(values: Sequence[float]) -> alt.Scale:
    low, high = min(values), max(values)
    room = 0.08 * (high - low) or 0.01
    return alt.Scale(domain=[low - room, high + 2 * room], nice=False)
