"""What the gallery keeps between reruns: the digits, their network and forest, what is dear to compute."""

from collections.abc import Callable, Hashable
from typing import Any

import streamlit as st
from sklearn.ensemble import RandomForestClassifier
from torch import Tensor
from ui import asking
from ui.loading import about, digest

from gallery import jobs
from gallery.jobs import digits
from openbox.errors import CheckpointError
from openbox.gallery import monotone
from openbox.gallery.attention import AttentionReader, load_reader, mean_tau
from openbox.gallery.influence import Influence
from openbox.gallery.maximisation import RegionMaximum
from openbox.gallery.shipped import attention_file
from openbox.geometry.counterfactuals.counterfactual import Counterfactual
from openbox.zoo.checkpoints import read_card
from openbox.zoo.data import load_titles

NETWORK = "digits-cnn-seed0"
TREES, DEPTH = 15, 8  # few, as in the paper: one path must turn the vote of most of them
EPSILON = 0.3  # how far past a threshold; with a twentieth most changes turn too few trees


def logits(x: Tensor) -> Tensor:
    """What the network says of x (1, 1, 8, 8). Raises ``CheckpointError``."""
    return _asked(jobs.logits, (x,), digest(x))


def dreamt(target: int) -> Tensor:
    """What gradient ascent makes of the mean digit."""
    return _asked(jobs.dreamt, (target,), target)


def highest(index: int, target: int) -> RegionMaximum:
    """The exact maximum in the region of a test digit."""
    return _asked(jobs.highest, (index, target), (index, target))


def influence(index: int, label: int) -> Influence:
    """Training digits for and against a decision on a test digit."""
    return _asked(jobs.influence, (index, label), (index, label))


def otherwise(index: int, wanted: int) -> Counterfactual:
    """The nearest picture that the network takes for another digit."""
    return _asked(jobs.otherwise, (index, wanted), (index, wanted))


def _asked(function: Callable[..., Any], args: tuple[Any, ...], key: Hashable) -> Any:
    return asking.answer(about(function, read_card(NETWORK), args, key, "slow"))


@st.cache_resource(show_spinner="Growing a forest …")
def forest() -> tuple[RandomForestClassifier, float]:
    """A random forest on the training digits, and its test accuracy."""
    train, test = digits(True), digits(False)
    rows, others = (some.batch(slice(0, len(some))).flatten(1).numpy() for some in (train, test))
    grown = RandomForestClassifier(TREES, max_depth=DEPTH, random_state=0).fit(rows, train.labels.numpy())
    return grown, float(grown.score(others, test.labels.numpy()))


@st.cache_data(show_spinner="Growing trees …")
def comparison() -> monotone.MonotoneComparison:
    """The free and the constrained model of the patients."""
    return monotone.compare_models()


@st.cache_resource(show_spinner=False)
def attention() -> tuple[AttentionReader, float, float] | str:
    """The reader that attends, its test accuracy, mean tau on invented titles; or why it is not there."""
    try:
        reader, accuracy = load_reader(attention_file())
    except CheckpointError as error:
        return str(error)
    return reader, accuracy, mean_tau(reader, invented())


@st.cache_resource(show_spinner=False)
def invented() -> tuple[str, ...]:
    """The invented titles, which come with the package."""
    return load_titles("titles").texts


def answer(x: Tensor) -> tuple[int, float]:
    """The network's class for x (1, 1, 8, 8), and its logit."""
    found = logits(x)
    return int(found.argmax()), float(found.max())
