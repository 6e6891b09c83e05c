"""Command ``models``: train networks, measure how easy they are to read, and choose one.

python -m evaluation models --study digits --require "accuracy>=0.95" --prefer sparsity
"""

import argparse
import dataclasses
from collections.abc import Callable
from functools import partial
from pathlib import Path

from openbox.errors import InputError, UnknownNameError, named
from openbox.zoo.data import TEXT_DATASETS

from ..command import Command
from ..engines import ENGINES
from ..files import check_folder, write_by_rename
from ..whole.facts import Fact, read_facts
from ..whole.parts import StudyPart, run_study
from .choice import choose, metric_of, read_requirement, sentence
from .facts import facts_of
from .image_training import TrainedOnImages
from .model_rows import to_models_csv
from .similar import similar_facts
from .spread import spread_facts
from .study import ModelsStudy
from .study_file import find_models, read_models
from .tables import tables
from .titles.facts import title_facts
from .titles.training import TrainedOnTitles


def declare(parser: argparse.ArgumentParser) -> None:
    """Declare the options."""
    add = parser.add_argument
    add("--study", default="digits", help="digits, mnist, cifar10, dblp, or the path of a TOML file")
    add("--models", default="all", metavar="LIST", help="these networks of the study")
    add("--require", action="append", default=[], metavar="WHAT", help="such as accuracy>=0.98; repeatable")
    add("--prefer", default="sparsity", help="the criterion by which one is chosen")
    add("--facts", type=Path, metavar="FILE", help="choose from these facts; nothing is trained or measured")
    add("--engine", default="local", choices=ENGINES, help="how the networks are worked through")
    add("--workers", type=int, default=1, help="processes of a Ray cluster of its own")
    add("--out", type=Path, default=Path("runs/models"), help="folder of networks, facts and tables")
    add("--data-root", type=Path, help="where the data lie, else OPENBOX_DATA, else data/")


def run(given: argparse.Namespace) -> int:
    """Make what is missing, write facts and tables, say the choice; returns the exit code.

    Raises ``OpenBoxError``.
    """
    requirements = [read_requirement(text) for text in given.require]
    metric_of(given.prefer)
    if given.facts is None:
        folder = _study(given)
        facts = read_facts(folder / "facts.csv")
    else:
        facts = read_facts(given.facts)
    print(sentence(choose(facts, requirements, given.prefer), requirements, given.prefer))
    return 0


def _study(given: argparse.Namespace) -> Path:
    study = read_models(find_models(given.study))
    chosen = _chosen(study, given.models)
    if given.workers < 1:
        raise InputError(f"models: --workers {given.workers}; pass a positive number")
    ENGINES[given.engine].check(given.workers)
    folder = (given.out / study.name).absolute()
    networks = folder / "networks"
    make = _on_titles if study.data in TEXT_DATASETS else _on_images
    parts, asked = make(study, networks, given.data_root), make(chosen, networks, given.data_root)
    check_folder("models", networks)
    wanted = {part.name for part in asked}
    parts = [part for part in parts if part.name in wanted or (folder / "parts" / part.file).exists()]
    run_study("models", parts, folder, tables, given.engine, given.workers)
    text = to_models_csv(study.data, read_facts(folder / "facts.csv"))
    write_by_rename("models", folder / "models.csv", lambda file: file.write_text(text))
    return folder


def _chosen(study: ModelsStudy, text: str) -> ModelsStudy:
    if text == "all":
        return study
    known = {entry.name: entry for entry in study.models}
    names = [name.strip() for name in text.split(",")]
    for name in names:
        if name not in known:
            with named("models --models"):
                raise UnknownNameError("network", name, known)
    return dataclasses.replace(study, models=tuple(known[name] for name in dict.fromkeys(names)))


def _on_images(study: ModelsStudy, folder: Path, root: Path | None) -> list[StudyPart]:
    found = [
        TrainedOnImages(study, entry, seed, folder, root) for seed in study.seeds for entry in study.models
    ]
    found[0].data(train=True)  # before the work, not after it
    parts = [_part(one, partial(facts_of, one)) for one in found]
    merged = [one for one in found if one.entry.name in study.merged and one.seed == study.seeds[0]]
    return [*parts, *map(_spread, found), *map(_similar, merged)]


def _on_titles(study: ModelsStudy, folder: Path, root: Path | None) -> list[StudyPart]:
    found = [
        TrainedOnTitles(study, entry, seed, folder, root) for seed in study.seeds for entry in study.models
    ]
    found[0].data(train=True)
    return [_part(one, partial(title_facts, one)) for one in found]


def _part(trained: TrainedOnImages | TrainedOnTitles, work: Callable[[], list[Fact]]) -> StudyPart:
    settings = {"recipe": trained.recipe.command, "sampling": dataclasses.asdict(trained.study.sampling)}
    return StudyPart(trained.recipe.name, settings, work)


def _spread(trained: TrainedOnImages) -> StudyPart:
    name, settings = trained.recipe.name, {"recipe": trained.recipe.command}
    settings |= {"maps": trained.study.sampling.maps}
    return StudyPart(f"{name}-spread", settings, partial(spread_facts, trained), needs=(name,))


def _similar(trained: TrainedOnImages) -> StudyPart:
    name, settings = trained.recipe.name, {"recipe": trained.recipe.command}
    settings |= {"pieces": trained.study.sampling.pieces}
    return StudyPart(f"{name}-similar", settings, partial(similar_facts, trained), needs=(name,))


MODELS = Command("train networks, measure how easy they are to read, and choose one", declare, run)
