"""Command ``cnn-inte``: a small tree for a hidden layer, and how often it answers as the network does.

python -m evaluation cnn-inte
"""

import argparse
import dataclasses
from collections.abc import Iterator
from functools import partial
from itertools import product
from pathlib import Path

from openbox.cnn_inte.hidden import activations, last_hidden
from openbox.cnn_inte.interpreter import MetaSettings
from openbox.errors import InputError
from openbox.shapes import SEEDS
from openbox.zoo import load, load_checkpoint

from ..command import Command
from ..whole.images import first
from ..whole.parts import StudyPart, run_study
from .material import Material
from .measures import meta_trees, network_itself, plain_trees, region_tree
from .tables import tables

READS = ("activations", "pixels")
PLAIN = (*READS, "last gates")


def declare(parser: argparse.ArgumentParser) -> None:
    """Declare the options."""
    add = parser.add_argument
    add("--checkpoint", default="mnist-cnn-seed0", help="the trained network")
    add("--layer", default="", help="the hidden layer by name; else the one before the last linear layer")
    add("--factors", default="3,5,10", help="of the layer's features")
    add("--clusters", default="5,10,20", help="of the images on each factor")
    add("--images", type=int, default=0, help="training images at most; 0: all")
    add("--test-images", type=int, default=0, help="test images at most; 0: all")
    add("--seed", type=int, default=0, help="of clusters, forests and trees")
    add("--out", type=Path, default=Path("runs/cnn-inte"), help="folder of facts and tables")
    add("--data-root", type=Path, help="where the data lie, else OPENBOX_DATA, else data/")


def run(given: argparse.Namespace) -> int:
    """Make what is missing, write facts and tables; returns the exit code. Raises ``OpenBoxError``."""
    material, sizes = _read(given)
    return run_study("cnn-inte", list(_parts(material, sizes, given.seed)), given.out, tables)


def _read(given: argparse.Namespace) -> tuple[Material, list[MetaSettings]]:
    factors, clusters = _counts("factors", given.factors), _counts("clusters", given.clusters)
    for option in ("images", "test_images", "seed"):
        if not 0 <= getattr(given, option) <= SEEDS:
            raise InputError(
                f"cnn-inte: --{option.replace('_', '-')} {getattr(given, option)}; pass 0 or more"
            )
    checkpoint = load_checkpoint(given.checkpoint)
    train, test = (load(checkpoint.card.data, split, given.data_root) for split in (True, False))
    layer = given.layer or last_hidden(checkpoint.model)
    activations(checkpoint.model, layer, test.batch(slice(0, 2)))  # before the work, not after it
    material = Material(checkpoint, layer, first(train, given.images), first(test, given.test_images))
    if len(material.train) < max(clusters):
        raise InputError(
            f"cnn-inte: {max(clusters)} clusters of {len(material.train)} images; use more images"
        )
    return material, [MetaSettings(f, c, seed=given.seed) for f, c in product(factors, clusters)]


def _counts(option: str, text: str) -> list[int]:
    words = [word.strip() for word in text.split(",")]
    if not all(word.isdigit() and 0 < int(word) <= 1000 for word in words):
        raise InputError(f"cnn-inte: --{option} {text!r}; pass whole numbers from 1 to 1000, such as 5,10")
    return [int(word) for word in words]


def _parts(material: Material, sizes: list[MetaSettings], seed: int) -> Iterator[StudyPart]:
    """The settings of each part are all that its numbers depend on."""
    base = {
        "checkpoint": material.name, "weights": material.checkpoint.card.sha256, "layer": material.layer,
        "images": len(material.train), "test images": len(material.test), "seed": seed,
    }  # fmt: skip
    yield StudyPart("network", base, partial(network_itself, material))
    for reads in PLAIN:
        yield StudyPart(f"plain-{reads.replace(' ', '-')}", base, partial(plain_trees, material, reads, seed))
    yield StudyPart("regions", base, partial(region_tree, material))
    for settings, reads in product(sizes, READS):
        name = f"inte-{settings.factors}x{settings.clusters}-{reads}"
        yield StudyPart(
            name, base | dataclasses.asdict(settings), partial(meta_trees, material, settings, reads)
        )


CNN_INTE = Command("a small tree for a hidden layer, and how often it answers as the network", declare, run)
