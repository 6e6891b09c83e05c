"""What the page keeps between reruns: networks of a study, a few images or titles, and what decides there."""

from collections.abc import Callable
from typing import Any

import numpy as np
import streamlit as st
import torch
from ui import asking, loading
from ui.loading import about
from work.job import Job

from models import jobs
from openbox.errors import DataNotFoundError
from openbox.zoo.checkpoints import checkpoint_folder, read_card
from openbox.zoo.data import Images, Titles, load_titles

IMAGES = 10
INVENTED = "titles"  # the embedded data set, where the study's own is not on this machine
SHORT = (4, 9)  # words of a title on this page


def ten(images: Images) -> list[int]:
    """The first image of each of the first ten classes."""
    labels = images.labels.tolist()
    return [labels.index(number) for number in range(min(IMAGES, len(images.classes)))]


def maps(checkpoint: str, data: str) -> tuple[list[str], list[np.ndarray]]:
    """What the network says of the ten images, and its decision features (H, W) there.

    Raises ``OpenBoxError`` if there is no such checkpoint.
    """
    images = loading.test_images(data)
    assert images is not None
    x = images.batch(torch.tensor(ten(images)))
    decided, planes = asking.answer(_about(jobs.maps, checkpoint, (x,), data))
    return [images.classes[number] for number in decided], planes


def sha256(checkpoint: str) -> str:
    """The hash of a network's weights. Raises ``CheckpointError``."""
    return read_card(checkpoint, checkpoint_folder() / "models").sha256


def _about(function: Callable[..., Any], checkpoint: str, args: tuple[Any, ...], key: str) -> Job:
    folder = checkpoint_folder() / "models"
    return about(function, read_card(checkpoint, folder), args, key, folder=folder)


@st.cache_resource(show_spinner=False)
def test_titles(data: str) -> Titles:
    """The test titles, or the invented ones where these are not on this machine."""
    try:
        return load_titles(data)
    except DataNotFoundError:
        return load_titles(INVENTED)


def some(titles: Titles) -> list[int]:
    """The first title of each class of a length that fits on the page."""
    fits = [SHORT[0] <= len(text.split()) <= SHORT[1] for text in titles.texts]
    labels = [label if fit else -1 for label, fit in zip(titles.labels.tolist(), fits, strict=True)]
    return [labels.index(number) for number in range(len(titles.classes)) if number in labels]


def title_maps(checkpoint: str, data: str) -> tuple[list[str], list[list[float]]]:
    """What the network says of ``some`` titles, and what each word adds to that, against the other classes.

    Raises ``OpenBoxError`` if there is no such checkpoint.
    """
    titles = test_titles(data)
    words = tuple(tuple(titles.texts[number].split()) for number in some(titles))
    decided, values = asking.answer(_about(jobs.title_maps, checkpoint, (words,), titles.source))
    return [titles.classes[number] for number in decided], values
