"""The part of the page that follows the paths of filters (decoupling)."""

import altair as alt
import numpy as np
import pandas as pd
import streamlit as st
from export.view import SavedChart, SavedPictures, SavedTable, SavedView, SavedWords
from torch import Tensor
from ui.digits import choose_digit, digit, enlarged

from openbox.decoupling.shipped import COMMAND
from openbox.zoo.checkpoints import read_card
from whole import kept
from whole.paths import Followed
from whole.pictures import KEY, SIZE, show

CODE = """
import numpy as np
import torch

from openbox.decoupling.classes import SHARE, class_contrast, strongest
from openbox.decoupling.gated import gated_layers
from openbox.decoupling.paths import cut_path, joined, paths
from openbox.decoupling.shipped import load_shipped
from openbox.zoo import load

_, decoupled = load_shipped()
train, test = (load("digits", train=part) for part in (True, False))
used, seen = (joined(paths(decoupled, part.batch(slice(None)))) for part in (train, test))
off = strongest(class_contrast(used, train.labels)[{label}], SHARE)
sizes = {{name: layer.filters for name, layer in gated_layers(decoupled).items()}}
cut = cut_path(decoupled, dict(zip(sizes, off.split(list(sizes.values())))))
own, accuracy = test.labels == {label}, []
with torch.no_grad():
    right = [model(test.batch(slice(None))).argmax(1) == test.labels for model in (decoupled, cut)]
for of in (own, ~own):
    accuracy += [float(one[of].double().mean()) for one in right]
made = {{"used": seen.numpy(), "cut_accuracy": np.array(accuracy)}}
"""


def show_paths() -> SavedView:
    """The filters of a digit, of the classes, and what is lost where a class's path is cut."""
    index = choose_digit(KEY, SIZE)
    found = kept.followed()
    used = found.used[index]
    said = f"This digit uses **{int(used.sum())} of {len(used)}** filters of the second convolution."
    with st.container(horizontal=True, vertical_alignment="center"):
        show(digit(index)[0], SIZE)
        st.markdown(said)
    st.markdown("**Its filters, and how often each class uses one**, test digits")
    rates = _rates(found, used)
    drawing = SavedChart(
        _chart(rates),
        "How often each class uses each filter, and which ones this digit uses, as a table of colours.",
    )
    st.altair_chart(drawing.chart, width="stretch", alt=drawing.words)
    label = st.selectbox(
        "Cut the path of",
        list(range(10)),
        key="cut",
        bind="query-params",
        format_func=lambda k: f"“{k}”",
        width=SIZE,
    )
    cut = kept.cut_accuracy(label or 0)
    own, own_cut, others, others_cut = cut
    row = st.container(horizontal=True)
    row.metric(
        f"“{label}” right", f"{100 * own_cut:.1f} %", f"{100 * (own_cut - own):.1f}", help="after the cut"
    )
    row.metric(
        "the others right", f"{100 * others_cut:.1f} %", f"{100 * (others_cut - others):.1f}", help="after it"
    )
    note = (
        "Cut are the twentieth of the filters whose use tells the class from the others best, found on "
        f"training digits. The network was made by `{COMMAND}`."
    )
    st.caption(note)
    card = read_card(kept.NETWORK)
    losses = [
        {"digits": f"“{label}”", "right before": own, "right after": own_cut},
        {"digits": "the others", "right before": others, "right after": others_cut},
    ]
    return SavedView(
        "whole", "How does the network decide, over all inputs?",
        [
            SavedPictures([(enlarged(digit(index)[0], SIZE), f"Test digit {index}")], SIZE),
            SavedWords(said), drawing, SavedWords(f"**Cut the path of “{label}”**"), SavedTable(losses),
            SavedWords(note),
        ],
        {
            "part": "paths of filters", "network": card.name, "network_sha256": card.sha256,
            "test_digit": index, "filters_used": used.nonzero()[:, 0].tolist(), "filters": len(used),
            "cut": label, "accuracy": losses,
        },
        {"used": found.used.numpy(), "cut_accuracy": np.array(cut)},
        rows=rates, drawings=[drawing], code=CODE.format(label=label or 0), command=COMMAND,
    )  # fmt: skip


def _rates(found: Followed, one: Tensor) -> list[dict[str, str | int | float]]:
    """The filters (filters,) of one digit above those of the classes."""
    classes = {str(k): found.used[found.labels == k].double().mean(0) for k in range(10)}
    shares = {"this digit": one.double()} | classes
    return [
        {"class": name, "filter": place, "share": float(share)}
        for name, row in shares.items()
        for place, share in enumerate(row)
    ]


def _chart(rates: list[dict[str, str | int | float]]) -> alt.Chart:
    names = [str(name) for name in dict.fromkeys(row["class"] for row in rates)]
    return (
        alt.Chart(pd.DataFrame(rates), height=340)
        .mark_rect()
        .encode(
            alt.X("filter:O"), alt.Y("class:O", sort=names),
            alt.Color("share:Q", title="share of its digits", scale=alt.Scale(scheme="blues", domain=[0, 1])),
            tooltip=["class", "filter", alt.Tooltip("share:Q", format=".0%")],
        )
    )  # fmt: skip
