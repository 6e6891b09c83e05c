"""The family Attention: the weights of a title's words beside the size of their gradient."""

import hashlib
import math

import altair as alt
import pandas as pd
import streamlit as st
from export.view import SavedChart, SavedView, SavedWords
from language.catalogue import say
from language.mark import mark
from ui import charts, words
from ui.charts import AXIS

from gallery import kept
from gallery.claims import CLAIMS
from openbox.gallery.shipped import attention_file

CODE = """
import numpy as np

from openbox.gallery.attention import attend, load_reader
from openbox.gallery.shipped import attention_file

found = attend(load_reader(attention_file())[0], {title!r})
made = {{"attention": found.attention.numpy(), "gradient": found.gradient.numpy()}}
"""


def show_attention() -> SavedView:
    """A title, the shares of its words; raises ``CheckpointError`` where there is no reader."""
    titles = kept.invented()
    title = st.selectbox(say("Invented title"), titles, key="gallery_title", bind="query-params") or titles[0]
    found = kept.attended(title)
    share = found.gradient / found.gradient.sum()
    order = [f"{place + 1}. {word}" for place, word in enumerate(found.words)]
    parts = {mark("attention"): found.attention, mark("|gradient x input|"): share}
    most = float(max(found.attention.max(), share.max()))
    drawings, rows = [], []
    for slot, (name, numbers) in zip(st.columns(2), parts.items(), strict=True):
        own = [
            {"word": word, "share": part, "of": name}
            for word, part in zip(order, numbers.tolist(), strict=True)
        ]
        seen = say("Each word's share of the title by {name}.").format(name=say(name))
        drawing = SavedChart(_chart(own, say(name), order, most), seen)
        slot.altair_chart(drawing.chart, alt=drawing.words)
        rows += own
        drawings.append(drawing)
    said = say(
        "The network says “{name}”. Rank correlation (Kendall's tau) of the two on this title: "
        "**{agreement}**; on average over {titles} invented titles: "
        "**{average}**, where 1 is the same order. The network reads "
        "{accuracy} of DBLP's test titles right."
    ).format(
        name=found.answer, titles=len(titles), average=words.signed(found.mean_tau, 2),
        agreement=say("undefined") if math.isnan(found.tau) else words.signed(found.tau, 2),
        accuracy=words.percent(found.accuracy),
    )  # fmt: skip
    st.markdown(said)
    return SavedView(
        "gallery", say(CLAIMS["attention"].question),
        [SavedWords(words.plain(title)), *drawings, SavedWords(said)],
        {
            "family": "attention", "network": attention_file().name,
            "network_sha256": hashlib.sha256(attention_file().read_bytes()).hexdigest(), "text": title,
            "answer": found.answer, "tau": None if math.isnan(found.tau) else found.tau,
            "mean_tau": found.mean_tau, "test_accuracy": found.accuracy,
        },
        {"attention": found.attention.numpy(), "gradient": found.gradient.numpy()},
        rows=rows, drawings=drawings, code=CODE.format(title=title),
    )  # fmt: skip


def _chart(rows: list[dict[str, str | float]], name: str, order: list[str], most: float) -> alt.Chart:
    bars = alt.Chart(pd.DataFrame(rows)).mark_bar(color=charts.STRONG)
    return charts.titled(name, bars, 24 * len(order)).encode(
        y=alt.Y("word", sort=order, title=None, axis=alt.Axis(labelLimit=150, **AXIS)),
        x=alt.X(
            "share", title=say("share of the title"), scale=alt.Scale(domain=[0, most]),
            axis=alt.Axis(tickCount=5, **AXIS),
        ),
    )  # fmt: skip
