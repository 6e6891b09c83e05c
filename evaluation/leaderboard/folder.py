"""The folder of a run: its card and its rows are read, the leaderboard's files are written."""

import json
from dataclasses import dataclass
from pathlib import Path

import pandas as pd
import pyarrow as pa
import pyarrow.parquet as parquet

from openbox.errors import InputError

from ..files import write_by_rename
from ..rows import SCHEMA
from ..runner.manifest import FILE, Manifest

ROWS = "rows.parquet"
SHARDS = "rows"
PART = 200_000  # rows turned into plain text at once
TEXT = [field.name for field in SCHEMA if pa.types.is_string(field.type)]


@dataclass(frozen=True)
class Found:
    """The rows of a folder as far as they are there; ``missing`` of the study's files are not."""

    tables: list[pa.Table]
    missing: int


def read_manifest(folder: Path) -> Manifest:
    """The card ``run.json``; raises ``InputError``."""
    path = folder / FILE
    try:
        card = json.loads(path.read_text())
        rows = tuple(card.get("rows", ()))
        manifest = Manifest(card["run_id"], card["config_sha"], card["target"], rows)
        words = (manifest.run_id, manifest.config_sha, manifest.target, *rows)
        if not all(isinstance(word, str) for word in words):
            raise TypeError("a name in it is no text")
        return manifest
    except (OSError, ValueError, KeyError, TypeError, AttributeError) as error:
        raise InputError(
            f"leaderboard: {path} is not the card of a run ({_described(error)}); give the folder of a run"
        ) from error


def read_rows(folder: Path, manifest: Manifest) -> Found:
    """The files that the card lists (all of ``rows/`` if it lists none), or a consolidated ``rows.parquet``.

    Raises ``InputError`` for a folder without rows, a file that is damaged or has other columns.
    """
    shards = folder / SHARDS
    if shards.exists() or not (folder / ROWS).exists():
        wanted = [shards / f"{key}.parquet" for key in manifest.rows] or sorted(shards.glob("*.parquet"))
        paths = [path for path in wanted if path.exists()]
        if not paths:
            raise InputError(f"leaderboard: there are no rows in {shards}; run the study first")
        return Found([_read(path) for path in paths], len(wanted) - len(paths))
    return Found([_read(folder / ROWS)], 0)


def write_csv(path: Path, frame: pd.DataFrame, digits: int) -> None:
    """A frame with so many significant digits, by rename; the last bits of a machine do not show."""
    text = frame.to_csv(index=False, float_format=f"%.{digits}g", lineterminator="\n")
    write_by_rename("leaderboard", path, lambda file: file.write_text(text))


def write_parquet(path: Path, table: pa.Table, curves: bool) -> None:
    """A consolidated table in ``SCHEMA``, by rename; without ``curves`` that column is empty."""

    def write(file: Path) -> None:
        with parquet.ParquetWriter(file, SCHEMA, compression="zstd", use_dictionary=True) as writer:
            for start in range(0, len(table), PART):
                part = table.slice(start, PART)
                if not curves:
                    place = SCHEMA.get_field_index("curve")
                    empty = pa.nulls(len(part), SCHEMA.field(place).type)
                    part = part.set_column(place, SCHEMA.field(place), empty)
                writer.write_table(part.cast(SCHEMA))

    write_by_rename("leaderboard", path, write)


def _read(path: Path) -> pa.Table:
    try:
        if parquet.read_schema(path).names == SCHEMA.names:
            with parquet.ParquetFile(path, read_dictionary=TEXT) as file:
                return file.read()
    except (OSError, pa.ArrowException) as error:
        raise InputError(
            f"leaderboard: {path} is damaged ({_described(error)}); delete it and run the study again"
        ) from error
    raise InputError(f"leaderboard: {path} has other columns than this version writes; move it away")


def _described(error: Exception) -> str:
    if isinstance(error, KeyError):
        return f"{error} is missing"
    return " ".join(str(error).split())[:200]
