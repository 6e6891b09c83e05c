"""The two parts of the page: the tree for a hidden layer, and the paths of filters."""

import altair as alt
import pandas as pd
import streamlit as st
from torch import Tensor
from ui import figures

from openbox.decoupling.shipped import COMMAND
from whole import kept
from whole.drawing import drawn
from whole.paths import Followed

SIZE, SMALL = 130, 64  # pixels of a digit on the screen


def show_tree() -> None:
    """CNN-INTE: settings, what they cost in fidelity, the tree, the way of a digit, its clusters."""
    with st.container(horizontal=True, vertical_alignment="bottom"):
        factors = st.slider("Factors", 2, 8, 4, help="groups of features of the layer", key="factors")
        clusters = st.slider("Clusters on each", 3, 15, 8, help="groups of digits", key="clusters")
        leaves = st.slider("Leaves of the tree", 5, 50, 14, key="leaves")
        reads = st.segmented_control(
            "Forests read", ["activations", "pixels"], default="activations", key="reads"
        )
    index = _digit()
    found = kept.grown(factors, clusters, leaves, reads or "activations")
    truth = kept.digits().labels.numpy()
    row = st.container(horizontal=True)
    for title, value, note in (
        ("Answers as the network", (found.answers == found.decided).mean(), "fidelity on the test digits"),
        ("Answers right", (found.answers == truth).mean(), "accuracy of the tree itself"),
        ("The network is right", (found.decided == truth).mean(), "it still is what answers"),
        ("A plain tree on pixels", (found.plain == found.decided).mean(), "fidelity, as many leaves"),
    ):
        row.metric(title, f"{100 * value:.1f} %", help=note)
    left, right = st.columns([1, 5])
    with left:
        _picture(_pixels(index), SIZE)
        st.caption(f"The network says “{found.decided[index]}”, the tree “{found.answers[index]}”.")
    right.graphviz_chart(drawn(found.dot, found.ways[index]), width="stretch")
    st.markdown("**Its clusters**, each by the training digits nearest to its centre")
    for factor, cluster in enumerate(found.found[index]):
        group = found.groups[factor][cluster]
        line = st.container(horizontal=True, vertical_alignment="center")
        with line:
            st.markdown(
                f"factor {factor + 1} ({found.features[factor]} features), cluster {cluster + 1}: "
                f"{group.members} digits"
            )
            for digit in group.nearest:
                _picture(digit, SMALL)


def show_paths() -> None:
    """Decoupling: the filters of a digit, of the classes, and what is lost where a class's path is cut."""
    index = _digit()
    found = kept.followed()
    used = found.used[index]
    with st.container(horizontal=True, vertical_alignment="center"):
        _picture(_pixels(index), SIZE)
        st.markdown(
            f"This digit uses **{int(used.sum())} of {len(used)}** filters of the second convolution."
        )
    st.markdown("**Its filters, and how often each class uses one**, test digits")
    st.altair_chart(_rates(found, used), width="stretch")
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
    count = len(kept.digits())
    return int(
        st.number_input("Test digit", 0, count - 1, 7, key="whole_digit", bind="query-params", width=SIZE)
    )


def _pixels(index: int) -> Tensor:
    return kept.digits().batch(slice(index, index + 1))[0]


def _picture(pixels: Tensor, width: int) -> None:
    """A digit (1, 8, 8)."""
    large = figures.enlarge(figures.photograph(pixels), width)
    st.image(large, width=width, output_format="PNG", alt="a handwritten digit")


def _rates(found: Followed, one: Tensor) -> alt.Chart:
    """The filters (filters,) of one digit above those of the classes."""
    classes = {str(k): found.used[found.labels == k].double().mean(0) for k in range(10)}
    shares = {"this digit": one.double()} | classes
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
