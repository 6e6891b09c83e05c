"""The options of ``run``: read, checked, and turned into a study, a place and a list of shards."""

import argparse
import re
from dataclasses import dataclass, replace
from pathlib import Path

from openbox.errors import InputError, named
from openbox.zoo.own.devices import find_device

from ..engines import ENGINES
from ..files import check_folder
from .plan.shard import Shard, cut
from .plan.study import Study
from .plan.study_file import find_study, read_method, read_study
from .shards.testbed import load_testbed
from .shards.titles.bed import load_title_bed
from .shards.work import Place

FOLDER = Path("runs")


@dataclass(frozen=True)
class Options:
    """What is to be done: ``shards`` are this process's share of the study's."""

    study: Study
    place: Place
    shards: list[Shard]
    engine: str
    workers: int
    threads: int


def declare_options(parser: argparse.ArgumentParser) -> None:
    """Declare the options of ``run``."""
    add = parser.add_argument
    add("--study", default="quick", help="quick, full, or the path of a TOML file")
    add("--limit", type=int, default=None, metavar="N", help="no more than N images for each network")
    add("--methods", default=None, metavar="LIST", help="these explainers instead of the study's")
    add("--device", default="cpu", help="cpu, cuda or cuda:1")
    add("--shard", default="1/1", metavar="I/N", help="only every N-th shard, from the I-th on")
    add("--engine", default="local", choices=ENGINES, help="how the shards are worked through")
    add("--workers", type=int, default=1, help="processes of a Ray cluster of its own")
    add("--threads", type=int, default=1, help="CPU threads of each process")
    add("--data-root", default=None, metavar="FOLDER", help="where the data sets lie")
    add("--out", type=Path, default=FOLDER, metavar="FOLDER", help="where the run's folder goes")


def read_options(given: argparse.Namespace) -> Options:
    """The options, checked as far as can be before the work; raises ``OpenBoxError``."""
    study = read_study(find_study(given.study))
    if given.limit is not None:
        if given.limit < 1:
            raise InputError(f"run: --limit {given.limit}; pass a positive number of images")
        networks = tuple(replace(n, images=min(n.images, given.limit)) for n in study.networks)
        study = replace(study, networks=networks)
    if given.methods is not None:
        study = replace(study, methods=_methods(study, given.methods))
    for name in ("workers", "threads"):
        if getattr(given, name) < 1:
            raise InputError(f"run: --{name} {getattr(given, name)}; pass a positive number")
    ENGINES[given.engine].check(given.workers)
    first, step = _share(given.shard)
    with named("run"):
        device = find_device(given.device)
    place = Place((given.out / study.name).absolute(), str(device), given.data_root)
    for network in study.networks:
        for seed in network.model_seeds:
            load = load_title_bed if study.of == "titles" else load_testbed
            bed = load(study, network.dataset, network.model, seed, place.device, place.root)
            free = len(bed.order) - study.references
            if network.images > free:
                raise InputError(
                    f"study {study.name}: {network.images} {study.of} of {network.dataset}, but besides "
                    f"{study.references} references there are only {free}"
                )
    for folder in ("", "maps", "rows"):
        check_folder("run", place.folder / folder)
    shards = list(cut(study))[first - 1 :: step]
    return Options(study, place, shards, given.engine, given.workers, given.threads)


def _methods(study: Study, text: str) -> tuple:
    names = [name.strip() for name in text.split(",")]
    if len(set(names)) != len(names):
        raise InputError(f"run: --methods {text!r}; pass different names, separated by commas")
    known = {method.name: method for method in study.methods}
    titles = study.of == "titles"
    return tuple(known.get(name) or read_method("run --methods", name, titles=titles) for name in names)


def _share(text: str) -> tuple[int, int]:
    found = re.fullmatch(r"(\d+)/(\d+)", text)
    if not found or not 1 <= int(found[1]) <= int(found[2]):
        raise InputError(f"run: --shard {text!r}; pass I/N with 1 <= I <= N, such as 1/4")
    return int(found[1]), int(found[2])
