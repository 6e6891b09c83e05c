"""Reading a study of networks from TOML, one table [models.NAME] for each of them."""

import re
from dataclasses import fields
from pathlib import Path
from typing import Any

from openbox.errors import InputError, UnknownNameError, named
from openbox.shapes import SEEDS
from openbox.zoo.data import DATASETS, TEXT_DATASETS
from openbox.zoo.family.architecture import Architecture
from openbox.zoo.readers import READERS
from openbox.zoo.training.constrained import ConstrainedRecipe
from openbox.zoo.training.recipe import Recipe, TitleRecipe

from ..parse import find_toml, parse, read_toml
from .study import ModelEntry, ModelsStudy, Sampling

Table = dict[str, Any]
MODEL_STUDIES = Path(__file__).with_name("studies")
_SHAPE = {field.name for field in fields(Architecture)}
_GIVEN = ("data", "network", "seed", "title", "precision")  # of a recipe: what the file says elsewhere


def find_models(name: str) -> Path:
    """The file of a study, see ``find_toml``."""
    return find_toml("models: ", name, MODEL_STUDIES)


def read_models(path: Path) -> ModelsStudy:
    """A study from its file; raises ``InputError`` or ``UnknownNameError``."""
    call = f"study {path.name}"
    table = read_toml(path, call)
    models, training = table.pop("models", None), table.pop("training", {})
    sampling = parse(Sampling, table.pop("sampling", {}), f"{call}, [sampling]")
    if not isinstance(models, dict) or not models:
        raise InputError(f"{call}: models is missing or empty; write a table [models.NAME] for each of them")
    data = table.get("data")
    if data not in DATASETS and data not in TEXT_DATASETS:
        with named(call):
            raise UnknownNameError("data set", str(data), [*DATASETS, *TEXT_DATASETS])
    entries = tuple(_entry(call, str(data), name, training, model) for name, model in models.items())
    study = parse(ModelsStudy, table, call, models=entries, sampling=sampling)
    if not re.fullmatch(r"\w[\w-]*", study.name):
        raise InputError(f"{call}: name = {study.name!r}; it names a folder: pass letters, digits, - and _")
    seeds = study.seeds
    if not seeds or len(set(seeds)) != len(seeds) or not all(0 <= seed <= SEEDS for seed in seeds):
        raise InputError(f"{call}: seeds = {list(seeds)}; pass different ones from 0 on, at least one")
    if study.merged and data in TEXT_DATASETS:
        raise InputError(f"{call}: merged is for images; leave it out")
    for name in study.merged:
        if name not in models:
            with named(f"{call}, merged"):
                raise UnknownNameError("network", name, models)
    for field in fields(Sampling):
        least = int(field.name in ("regions", "maps", "patch", "beam", "pieces"))
        if getattr(sampling, field.name) < least:
            raise InputError(f"{call}, [sampling]: {field.name} is below {least}; pass {least} or more")
    return study


def _entry(call: str, data: str, name: str, training: Any, table: Any) -> ModelEntry:
    where = f"{call}, [models.{name}]"
    if not re.fullmatch(r"[a-z][a-z0-9_]*", name):
        raise InputError(f"{where}: the name names files; pass small letters, digits and _")
    if not isinstance(table, dict) or not isinstance(training, dict):
        raise InputError(f"{where}: found {table!r}, expected a table of settings")
    return (_reader if data in TEXT_DATASETS else _network)(where, data, name, training, table)


def _network(where: str, data: str, name: str, training: Table, table: Table) -> ModelEntry:
    _check_keys(where, table, _SHAPE | _settings(ConstrainedRecipe))
    shape = {key: value for key, value in table.items() if key in _SHAPE}
    rest = {key: value for key, value in table.items() if key not in _SHAPE}
    architecture = parse(Architecture, shape, where)
    recipe = parse(
        ConstrainedRecipe, training | rest, where, data=data, network=architecture.word, title=name
    )
    with named(where):
        recipe.check_prices()
    return ModelEntry(name, recipe)


def _reader(where: str, data: str, name: str, training: Table, table: Table) -> ModelEntry:
    if name not in READERS:
        with named(where):
            raise UnknownNameError("network for titles", name, READERS)
    _check_keys(where, table, _settings(TitleRecipe))
    return ModelEntry(name, parse(TitleRecipe, training | table, where, data=data, network=name))


def _settings(recipe: type[Recipe]) -> set[str]:
    return {field.name for field in fields(recipe)} - set(_GIVEN)


def _check_keys(where: str, table: Table, known: set[str]) -> None:
    for key in table:
        if key not in known:
            raise InputError(f"{where}: unknown key {key!r}; known: {', '.join(sorted(known))}")
