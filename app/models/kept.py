"""What the page keeps between reruns: networks of a study, a few images or titles, and what decides there."""

import numpy as np
import streamlit as st
import torch
from ui import figures

from openbox.errors import DataNotFoundError, InputError
from openbox.explainers.create import create
from openbox.text.added import added_by_words, to_decision
from openbox.text.open_reader import OpenReader
from openbox.zoo.checkpoints import checkpoint_folder, load_checkpoint
from openbox.zoo.data import Images, Titles, load, load_titles
from openbox.zoo.title_reader import TitleReader

IMAGES = 10
INVENTED = "titles"  # the embedded data set, where the study's own is not on this machine
SHORT = (4, 9)  # words of a title on this page


@st.cache_resource(show_spinner=False)
def test_images(data: str) -> Images | None:
    """The test set; None where it is not on this machine."""
    try:
        return load(data)
    except DataNotFoundError:
        return None


def ten(images: Images) -> list[int]:
    """The first image of each of the first ten classes."""
    labels = images.labels.tolist()
    return [labels.index(number) for number in range(min(IMAGES, len(images.classes)))]


@st.cache_data(max_entries=64, show_spinner="Opening the network …")
def maps(checkpoint: str, data: str) -> tuple[list[str], list[np.ndarray]]:
    """What the network says of the ten images, and its decision features (H, W) there.

    Raises ``OpenBoxError`` if there is no such checkpoint.
    """
    model = load_checkpoint(checkpoint, checkpoint_folder() / "models").model
    images = test_images(data)
    assert images is not None
    x = images.batch(torch.tensor(ten(images)))
    explanation = create("decision_features", model, x[:1]).explain(x)
    with torch.no_grad():
        decided = model(x).argmax(1).tolist()
    planes = [figures.plane(values, explanation.unit) for values in explanation.values]
    return [images.classes[number] for number in decided], planes


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


@st.cache_data(max_entries=64, show_spinner="Opening the network …")
def title_maps(checkpoint: str, data: str) -> tuple[list[str], list[list[float]]]:
    """What the network says of ``some`` titles, and what each word adds to that, against the other classes.

    Raises ``OpenBoxError`` if there is no such checkpoint.
    """
    model = load_checkpoint(checkpoint, checkpoint_folder() / "models").model
    if not isinstance(model, TitleReader):
        raise InputError(f"{checkpoint} reads no titles")
    titles, reader = test_titles(data), OpenReader(model)
    words = [tuple(titles.texts[number].split()) for number in some(titles)]
    decided = reader.logits(words).argmax(1).tolist()
    added = added_by_words(reader, words)
    values = [to_decision(one, k).tolist() for one, k in zip(added, decided, strict=True)]
    return [titles.classes[number] for number in decided], values
