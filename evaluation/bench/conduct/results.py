"""Result files: one row a line, written by rename, cell by cell."""

import csv
import dataclasses
from collections.abc import Sequence
from pathlib import Path
from typing import Any, TypeVar, get_type_hints

from openbox.errors import InputError

from ...files import write_by_rename
from .row import TimedRow

R = TypeVar("R", bound=TimedRow)


def columns(kind: type[TimedRow]) -> tuple[str, ...]:
    """The names of a row's fields, in order."""
    return tuple(field.name for field in dataclasses.fields(kind))


def read_rows(path: Path, kind: type[R]) -> list[R]:
    """The rows of a file; raises ``InputError`` if it has other columns or values."""
    kinds = get_type_hints(kind)
    with path.open(newline="") as file:
        reader = csv.DictReader(file)
        if tuple(reader.fieldnames or ()) != columns(kind):
            raise InputError(f"bench: {path} has other columns than this version writes; move it away")
        try:
            return [kind(**{name: _parse(kinds[name], text) for name, text in row.items()}) for row in reader]
        except (ValueError, TypeError) as error:
            raise InputError(f"bench: {path} is damaged ({error}); move it away") from error


def write_rows(path: Path, rows: Sequence[R], kind: type[R]) -> None:
    """Write the file so that it is never half there; raises ``InputError``."""

    def write(partial: Path) -> None:
        with partial.open("w", newline="") as file:
            writer = csv.writer(file, lineterminator="\n")
            writer.writerow(columns(kind))
            for row in rows:
                writer.writerow(["" if value is None else value for value in dataclasses.astuple(row)])

    write_by_rename("bench", path, write)


def merge(path: Path, cell: Sequence[R]) -> None:
    """Add the rows of one finished cell; they replace that cell's older rows, all others stay."""
    kind = type(cell[0])
    older = read_rows(path, kind) if path.exists() else []
    key = cell[0].cell
    at = next((i for i, row in enumerate(older) if row.cell == key), len(older))
    kept = [row for row in older if row.cell != key]
    write_rows(path, [*kept[:at], *cell, *kept[at:]], kind)


def _parse(kind: object, text: str) -> Any:
    if kind is str:
        return text
    if kind is int:
        return int(text)
    if text == "":
        return None
    return int(text) if kind == int | None else float(text)
