"""Jobs about a whole set of pictures: reading it, what a network makes of it, how like it another one is."""

from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

import torch
from torch import Tensor

from openbox.errors import DataNotFoundError, InputError
from openbox.zoo.data import FOLDER_PREFIX, load
from openbox.zoo.data.folder import DAMAGED, SHAPE, unlabelled
from openbox.zoo.data.images import Images
from openbox.zoo.data.pictures import Samples, embedded
from openbox.zoo.networks import Shape
from work.networks import Source, outputs

MOST = 2_000  # pictures whose decisions are shown
KNOWN = 1_000  # pictures that tell how near neighbours lie; all pairs of more would take seconds


@dataclass(frozen=True)
class SetDecisions:
    """Of the first pictures of a test set: the class (N,), and by how much its probability leads (N,)."""

    decided: Tensor
    lead: Tensor


def test_images(data: str, root: str, shape: Shape) -> Images:
    """The test set, pictures of a folder as ``shape``; raises ``DataNotFoundError``. Torchvision, which reads
    it, takes seconds to import."""
    return _read(data, root, shape if data.startswith(FOLDER_PREFIX) else SHAPE)


@lru_cache(maxsize=3)
def _read(data: str, root: str, shape: Shape) -> Images:
    return load(data, root=root, shape=shape)


def samples(data: str, shape: Shape) -> Samples:
    """Pictures that need no test set: those that lie in a folder without labels, else embedded ones.

    Raises ``InputError`` for another number of channels than 1 or 3, and for a damaged picture.
    """
    return unlabelled_in(data, shape) or embedded(shape)


def unlabelled_in(data: str, shape: Shape) -> Samples | None:
    """The pictures that lie in a folder without labels. Raises ``InputError`` for a damaged one."""
    if not data.startswith(FOLDER_PREFIX):
        return None
    try:
        return unlabelled(Path(data.removeprefix(FOLDER_PREFIX)), shape)
    except DAMAGED as error:
        raise InputError(f"a damaged picture in {data}: {error}") from error


def decisions(source: Source, data: str, root: str) -> SetDecisions:
    """What the network makes of the test set."""
    logits = outputs(source, test_images(data, root, source.shape).batch(slice(0, MOST)))
    best, order = logits.softmax(1).sort(1, descending=True)
    return SetDecisions(order[:, 0], best[:, 0] - best[:, 1])


def strangeness(data: str, root: str, x: Tensor) -> float:
    """The share of known pictures that are nearer to their nearest neighbour than x (1, C, H, W) to its own,
    in l2 of the pixels; x itself, if it is one of them, is no neighbour. Known are those of the test set, or
    the embedded samples where there is none."""
    known, nearest = _known(data, root, (x.shape[1], x.shape[2], x.shape[3]))
    exact = "donot_use_mm_for_euclid_dist"  # so that the distance from a picture to itself is 0
    apart = torch.cdist(x.flatten(1).double(), known, compute_mode=exact)[0]
    others = apart[apart > 0]
    return float((nearest < others.min()).double().mean()) if len(others) else 0.0


@lru_cache(maxsize=3)
def _known(data: str, root: str, shape: Shape) -> tuple[Tensor, Tensor]:
    try:
        pixels = test_images(data, root, shape).batch(slice(0, KNOWN))
    except DataNotFoundError:
        pixels = samples(data, shape).batch(slice(0, KNOWN))
    flat = pixels.flatten(1).double()
    return flat, torch.cdist(flat, flat).fill_diagonal_(torch.inf).min(1).values
