"""What pages know of pictures and networks: asked of the desk, where equal questions are answered once."""

import dataclasses
import hashlib
import logging
import math
from collections.abc import Callable, Hashable, Iterable
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import streamlit as st
import torch
from language.catalogue import say
from torch import Tensor
from work import explaining, pictures
from work.explaining import NetworkAnswer, References, Setup
from work.job import Job, Lane
from work.line import HOUSE
from work.networks import Source
from work.ticket import GivenUpError

from openbox.errors import DataNotFoundError, InputError
from openbox.explainers.explanation import Contrast
from openbox.zoo.data import FOLDER_PREFIX, data_root
from openbox.zoo.data.folder import SHAPE
from openbox.zoo.data.images import Images
from openbox.zoo.data.pictures import Samples
from openbox.zoo.networks import Shape
from ui import asking, calls, sources
from ui.sources import AnyNetwork, OwnNetwork

USUAL = Setup()
HOUR = 3600.0


@dataclass(frozen=True)
class Asked:
    """What is explained: a network and one picture ``x`` (1, C, H, W), with the references for SHAP."""

    card: AnyNetwork
    references: References
    x: Tensor

    @property
    def picture(self) -> str:
        """What tells it from all other pictures."""
        return digest(self.x)


def digest(x: Tensor) -> str:
    """What tells a tensor from all others of its shape."""
    return hashlib.sha256(x.numpy().tobytes()).hexdigest()


def pictures_of(card: AnyNetwork) -> Images | None:
    """The test set that a network is shown, as ``test_images``; with its own classes, where it has such."""
    found = test_images(card.data, card.shape)
    if found is None or found.classes == card.classes:
        return found
    unknown = {*found.classes} - {*card.classes}
    if unknown and not card.data.startswith(FOLDER_PREFIX):  # other names for the same classes
        return dataclasses.replace(found, classes=card.classes)
    if unknown:
        text = say("{data} has pictures of {names}: no classes of this network")
        raise InputError(text.format(data=sources.title(card.data), names=", ".join(sorted(unknown))))
    places = torch.tensor([card.classes.index(name) for name in found.classes])
    return dataclasses.replace(found, labels=places[found.labels], classes=card.classes)


def test_images(data: str, shape: Shape = SHAPE) -> Images | None:  # noqa: PT028
    """The test set, or None where there is none to read; the reason goes to the log."""
    try:
        return read_test_images(data, shape)
    except DataNotFoundError as error:  # missing or damaged
        logging.getLogger(__name__).warning("no test set for %s: %s", data, error)
        return None


def read_test_images(data: str, shape: Shape = SHAPE) -> Images:
    """The test set, pictures of a folder as ``shape``; raises ``DataNotFoundError``."""
    with st.spinner(say("Reading the test set …")):
        return _test_images(data, str(data_root()), shape if data.startswith(FOLDER_PREFIX) else SHAPE)


@st.cache_resource(max_entries=3, show_spinner=False)
def _test_images(data: str, root: str, shape: Shape) -> Images:
    args = data, root, shape
    return asking.answer(Job(pictures.test_images, args, args, keep=1))


@st.cache_resource(max_entries=4, show_spinner=False)
def samples(data: str, shape: Shape) -> Samples:
    """See ``pictures.samples``."""
    return pictures.samples(data, shape)


def source(card: AnyNetwork, folder: Path | None = None) -> Source:
    """Where a worker finds the network of a card."""
    if isinstance(card, OwnNetwork):
        return Source(card.factory, card.sha256, card.shape, True, card.weights, card.state)
    return Source(card.name, card.sha256, card.shape, folder=None if folder is None else str(folder))


def about(
    function: Callable[..., Any], card: AnyNetwork, args: tuple[Any, ...] = (), key: Hashable = (),
    lane: Lane = "quick", keep: int = 0, limit: float = HOUR, folder: Path | None = None,
) -> Job:  # fmt: skip
    """The job ``function(source, *args)`` about the network of a card; ``key`` stands for the arguments."""
    where = source(card, folder)
    return Job(function, (where, *args), (where, key), lane, keep, limit)


def open_all(cards: Iterable[AnyNetwork]) -> None:
    """Have networks opened, in this order, before anybody asks for them."""
    with suppress(GivenUpError):  # too many wait; then it is opened when it is asked for
        for card in cards:
            if not sources.refusal(card):
                asking.desk().ask(about(explaining.warm, card, keep=1000), HOUSE)


def answer(subject: Asked) -> NetworkAnswer:
    """What the network says. Raises ``CheckpointError``."""
    return asking.answer(about(explaining.answer, subject.card, (subject.x,), subject.picture))


def strangeness(subject: Asked) -> float:
    """See ``pictures.strangeness``."""
    data, root = subject.card.data, str(data_root())
    return asking.answer(Job(pictures.strangeness, (data, root, subject.x), (data, root, subject.picture)))


def explanation(method: str, subject: Asked, target: Contrast | int, setup: Setup = USUAL) -> Job:
    """The job of one explanation; it has no limit of time, as the reader can cancel it."""
    args = method, subject.references, subject.x, target, setup
    key = method, str(setup), subject.picture, str(target), subject.references.key
    lane = "slow" if calls.slow(method) else "quick"
    return about(explaining.explain, subject.card, args, key, lane, limit=math.inf)
