"""Everything that is kept between reruns: keyed by strings, bounded in number, shared by all sessions.

Checkpoints are frozen and each explainer works on its own copy, so that threads may share both.
"""

import dataclasses
import hashlib
import logging
from dataclasses import dataclass

import streamlit as st
import torch
from torch import Tensor, nn

from openbox.errors import DataNotFoundError
from openbox.explainers import create
from openbox.explainers.create import Explainer, Score
from openbox.explainers.explanation import Contrast, Explanation
from openbox.module.headless import Headless, before_head
from openbox.module.lock import computing
from openbox.zoo.checkpoints import load_checkpoint
from openbox.zoo.data import data_root, load
from openbox.zoo.data.images import Images
from openbox.zoo.data.pictures import Samples, embedded
from ui.sources import AnyNetwork, OwnNetwork, References

SEED = 0


@dataclass(frozen=True)
class Setup:
    """How a method is set up: the seed of its random numbers, its settings (None: its own defaults), and on
    which side of a final softmax or sigmoid the score lies."""

    seed: int = SEED
    settings: object = None
    score: Score = "logits"


USUAL = Setup()


@dataclass(frozen=True)
class Asked:
    """What is explained: a network and one picture ``x`` (1, C, H, W), with the references for SHAP."""

    card: AnyNetwork
    model: nn.Module
    references: References
    x: Tensor


def test_images(data: str) -> Images | None:
    """The test set, or None where there is none to read; the reason goes to the log."""
    try:
        return read_test_images(data)
    except DataNotFoundError as error:  # missing or damaged
        logging.getLogger(__name__).warning("no test set for %s: %s", data, error)
        return None


def read_test_images(data: str) -> Images:
    """The test set; raises ``DataNotFoundError``."""
    return _test_images(data, str(data_root()))


@st.cache_resource(max_entries=3, show_spinner="Reading the test set …")
def _test_images(data: str, root: str) -> Images:
    return load(data, root=root)


@st.cache_resource(max_entries=4, show_spinner=False)
def samples(shape: tuple[int, int, int]) -> Samples:
    """The embedded pictures for a network's input shape."""
    return embedded(shape)


def network(card: AnyNetwork) -> nn.Module:
    """The network of a card, or the user's own; raises ``CheckpointError``."""
    return card.model if isinstance(card, OwnNetwork) else _checkpoint(card.name, card.sha256)


@st.cache_resource(max_entries=8, show_spinner="Loading the network …")
def _checkpoint(name: str, sha256: str) -> nn.Module:
    del sha256  # part of the key: a retrained network is another one
    return load_checkpoint(name).model


def logits(subject: Asked) -> Tensor:
    """The network's answer (K,), before the softmax or sigmoid that it may end in."""
    with computing(), torch.no_grad():
        return before_head(subject.model, subject.x)(subject.x).reshape(-1)


def head(subject: Asked) -> str | None:
    """The softmax or sigmoid that the network ends in."""
    with computing():
        bare = before_head(subject.model, subject.x)
    return bare.head if isinstance(bare, Headless) else None


def explain(method: str, subject: Asked, target: Contrast | int, setup: Setup = USUAL) -> Explanation:
    """One explanation, from the cache if the same was asked before. Raises what the explainer raises."""
    picture = hashlib.sha256(subject.x.numpy().tobytes()).hexdigest()
    return _explanation(
        method, str(setup), subject.card.sha256, picture, str(target), subject.references.key, subject,
        target, setup,
    )  # fmt: skip


@st.cache_data(max_entries=300, show_spinner=False)
def _explanation(
    method: str,
    conditions: str,
    sha256: str,
    picture: str,
    question: str,
    references: str,
    _subject: Asked,
    _target: Contrast | int,
    _setup: Setup,
) -> Explanation:
    del picture, question
    explainer = _explainer(method, conditions, sha256, references, _subject, _setup)
    found = explainer.explain(_subject.x, _target)
    return dataclasses.replace(found, surrogate=None)  # as large as a map, and no page tries it


@st.cache_resource(max_entries=40, show_spinner=False)
def _explainer(
    method: str, conditions: str, sha256: str, references: str, _subject: Asked, _setup: Setup
) -> Explainer:
    del conditions, sha256, references
    return create(method, _subject.model, _subject.references.x, _setup.seed, _setup.settings, _setup.score)
