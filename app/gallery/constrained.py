"""The family Constrained models: predictions for patients as one feature is swept."""

import altair as alt
import numpy as np
import pandas as pd
import streamlit as st
from export.view import SavedChart, SavedView, SavedWords
from language.catalogue import figure, say
from language.mark import mark
from ui import charts, words
from ui.charts import AXIS

from gallery import kept
from gallery.claims import CLAIMS

FEATURES = {"bmi": mark("body mass index"), "bp": mark("blood pressure")}
MODELS = {
    mark("free"): mark("Predictions of the free model for five patients as the {feature} rises."),
    mark("constrained"): mark(
        "Predictions of the constrained model for five patients as the {feature} rises."
    ),
}
CODE = """
import numpy as np

from openbox.gallery.monotone import compare_models

values, free, constrained = compare_models(seed=0).curves[{feature!r}]
made = {{"values": values, "free": free[{patients}], "constrained": constrained[{patients}]}}
"""


def show_constraint() -> SavedView:
    """A feature, and both models' curves."""
    feature = st.radio(
        say("Feature"), list(FEATURES), format_func=lambda name: say(FEATURES[name]), key="gallery_feature",
        bind="query-params", horizontal=True,
    )  # fmt: skip
    feature = feature or next(iter(FEATURES))
    rises = say(FEATURES[feature])
    found = kept.sweep(feature)
    both = np.concatenate((found.free, found.held))
    drawings, rows = [], []
    for slot, name, curves in zip(st.columns(2), MODELS, (found.free, found.held), strict=True):
        own = [
            {"value": value, "prediction": prediction, "patient": str(patient), "model": name}
            for patient, curve in zip(found.patients, curves, strict=True)
            for value, prediction in zip(found.values.tolist(), curve.tolist(), strict=True)
        ]
        seen = say(MODELS[name]).format(feature=rises)
        drawing = SavedChart(_chart(own, say(name), rises, (both.min(), both.max())), seen)
        slot.altair_chart(drawing.chart, alt=seen)
        rows += own
        drawings.append(drawing)
    fell, never = found.fell
    said = say(
        "Each patient's {feature} is set to {values} values in turn. The free model "
        "falls in {steps}, the constrained one in {held}. What "
        "it costs: R² on held-out patients {free} free, {constrained} constrained. "
        "(scikit-learn's diabetes patients, 442, three quarters of them to train on.)"
    ).format(
        feature=rises, values=len(found.values),
        steps=say("**{share}** of the steps").format(share=words.percent(fell))
        if fell else say("**none** of the steps"),
        held=f"**{words.percent(never)}**" if never else say("**none**"),
        free=figure(f"{found.r2[0]:.3f}"), constrained=figure(f"{found.r2[1]:.3f}"),
    )  # fmt: skip
    st.markdown(said)
    return SavedView(
        "gallery", say(CLAIMS["constraint"].question), [*drawings, SavedWords(said)],
        {
            "family": "constrained models", "networks": "two boosted trees, free and constrained", "seed": 0,
            "feature": feature, "patients": found.patients, "falls": {"free": fell, "constrained": never},
            "r2": {"free": found.r2[0], "constrained": found.r2[1]},
        },
        {"values": found.values, "free": found.free, "constrained": found.held},
        rows=rows, drawings=drawings, code=CODE.format(feature=feature, patients=found.patients),
    )  # fmt: skip


def _chart(
    rows: list[dict[str, float | str]], name: str, feature: str, ends: tuple[float, float]
) -> alt.Chart:
    scale = alt.Scale(domain=[float(end) for end in ends])
    return charts.titled(name, alt.Chart(pd.DataFrame(rows)).mark_line(), 240).encode(
        x=alt.X(
            "value", title=say("{feature} (scaled)").format(feature=feature), scale=alt.Scale(nice=False),
            axis=alt.Axis(tickCount=5, **AXIS),
        ),
        y=alt.Y("prediction", title=say("predicted progression"), scale=scale, axis=alt.Axis(**AXIS)),
        color=alt.Color("patient", legend=None, scale=alt.Scale(range=[*charts.COLOURS])),
        strokeDash=alt.StrokeDash("patient", legend=None, scale=alt.Scale(range=[*charts.DASHES])),
    )  # fmt: skip
