"""The two parts of the page: the tree for a hidden layer, and the paths of filters."""

import altair as alt
import numpy as np
import pandas as pd
import streamlit as st
from torch import Tensor
from ui import figures

from openbox.decoupling.shipped import COMMAND
from whole import kept
from whole.drawing import drawn

SIZE, SMALL = 130, 64  # pixels of a digit on the screen
NEAREST = 6


def show_tree() -> None:
    """CNN-INTE: settings, what they cost in fidelity, the tree, the way of a digit, its clusters."""
    with st.container(horizontal=True, vertical_alignment="bottom"):
        factors = st.slider("Factors", 2, 8, 4, help="groups of features of the layer", key="factors")
        clusters = st.slider("Clusters on each", 3, 15, 8, help="groups of digits", key="clusters")
        leaves = st.slider("Leaves of the tree", 5, 50, 14, key="leaves")
        reads = st.segmented_control(
            "Forests read", ["activations", "pixels"], default="activations", key="reads"
        )
    found = kept.grown(factors, clusters, leaves, reads or "activations")
    decided, truth = kept.layer().decided[1], kept.digits(False).labels.numpy()
    row = st.container(horizontal=True)
    for title, value, note in (
        ("Answers as the network", (found.answers == decided).mean(), "fidelity on the test digits"),
        ("Answers right", (found.answers == truth).mean(), "accuracy of the tree itself"),
        ("The network is right", (decided == truth).mean(), "it still is what answers"),
        ("A plain tree on pixels", (found.plain == decided).mean(), "fidelity, as many leaves"),
    ):
        row.metric(title, f"{100 * value:.1f} %", help=note)
    index = _digit()
    way = found.meta.way(found.found[index])
    left, right = st.columns([1, 5])
    with left:
        _picture(kept.pixels(False)[index], SIZE)
        st.caption(f"The network says “{decided[index]}”, the tree “{found.answers[index]}”.")
    right.graphviz_chart(drawn(found.meta, way), width="stretch")
    st.markdown("**Its clusters**, each by the training digits nearest to its centre")
    for factor, cluster in enumerate(found.found[index]):
        columns = kept.layer().hidden[0][:, found.meta.features == factor]
        far = ((columns - found.meta.centres[factor].cluster_centers_[cluster]) ** 2).sum(1)
        members = np.flatnonzero(found.known[:, factor] == cluster)
        nearest = members[far[members].argsort(kind="stable")[:NEAREST]]
        line = st.container(horizontal=True, vertical_alignment="center")
        with line:
            st.markdown(
                f"factor {factor + 1} ({columns.shape[1]} features), cluster {cluster + 1}: "
                f"{len(members)} digits"
            )
            for position in nearest:
                _picture(kept.pixels(True)[int(position)], SMALL)


def show_paths() -> None:
    """Decoupling: the filters of a digit, of the classes, and what is lost where a class's path is cut."""
    found = kept.followed()
    index = _digit()
    used = found.test[index]
    with st.container(horizontal=True, vertical_alignment="center"):
        _picture(kept.pixels(False)[index], SIZE)
        st.markdown(
            f"This digit uses **{int(used.sum())} of {len(used)}** filters of the second convolution."
        )
    st.markdown("**Its filters, and how often each class uses one**, test digits")
    st.altair_chart(_rates(found.test, used), width="stretch")
    label = st.selectbox(
        "Cut the path of", list(range(10)), key="cut", format_func=lambda k: f"“{k}”", width=SIZE
    )
    own, own_cut, others, others_cut = kept.cut_accuracy(label or 0)
    row = st.container(horizontal=True)
    row.metric(
        f"“{label}” right", f"{100 * own_cut:.1f} %", f"{100 * (own_cut - own):.1f}", help="after the cut"
    )
    row.metric(
        "the others right", f"{100 * others_cut:.1f} %", f"{100 * (others_cut - others):.1f}", help="after it"
    )
    st.caption(
        "Cut are the twentieth of the filters whose use tells the class from the others best, found on "
        f"training digits. The network was made by `{COMMAND}`."
    )


def _digit() -> int:
    count = len(kept.digits(False))
    return int(
        st.number_input("Test digit", 0, count - 1, 7, key="whole_digit", bind="query-params", width=SIZE)
    )


def _picture(pixels: Tensor, width: int) -> None:
    """A digit (1, 8, 8)."""
    large = figures.enlarge(figures.photograph(pixels), width)
    st.image(large, width=width, output_format="PNG", alt="a handwritten digit")


def _rates(used: Tensor, one: Tensor) -> alt.Chart:
    """The filters (filters,) of one digit above those of the classes, of all digits (N, filters)."""
    labels = kept.digits(False).labels
    shares = {"this digit": one.double()} | {str(k): used[labels == k].double().mean(0) for k in range(10)}
    rows = [
        {"class": name, "filter": place, "share": float(share)}
        for name, row in shares.items()
        for place, share in enumerate(row)
    ]
    return (
        alt.Chart(pd.DataFrame(rows), height=340)
        .mark_rect()
        .encode(
            alt.X("filter:O"), alt.Y("class:O", sort=list(shares)),
            alt.Color("share:Q", title="share of its digits", scale=alt.Scale(scheme="blues", domain=[0, 1])),
            tooltip=["class", "filter", alt.Tooltip("share:Q", format=".0%")],
        )
    )  # fmt: skip
