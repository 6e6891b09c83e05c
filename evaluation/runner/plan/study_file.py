"""Reading a study from TOML: every key is known, every value of its kind, or one line says what is wrong."""

import re
from pathlib import Path
from types import NoneType

from openbox.errors import InputError, UnknownNameError, named
from openbox.explainers.create import settings_type
from openbox.explainers.table import EXPLAINERS
from openbox.text.table import TEXT_EXPLAINERS
from openbox.zoo.data import TEXT_DATASETS

from ...parse import find_toml, parse, read_toml, value_of
from ...scores.table import SCORES
from .study import Measure, MethodConfig, Networks, Study

STUDIES = Path(__file__).parents[2] / "studies"
TARGETS = ("predicted", "label")
SEEDS = 2**31  # what a row can hold


def find_study(name: str) -> Path:
    """The file of a study, see ``find_toml``."""
    return find_toml("", name, STUDIES)


def read_study(path: Path) -> Study:
    """A study from its file; raises ``InputError`` or ``UnknownNameError``."""
    call = f"study {path.name}"
    table = read_toml(path, call)
    parts = {key: table.pop(key, None) for key in ("networks", "methods", "scores")}
    for key, kind in (("networks", list), ("methods", dict), ("scores", dict)):
        if not isinstance(parts[key], kind) or not parts[key]:
            wanted = "[[networks]] tables" if kind is list else f"a table [{key}.NAME] for each of them"
            raise InputError(f"{call}: {key} is missing or empty; write {wanted}")
    networks = tuple(parse(Networks, entry, f"{call}, [[networks]]") for entry in parts["networks"])
    titles = networks[0].dataset in TEXT_DATASETS
    study = parse(
        Study, table, call,
        networks=networks,
        methods=tuple(read_method(call, name, entry, titles) for name, entry in parts["methods"].items()),
        scores=tuple(_measure(call, name, entry) for name, entry in parts["scores"].items()),
    )  # fmt: skip
    _check(call, study)
    return study


def read_method(call: str, name: str, table: object = None, titles: bool = False) -> MethodConfig:
    """One method by its name, with the settings of its table; those of ``titles`` have none."""
    known = TEXT_EXPLAINERS if titles else EXPLAINERS
    if name not in known:
        with named(call):
            raise UnknownNameError("method", name, known)
    kind = NoneType if titles else settings_type(name)
    where = f"{call}, [methods.{name}]"
    table = {} if table is None else table
    if kind is not NoneType:
        return MethodConfig(name, parse(kind, table, where))
    if table != {}:
        raise InputError(f"{where}: found {table!r}, but this method has no settings; write {name} = {{}}")
    return MethodConfig(name, None)


def _measure(call: str, name: str, table: object) -> Measure:
    if name not in SCORES:
        with named(call):
            raise UnknownNameError("score", name, SCORES)
    where = f"{call}, [scores.{name}]"
    if not isinstance(table, dict):
        raise InputError(f"{where}: found {table!r}, expected a table of settings")
    settings = {key: value for key, value in table.items() if key != "images"}
    images = value_of(int, table.get("images", 0), f"{where}: images")
    if images < 0:
        raise InputError(f"{where}: images = {images}; pass a positive number, or none for all")
    return Measure(name, images, parse(SCORES[name].settings, settings, where))


def _check(call: str, study: Study) -> None:
    for network in study.networks:
        if (network.dataset in TEXT_DATASETS) != (study.of == "titles"):
            raise InputError(f"{call}: {network.dataset} is not of {study.of}; write two studies")
    for score in study.scores:
        if SCORES[score.name].of != study.of:
            wanted = ", ".join(name for name, one in SCORES.items() if one.of == study.of)
            raise InputError(f"{call}: the score {score.name} is not of {study.of}; known: {wanted}")
    if study.target not in TARGETS:
        raise InputError(f"{call}: target = {study.target!r}; known: {', '.join(TARGETS)}")
    counts = {"references": study.references, "shard_images": study.shard_images, "batch": study.batch}
    counts |= {f"images of {network.dataset}": network.images for network in study.networks}
    for name, count in counts.items():
        if count < 1:
            raise InputError(f"{call}: {name} = {count}; pass a positive number")
    if not re.fullmatch(r"\w[\w.-]*", study.name):
        raise InputError(f"{call}: name = {study.name!r}; it names a folder: pass letters, digits, - and _")
    seeds = {"explainer_seeds": study.explainer_seeds}
    seeds |= {f"model_seeds of {network.dataset}": network.model_seeds for network in study.networks}
    for name, values in seeds.items():
        if not values or len(set(values)) != len(values):
            raise InputError(f"{call}: {name} = {list(values)}; pass different seeds, at least one")
    for name, values in {"seed": (study.seed,), **seeds}.items():
        if not all(0 <= value < SEEDS for value in values):
            raise InputError(f"{call}: {name} = {list(values)}; a seed is at least 0 and below {SEEDS}")
    pairs = [(network.dataset, network.model) for network in study.networks]
    for pair in pairs:
        if pairs.count(pair) > 1:
            raise InputError(f"{call}: {' '.join(pair)} occurs twice among the networks; write it once")
