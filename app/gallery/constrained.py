"""The family Constrained models: predictions for patients as one feature is swept."""

import altair as alt
import pandas as pd
import streamlit as st
from export.view import SavedChart, SavedView, SavedWords
from ui import words

from gallery import kept
from gallery.claims import CLAIMS

FEATURES = {"bmi": "body mass index", "bp": "blood pressure"}
CODE = """
import numpy as np

from openbox.gallery.monotone import compare_models

values, free, constrained = compare_models(seed=0).curves[{feature!r}]
made = {{"values": values, "free": free[{patients}], "constrained": constrained[{patients}]}}
"""


def show_constraint() -> SavedView:
    """A feature, and both models' curves."""
    feature = st.radio(
        "Feature", list(FEATURES), format_func=FEATURES.__getitem__, key="gallery_feature",
        bind="query-params", horizontal=True,
    )  # fmt: skip
    feature = feature or next(iter(FEATURES))
    found = kept.sweep(feature)
    rows = [
        {"value": value, "prediction": prediction, "patient": str(patient), "model": name}
        for name, curves in (("free", found.free), ("constrained", found.held))
        for patient, curve in zip(found.patients, curves, strict=True)
        for value, prediction in zip(found.values.tolist(), curve.tolist(), strict=True)
    ]
    seen = f"Predictions for five patients as the {FEATURES[feature]} rises, by both models"
    drawing = SavedChart(_chart(rows, FEATURES[feature]), seen)
    st.altair_chart(drawing.chart, alt=seen)
    fell, never = found.fell
    said = (
        f"Each patient's {FEATURES[feature]} is set to {len(found.values)} values in turn. The free model "
        f"falls in **{_share(fell)}** of the steps, the constrained one in **{_share(never)}**. What "
        f"it costs: R² on held-out patients {found.r2[0]:.3f} free, {found.r2[1]:.3f} constrained. "
        "(scikit-learn's diabetes patients, 442, three quarters of them to train on.)"
    )
    st.markdown(said)
    return SavedView(
        "gallery", CLAIMS["constraint"].question, [drawing, SavedWords(said)],
        {
            "family": "constrained models", "networks": "two boosted trees, free and constrained", "seed": 0,
            "feature": feature, "patients": found.patients, "falls": {"free": fell, "constrained": never},
            "r2": {"free": found.r2[0], "constrained": found.r2[1]},
        },
        {"values": found.values, "free": found.free, "constrained": found.held},
        rows=rows, drawings=[drawing], code=CODE.format(feature=feature, patients=found.patients),
    )  # fmt: skip


def _chart(rows: list[dict[str, float | str]], feature: str) -> alt.Chart:
    return (
        alt.Chart(pd.DataFrame(rows))
        .mark_line()
        .encode(
            x=alt.X("value", title=f"{feature} (scaled)", scale=alt.Scale(nice=False)),
            y=alt.Y("prediction", title="predicted progression", scale=alt.Scale(zero=False)),
            color=alt.Color("patient", legend=None), column=alt.Column("model", title=None, sort=["free"]),
        )
        .properties(width=330, height=240)
    )  # fmt: skip


def _share(part: float) -> str:
    return words.percent(part) if part else "none"
