"""The Leaderboard's charts: values with their intervals, and mean curves. Pure, no Streamlit."""

from collections.abc import Sequence

import altair as alt
from language.catalogue import say
from ui.charts import AXIS, COLUMNS, GREY, RIVAL, STRONG, TEXT, layered, line_style

from evaluation.schema import CurvePoint, LeaderboardRow
from leaderboard import records
from leaderboard.sentences import FAMILIES, interval, value, whole

FAMILY_COLOURS = {"exact": STRONG, "rival": RIVAL, "baseline": GREY, "": TEXT}
FAMILY_SHAPES = {"exact": "circle", "rival": "square", "baseline": "cross", "": "triangle"}
BASELINE_LINES = {"random": (GREY, [1, 3]), "edges": (TEXT, [6, 6])}


def ranking(standings: Sequence[LeaderboardRow], name: str) -> alt.LayerChart:
    """A point and its interval for each method, in the order given; the tie group as text at the right."""
    rows = [
        {
            "method": records.title(entry.method),
            "value": entry.value,
            "low": entry.ci_low,
            "high": entry.ci_high,
            "family": say(FAMILIES[records.role(entry.method)]),
            "group": ""
            if entry.tie_group is None
            else say("group {number}").format(number=whole(entry.tie_group)),
            "words": f"{value(entry.value)} ({interval(entry)})",
        }
        for entry in standings
    ]
    low, high = _reach([x for entry in standings for x in (entry.value, entry.ci_low, entry.ci_high)])
    room = 0.16 * (high - low)
    scale = alt.Scale(domain=[low, high + room], nice=False)
    chart = alt.Chart(alt.Data(values=rows))
    y = alt.Y(
        "method:N",
        sort=None,
        title=None,
        axis=alt.Axis(labelLimit=220, ticks=False, labelOverlap=False, labelFlush=False, **AXIS),
    )
    x = alt.X("value:Q", scale=scale, title=name, axis=alt.Axis(tickCount=8, grid=True, **AXIS))
    families = dict.fromkeys(records.role(entry.method) for entry in standings)
    names = [say(FAMILIES[key]) for key in families]
    legend = alt.Legend(title=None, orient="top", columns=COLUMNS, labelFontSize=13, labelColor=TEXT)
    colour = alt.Color(
        "family:N",
        scale=alt.Scale(domain=names, range=[FAMILY_COLOURS[key] for key in families]),
        legend=legend,
    )
    shape = alt.Shape(
        "family:N",
        scale=alt.Scale(domain=names, range=[FAMILY_SHAPES[key] for key in families]),
        legend=legend,
    )
    tooltip = [
        alt.Tooltip("method:N", title=say("method")),
        alt.Tooltip("words:N", title=say("value")),
        alt.Tooltip("group:N", title=say("group")),
    ]
    zero = alt.Chart(alt.Data(values=[{}])).mark_rule(color=GREY, strokeDash=[3, 3], aria=False)
    layers = [
        *([zero.encode(x=alt.datum(0, type="quantitative", scale=scale))] if low <= 0 <= high else []),
        chart.mark_rule(strokeWidth=2).encode(y=y, x=alt.X("low:Q", scale=scale), x2="high:Q", color=colour),
        chart.mark_point(filled=True, size=95, opacity=1).encode(
            y=y, x=x, color=colour, shape=shape, tooltip=tooltip
        ),
        chart.mark_text(align="left", fontSize=13, color=TEXT).encode(
            y=y, x=alt.datum(high + 0.25 * room, type="quantitative", scale=scale), text="group:N"
        ),
    ]
    return layered(layers, alt.Step(25))


def curves(
    points: Sequence[CurvePoint], methods: Sequence[str], answer: str, domain: Sequence[float]
) -> alt.LayerChart:
    """The mean ``answer`` in one order with its band; each method has its own colour and its own dash."""
    styles = line_styles(methods)
    rows = [
        {
            "method": records.title(point.method),
            "colour": styles[point.method][0],
            "share": point.x,
            "value": point.value,
            "low": point.ci_low,
            "high": point.ci_high,
        }
        for point in points
        if point.method in styles
    ]
    titles = [records.title(method) for method in styles]
    legend = alt.Legend(
        title=None, orient="bottom", columns=2, symbolType="stroke", symbolSize=900, rowPadding=0,
        labelFontSize=12, labelColor=TEXT, labelLimit=160,
    )  # fmt: skip
    colours = alt.Scale(domain=titles, range=[style[0] for style in styles.values()])
    dashes = alt.Scale(domain=titles, range=[style[1] for style in styles.values()])
    scale = alt.Scale(domain=list(domain), nice=False)
    chart = alt.Chart(alt.Data(values=rows))
    x = alt.X(
        "share:Q",
        title=say("share of the features removed"),
        axis=alt.Axis(format="%", tickCount=5, **AXIS),
    )
    band = chart.mark_area(opacity=0.15).encode(
        x=x,
        y=alt.Y("low:Q", scale=scale, title=answer),
        y2="high:Q",
        fill=alt.Fill("colour:N", scale=None, legend=None),
    )
    line = chart.mark_line(strokeWidth=2).encode(
        x=x,
        y=alt.Y("value:Q", scale=scale, title=answer, axis=alt.Axis(**AXIS)),
        color=alt.Color("method:N", scale=colours, legend=legend),
        strokeDash=alt.StrokeDash("method:N", scale=dashes, legend=legend),
    )
    return layered([band, line], 380)


def line_styles(methods: Sequence[str]) -> dict[str, tuple[str, list[int]]]:
    """Colour and dash by method, baselines in grey; no two styles are alike."""
    chosen = [method for method in methods if method not in BASELINE_LINES]
    styles = {method: line_style(k) for k, method in enumerate(chosen)}
    return styles | {method: BASELINE_LINES[method] for method in methods if method in BASELINE_LINES}


def curve_domain(points: Sequence[CurvePoint]) -> list[float]:
    """One y axis for the curves of both orders."""
    return list(_reach([x for point in points for x in (point.value, point.ci_low, point.ci_high)]))


def _reach(numbers: Sequence[float | None]) -> tuple[float, float]:
    known = [x for x in numbers if x is not None]
    low, high = min(known, default=0.0), max(known, default=1.0)
    margin = 0.04 * (high - low) or 0.5
    return low - margin, high + margin
