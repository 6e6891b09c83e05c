"""Command ``decouple``: give trained networks a path for each input, and measure what it is good for.

python -m evaluation decouple
"""

import argparse
import dataclasses
from collections.abc import Iterator, Mapping
from functools import partial

import torch
from tqdm import tqdm

from openbox.decoupling.training import DecouplingRecipe, train_paths
from openbox.errors import InputError
from openbox.zoo import Checkpoint, Images, load

from ..command import Command
from ..files import check_folder
from ..whole.images import first
from ..whole.parts import StudyPart, run_study
from .acceleration import acceleration
from .detection import detection
from .exactness import exactness
from .interpretation import interpretation
from .options import Plan, declare, read_plan
from .subject import DecoupledSubject
from .tables import tables

CPU = torch.device("cpu")


def run(given: argparse.Namespace) -> int:
    """Make what is missing, write facts and tables; returns the exit code. Raises ``OpenBoxError``."""
    plan = read_plan(given)
    data = {checkpoint.card.data: read_data(plan, checkpoint.card.data) for checkpoint in plan.checkpoints}
    check_folder("decouple", plan.folder)
    return run_study("decouple", list(parts(plan, list(subjects(plan, data)))), plan.folder, tables)


def read_data(plan: Plan, name: str) -> tuple[Images, Images]:
    """Training and test images; raises ``InputError``, before hours of training, if a class has too few."""
    both = load(name, True, plan.data_root), load(name, False, plan.data_root)
    for images in both:
        check_classes(first(images, plan.images))
    return both


def subjects(plan: Plan, data: Mapping[str, tuple[Images, Images]]) -> Iterator[DecoupledSubject]:
    """Each network at each rate, trained now or found in the folder."""
    for checkpoint in plan.checkpoints:
        train, test = data[checkpoint.card.data]
        for rate in plan.rates:
            recipe = recipe_of(plan, checkpoint, rate)
            network = train_paths(recipe, checkpoint.model, train, CPU, plan.folder / "networks", tqdm.write)
            yield DecoupledSubject(
                recipe, f"rate {rate:g}", checkpoint.model, network,
                first(train, plan.images), first(test, plan.images),
            )  # fmt: skip


def recipe_of(plan: Plan, checkpoint: Checkpoint, rate: float) -> DecouplingRecipe:
    """The training of one network at one rate."""
    card, prices = checkpoint.card, dataclasses.replace(plan.prices, rate=rate)
    return DecouplingRecipe(
        card.data, card.network, card.seed, plan.epochs, learning_rate=plan.learning_rate,
        prices=prices, layers=plan.layers, weights=card.sha256,
    )  # fmt: skip


def check_classes(images: Images) -> None:
    """Raise ``InputError`` if a class has no image: it would have no path."""
    missing = sorted(set(range(len(images.classes))) - set(images.labels.tolist()))
    if missing:
        raise InputError(
            f"decouple: the first {len(images)} images have none of class {images.classes[missing[0]]!r}; "
            "pass more --images"
        )


def parts(plan: Plan, found: list[DecoupledSubject]) -> Iterator[StudyPart]:
    """What is measured of each network; the settings are all that its numbers depend on."""
    for subject in found:
        settings = {
            "network": subject.recipe.command, "images": plan.images, "seed": plan.seed,
        }  # fmt: skip
        stem = subject.recipe.name
        for measure in (acceleration, interpretation, exactness):
            yield StudyPart(f"{stem}-{measure.__name__}", settings, partial(measure, subject))
        for name in plan.attacks:
            work = partial(detection, subject, name, plan.epsilon, plan.seed)
            yield StudyPart(f"{stem}-{name}", settings | {"epsilon": plan.epsilon}, work)


DECOUPLE = Command(
    "give trained networks a path for each input, and measure what it is good for", declare, run
)
