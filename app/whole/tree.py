"""The part of the page that grows a small tree for a hidden layer (CNN-INTE)."""

from dataclasses import dataclass
from functools import partial

import streamlit as st
from export.view import SavedMarkup, SavedPart, SavedPictures, SavedTable, SavedView, SavedWords
from language.catalogue import count, figure, say
from language.mark import mark
from ui.digits import choose_digit, digit, enlarged, test_digits

from openbox.zoo.checkpoints import read_card
from whole import kept
from whole.drawing import drawn
from whole.jobs import TREES, GroupOfDigits, Grown
from whole.pictures import KEY, SIZE, show
from whole.tree_drawing import tree_svg

SMALL = 64  # pixels of a digit among those of its cluster
CODE = """
import numpy as np
import torch
from sklearn.tree import DecisionTreeClassifier

from openbox.cnn_inte.hidden import activations, last_hidden
from openbox.cnn_inte.interpreter import MetaSettings, fit_meta_tree
from openbox.zoo import load, load_checkpoint

model = load_checkpoint({network!r}).model
both = [load("digits", train=part).batch(slice(None)) for part in (True, False)]
with torch.no_grad():
    decided, network = (model(x).argmax(1).numpy() for x in both)
hidden = [activations(model, last_hidden(model), x).numpy() for x in both]
pixels = [x.flatten(1).numpy() for x in both]
settings = MetaSettings({factors}, {clusters}, {leaves}, trees={trees})
meta = fit_meta_tree(hidden[0], {reads}[0], decided, settings)
plain = DecisionTreeClassifier(max_leaf_nodes={leaves}, random_state=0).fit(pixels[0], decided)
found = meta.clusters({reads}[1])
answers = meta.predict(found)
made = {{"network": network, "clusters": found, "tree": answers, "plain": plain.predict(pixels[1])}}
"""


@dataclass(frozen=True)
class TreeChoices:
    """The sliders: see ``kept.grown``."""

    factors: int
    clusters: int
    leaves: int
    reads: str


def show_tree() -> SavedView:
    """Settings, what they cost in fidelity, the tree, the way of a digit, its clusters."""
    chosen = _choose()
    index = choose_digit(KEY, SIZE)
    found = kept.grown(chosen.factors, chosen.clusters, chosen.leaves, chosen.reads)
    measured = _measured(found)
    row = st.container(horizontal=True)
    for title, value, note in measured:
        row.metric(say(title), figure(f"{100 * value:.1f} %"), help=say(note))
    said = say("The network says “{network}”, the tree “{tree}”.").format(
        network=found.decided[index], tree=found.answers[index]
    )
    left, right = st.columns([1, 5])
    with left:
        show(digit(index)[0], SIZE)
        st.caption(said)
    asked = count("{number} question", "{number} questions", len(found.ways[index]) - 1)
    seen = say("The tree; its way for this digit asks {questions} and ends at “{name}”.").format(
        questions=asked, name=found.answers[index]
    )
    with right.container(key="tree"):  # on a phone it is moved sideways
        st.graphviz_chart(drawn(found.dot, found.ways[index]), width="stretch", alt=seen)
    st.markdown(say("**Its clusters**, each by the training digits nearest to its centre"))
    groups = _groups(found, index)
    for words, group in groups:
        with st.container(horizontal=True, vertical_alignment="center"):
            st.markdown(words)
            for near in group.nearest:
                show(near, SMALL)
    return _view(chosen, found, measured, index, said, groups)


def _choose() -> TreeChoices:
    with st.container(horizontal=True, vertical_alignment="bottom"):
        factors = st.slider(
            say("Factors"), 2, 8, 4, help=say("groups of features of the layer"), key="factors",
            bind="query-params",
        )  # fmt: skip
        clusters = st.slider(
            say("Clusters on each"), 3, 15, 8, help=say("groups of digits"), key="clusters",
            bind="query-params",
        )  # fmt: skip
        leaves = st.slider(say("Leaves of the tree"), 5, 50, 14, key="leaves", bind="query-params")
        reads = st.segmented_control(
            say("Forests read"), [mark("activations"), mark("pixels")], default="activations",
            format_func=say, key="reads", bind="query-params",
        )  # fmt: skip
    return TreeChoices(factors, clusters, leaves, reads or "activations")


def _measured(found: Grown) -> list[tuple[str, float, str]]:
    decided, truth = found.decided, test_digits().labels.numpy()
    alike, right = float((found.answers == decided).mean()), float((found.answers == truth).mean())
    network, plain = float((decided == truth).mean()), float((found.plain == decided).mean())
    return [
        (mark("Answers as the network"), alike, mark("fidelity on the test digits")),
        (mark("Answers right"), right, mark("accuracy of the tree itself")),
        (mark("The network is right"), network, mark("it still is what answers")),
        (mark("A plain tree on pixels"), plain, mark("fidelity, as many leaves")),
    ]


def _groups(found: Grown, index: int) -> list[tuple[str, GroupOfDigits]]:
    """The clusters of a digit, each in words."""
    groups = []
    for factor, cluster in enumerate(found.found[index]):
        group = found.groups[factor][cluster]
        features = count("{number} feature", "{number} features", found.features[factor])
        digits = count("{number} digit", "{number} digits", group.members)
        said = say("factor {factor} ({features}), cluster {cluster}: {digits}").format(
            factor=factor + 1, features=features, cluster=cluster + 1, digits=digits
        )
        groups.append((said, group))
    return groups


def _view(
    chosen: TreeChoices, found: Grown, measured: list[tuple[str, float, str]], index: int, said: str,
    groups: list[tuple[str, GroupOfDigits]],
) -> SavedView:  # fmt: skip
    named = say("The tree. {way}").format(way=said)
    tree = SavedMarkup(partial(tree_svg, found.nodes, found.ways[index], named))
    shares = [
        {"": say(title), say("share"): figure(f"{100 * value:.1f} %"), say("of"): say(of)}
        for title, value, of in measured
    ]
    number = say("Test digit {number}").format(number=index)
    parts: list[SavedPart] = [
        SavedTable(shares),
        SavedPictures([(enlarged(digit(index)[0], SIZE), f"{number}. {said}")], SIZE),
        tree,
        SavedWords(say("**Its clusters**, each by the training digits nearest to its centre")),
    ]
    for words, group in groups:
        near = [(enlarged(x, SMALL), f"{at}") for x, at in zip(group.nearest, group.places, strict=True)]
        parts += [SavedWords(words), SavedPictures(near, SMALL)]
    card = read_card(kept.NETWORK)
    return SavedView(
        "whole", say("How does the network decide, over all inputs?"), parts,
        {
            "part": "a tree for a layer", "network": card.name, "network_sha256": card.sha256,
            "layer": found.layer, "settings": vars(chosen) | {"trees": TREES},
            "measured": {title: value for title, value, _ in measured}, "test_digit": index,
            "way": found.ways[index],
            "clusters": [{"cluster": said, "nearest_training_digits": g.places} for said, g in groups],
        },
        {
            "network": found.decided, "clusters": found.found, "tree": found.answers,
            "plain": found.plain,
        },
        drawings=[tree],
        code=CODE.format(
            network=card.name, reads="pixels" if chosen.reads == "pixels" else "hidden",
            factors=chosen.factors, clusters=chosen.clusters, leaves=chosen.leaves, trees=TREES,
        ),
    )  # fmt: skip
