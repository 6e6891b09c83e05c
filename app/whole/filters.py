"""The part of the page that follows the paths of filters (decoupling)."""

import altair as alt
import numpy as np
import pandas as pd
import streamlit as st
from export.view import SavedChart, SavedPictures, SavedTable, SavedView, SavedWords
from language.catalogue import figure, say
from language.mark import mark
from torch import Tensor
from ui.digits import choose_digit, digit, enlarged

from openbox.decoupling.shipped import COMMAND
from openbox.zoo.checkpoints import read_card
from whole import kept
from whole.paths import Followed
from whole.pictures import KEY, SIZE, show

THIS = mark("this digit")
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
    said = say("This digit uses **{used} of {all}** filters of the second convolution.").format(
        used=int(used.sum()), all=len(used)
    )
    with st.container(horizontal=True, vertical_alignment="center"):
        show(digit(index)[0], SIZE)
        st.markdown(said)
    st.markdown(say("**Its filters, and how often each class uses one**, test digits"))
    rates = _rates(found, used)
    drawing = SavedChart(
        _chart(rates),
        say("How often each class uses each filter, and which ones this digit uses, as a table of colours."),
    )
    st.altair_chart(drawing.chart, width="stretch", alt=drawing.words)
    label = st.selectbox(
        say("Cut the path of"),
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
        say("“{name}” right").format(name=label), figure(f"{100 * own_cut:.1f} %"),
        figure(f"{100 * (own_cut - own):.1f}"), help=say("after the cut"),
    )  # fmt: skip
    row.metric(
        say("the others right"), figure(f"{100 * others_cut:.1f} %"),
        figure(f"{100 * (others_cut - others):.1f}"), help=say("after it"),
    )  # fmt: skip
    note = say(
        "Cut are the twentieth of the filters whose use tells the class from the others best, found on "
        "training digits. The network was made by `{command}`."
    ).format(command=COMMAND)
    st.caption(note)
    card = read_card(kept.NETWORK)
    losses = [
        {"digits": f"“{label}”", "right before": own, "right after": own_cut},
        {"digits": "the others", "right before": others, "right after": others_cut},
    ]
    names = say("“{name}”").format(name=label), say("the others")
    table = [
        {
            say("digits"): name,
            say("right before"): one["right before"],
            say("right after"): one["right after"],
        }
        for name, one in zip(names, losses, strict=True)
    ]
    return SavedView(
        "whole", say("How does the network decide, over all inputs?"),
        [
            SavedPictures(
                [(enlarged(digit(index)[0], SIZE), say("Test digit {number}").format(number=index))], SIZE
            ),
            SavedWords(said), drawing, SavedWords(say("**Cut the path of “{name}”**").format(name=label)),
            SavedTable(table), SavedWords(note),
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
    shares = {THIS: one.double()} | classes
    return [
        {"class": name, "filter": place, "share": float(share)}
        for name, row in shares.items()
        for place, share in enumerate(row)
    ]


def _chart(rates: list[dict[str, str | int | float]]) -> alt.Chart:
    shown = [row | {"class": say(THIS)} if row["class"] == THIS else row for row in rates]
    names = [str(name) for name in dict.fromkeys(row["class"] for row in shown)]
    of, place, share = say("class"), say("filter"), say("share")
    return (
        alt.Chart(pd.DataFrame(shown), height=340)
        .mark_rect()
        .encode(
            alt.X("filter:O", title=place), alt.Y("class:O", sort=names, title=of),
            alt.Color(
                "share:Q", title=say("share of its digits"), scale=alt.Scale(scheme="blues", domain=[0, 1])
            ),
            tooltip=[
                alt.Tooltip("class", title=of), alt.Tooltip("filter", title=place),
                alt.Tooltip("share:Q", title=share, format=".0%"),
            ],
        )
    )  # fmt: skip
