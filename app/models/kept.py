"""What the page keeps between reruns: networks of a study, ten images, and their decision features."""

import numpy as np
import streamlit as st
import torch
from ui import figures

from openbox.errors import DataNotFoundError
from openbox.explainers.create import create
from openbox.zoo.checkpoints import checkpoint_folder, load_checkpoint
from openbox.zoo.data import load
from openbox.zoo.data.images import Images

IMAGES = 10


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
