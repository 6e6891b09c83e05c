"""What the gallery keeps between reruns: the digits, their network and forest, what is dear to compute."""

import streamlit as st
import torch
from sklearn.ensemble import RandomForestClassifier
from torch import Tensor, nn

import openbox
from openbox.errors import CheckpointError
from openbox.gallery import influence as training_data
from openbox.gallery import maximisation, monotone
from openbox.gallery.attention import AttentionReader, load_reader, mean_tau
from openbox.gallery.shipped import attention_file
from openbox.network import PiecewiseLinearNetwork
from openbox.zoo.checkpoints import load_checkpoint
from openbox.zoo.data import load, load_titles
from openbox.zoo.data.images import Images

NETWORK = "digits-cnn-seed0"
TREES, DEPTH = 15, 8  # few, as in the paper: one path must turn the vote of most of them
EPSILON = 0.3  # how far past a threshold; with a twentieth most changes turn too few trees


@st.cache_resource(show_spinner=False)
def digits(train: bool) -> Images:
    """Scikit-learn's digits, which come with the package."""
    return load("digits", train=train)


@st.cache_resource(show_spinner="Opening the network …")
def network() -> tuple[nn.Module, PiecewiseLinearNetwork]:
    """The trained network, and the same opened. Raises ``CheckpointError``."""
    model = load_checkpoint(NETWORK).model
    return model, openbox.capture(model, digits(False).batch(slice(0, 2)))


def picture(index: int) -> Tensor:
    """One test digit (1, 1, 8, 8)."""
    return digits(False).batch(slice(index, index + 1))


@st.cache_data(show_spinner="Climbing …")
def dreamt(target: int) -> Tensor:
    """What gradient ascent makes of the mean digit."""
    images = digits(True)
    mean = images.batch(slice(0, len(images))).mean(0, keepdim=True)
    return maximisation.maximise(network()[0], mean, target)


@st.cache_data(show_spinner=False)
def highest(index: int, target: int) -> maximisation.RegionMaximum:
    """The exact maximum in the region of a test digit."""
    return maximisation.maximise_in_region(network()[1], picture(index), target)


@st.cache_data(show_spinner=False)
def influence(index: int, label: int) -> training_data.Influence:
    """Training digits for and against a decision on a test digit."""
    model = network()[0]
    last = [module for module in model.modules() if isinstance(module, nn.Linear)][-1]
    return training_data.influence(model, last, digits(True), picture(index), label)


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


@torch.no_grad()
def answer(x: Tensor) -> tuple[int, float]:
    """The network's class for x (1, 1, 8, 8), and its logit."""
    logits = network()[0](x.float())[0]
    return int(logits.argmax()), float(logits.max())
