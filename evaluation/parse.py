"""Settings from TOML: every key is known, every value of its kind, or one line says what is wrong."""

import dataclasses
import tomllib
from pathlib import Path
from typing import Any, get_args, get_origin, get_type_hints

from openbox.errors import InputError, OpenBoxError


def read_toml(path: Path, call: str) -> dict[str, Any]:
    """The tables of a file; raises ``InputError``."""
    try:
        return tomllib.loads(path.read_text())
    except (OSError, ValueError) as error:
        raise InputError(f"{call}: {path} cannot be read ({error})") from error


def find_toml(call: str, name: str, folder: Path) -> Path:
    """The file of a study that comes with the harness, or the path itself; raises ``InputError``."""
    known = sorted(path.stem for path in folder.glob("*.toml"))
    path = folder / f"{name}.toml" if name in known else Path(name)
    if not path.is_file():
        raise InputError(f"{call}--study {name!r}: neither a file nor one of {', '.join(known)}")
    return path


def parse(kind: type, table: object, where: str, **given: object) -> Any:
    """A frozen dataclass from a TOML table: no unknown key, no missing one, no value of another kind."""
    if not isinstance(table, dict):
        raise InputError(f"{where}: found {table!r}, expected a table of settings")
    kinds = get_type_hints(kind)
    fields = {field.name: field for field in dataclasses.fields(kind)}
    for key in table:
        if key not in fields or key in given:
            known = ", ".join(name for name in fields if name not in given) or "none"
            raise InputError(f"{where}: unknown key {key!r}; known: {known}")
    for name, field in fields.items():
        if name not in table and name not in given and field.default is dataclasses.MISSING:
            raise InputError(f"{where}: {name} is missing")
    values = {key: value_of(kinds[key], value, f"{where}: {key}") for key, value in table.items()}
    try:
        return kind(**values, **given)
    except (OpenBoxError, ValueError) as error:  # settings that check themselves do not know their file
        raise InputError(f"{where}: {error}") from error


def value_of(kind: Any, value: object, where: str) -> Any:
    """``value`` if it is of the kind that a type hint says; raises ``InputError``."""
    if get_origin(kind) is tuple:
        inner = get_args(kind)
        if isinstance(value, list):
            kinds = [inner[0]] * len(value) if inner[-1] is Ellipsis else list(inner)
            if len(kinds) == len(value):
                return tuple(value_of(k, v, where) for k, v in zip(kinds, value, strict=True))
    elif kind is float and type(value) is int:
        return float(value)
    elif type(value) is kind or type(value) in get_args(kind):  # of one kind, or of several
        return value
    name = kind.__name__ if isinstance(kind, type) and get_origin(kind) is None else str(kind)
    raise InputError(f"{where} = {value!r}; expected {name}")
