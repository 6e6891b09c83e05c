"""``Testbed``: a trained network with the test images that methods are tried on."""

from dataclasses import dataclass
from functools import cache

import numpy as np
import torch
from torch import Tensor, nn

from openbox.errors import InputError
from openbox.zoo.checkpoints import Card, load_checkpoint
from openbox.zoo.data import load
from openbox.zoo.data.images import Images

from ...case import Context
from ..plan.study import Study


@dataclass(frozen=True)
class Testbed:
    """``order``: the test images in the order in which a study takes them."""

    __test__ = False  # no test class, whatever pytest makes of the name
    card: Card
    model: nn.Module
    images: Images
    order: Tensor
    context: Context


def checkpoint_name(dataset: str, model: str, seed: int) -> str:
    """How the training command names its checkpoints."""
    return f"{dataset}-{model}-seed{seed}"


def load_testbed(study: Study, dataset: str, model: str, seed: int, device: str, root: str | None) -> Testbed:
    """The network and its images, from memory if they were asked for before.

    Raises ``CheckpointError``, ``UnknownNameError``, ``DataNotFoundError`` or ``InputError``.
    """
    return _testbed(checkpoint_name(dataset, model, seed), study.seed, study.references, device, root)


@cache
def _testbed(name: str, seed: int, references: int, device: str, root: str | None) -> Testbed:
    checkpoint = load_checkpoint(name)
    images = _images(checkpoint.card.data, root)
    # channels_last: convolutions are up to twice as fast on a CPU
    network = checkpoint.model.to(device).to(memory_format=torch.channels_last)  # pyright: ignore[reportCallIssue]
    if references >= len(images):
        raise InputError(f"study: {references} references of {len(images)} images leave none to explain")
    order = torch.from_numpy(np.random.default_rng(seed).permutation(len(images)))
    held = images.batch(order[len(order) - references :]).to(device)
    mean = images.pixels.double().mean((0, 2, 3)).div(255).to(torch.float32).to(device)
    return Testbed(checkpoint.card, network, images, order, Context(mean, images.pixels, held))


@cache
def _images(dataset: str, root: str | None) -> Images:
    return load(dataset, root=root)
