"""Exact maps one after the other: ``python one_by_one.py`` prints the digest of each, a line each."""

import hashlib
from collections.abc import Iterator

import torch
from torch import nn
from work.explaining import References, Setup, explain
from work.job import Job
from work.networks import Source

from openbox.explainers.explanation import Explanation
from openbox.zoo.checkpoints import read_card
from openbox.zoo.data import load

IMAGES, TARGETS, SHAPE = 20, 10, (1, 8, 8)


def plain() -> nn.Module:
    """Fully connected."""
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(1)
        return nn.Sequential(nn.Flatten(), nn.Linear(64, 24), nn.ReLU(), nn.Linear(24, TARGETS)).eval()


def pooled() -> nn.Module:
    """A convolution, and the maximum of what it finds."""
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(2)
        return nn.Sequential(
            nn.Conv2d(1, 6, 3), nn.ReLU(), nn.MaxPool2d(2), nn.Flatten(), nn.Linear(54, TARGETS)
        ).eval()


def sources() -> list[Source]:
    """The network of the digits, and two with weights that were drawn."""
    card = read_card("digits-cnn-seed0")
    own = [Source(f"one_by_one:{name}", name, SHAPE, own=True) for name in ("plain", "pooled")]
    return [Source(card.name, card.sha256, card.shape), *own]


def jobs() -> Iterator[Job]:
    """Every image and target of every network."""
    x = load("digits").batch(slice(0, IMAGES))
    references = References(x[:1], "first", "")
    for source in sources():
        for image in range(IMAGES):
            for target in range(TARGETS):
                args = source, "openbox", references, x[image : image + 1], target, Setup()
                yield Job(explain, args, (source.name, image, target))


def digest(found: Explanation) -> str:
    """Of all bytes of the map."""
    return hashlib.sha256(found.values.contiguous().numpy().tobytes()).hexdigest()


if __name__ == "__main__":
    torch.set_num_threads(1)
    for job in jobs():
        print(digest(job.function(*job.args)))
