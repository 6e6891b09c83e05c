"""The files of a study's results as plain records: leaderboard, curves, rows per image. No Streamlit."""

import dataclasses
import json
import os
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.csv
import pyarrow.parquet
from language.catalogue import say
from ui.words import plain

from evaluation.schema import Condition, CurvePoint, LeaderboardRow, MetricRow, columns

LEADERBOARD, CURVES, ROWS, RUN = "leaderboard.csv", "curves.csv", "rows.parquet", "run.json"
METRICS = "metrics.csv"
_TYPES = {str: pa.string(), bool: pa.bool_(), int: pa.int64()}  # of columns; others are numbers


class ResultsError(Exception):
    """A file of results that is missing or cannot be read; the message, Markdown, says what to do."""


@dataclass(frozen=True)
class Draw:
    """How the study drew: its ``seed`` shuffles the test set, whose last ``references`` go to the methods.

    ``source`` names the file that says so; "" if none does, and these are the usual numbers.
    """

    seed: int = 0
    references: int = 64
    source: str = ""


@dataclass(frozen=True)
class StudyRow:
    """What one image gave one method on the network of one seed: a value, or None and why."""

    model_seed: int
    weights_sha: str
    explainer_seed: int
    image: int
    label: int
    target: int
    value: float | None
    degenerate: bool
    error: str


def parent() -> Path:
    """``OPENBOX_RESULTS``, else ``evaluation/results/`` of this repository."""
    named = os.environ.get("OPENBOX_RESULTS")
    return Path(named) if named else Path(__file__).parents[2] / "evaluation" / "results"


def studies(folder: Path) -> list[str]:
    """The folders that hold a leaderboard, the study ``full`` first."""
    names = sorted(path.parent.name for path in folder.glob(f"*/{LEADERBOARD}"))
    return sorted(names, key=lambda name: name != "full")


def stamp(path: Path) -> tuple[int, int]:
    """When a file was written and its size: what a cache needs to see a new one; zeros if it is not there."""
    try:
        found = path.stat()
    except OSError:
        return 0, 0
    return found.st_mtime_ns, found.st_size


def read_leaderboard(folder: Path) -> tuple[LeaderboardRow, ...]:
    """All rows of ``leaderboard.csv``; raises ``ResultsError``."""
    standings = tuple(
        LeaderboardRow(**entry) for entry in read_csv(folder / LEADERBOARD, LeaderboardRow).to_pylist()
    )
    if not standings:
        empty = say("`{path}` holds no row. Make it again: {command}")
        raise ResultsError(empty.format(path=folder / LEADERBOARD, command=command(folder.name)))
    return standings


def read_metrics(folder: Path) -> dict[str, MetricRow]:
    """What the metrics of the leaderboard are, by name; raises ``ResultsError``."""
    return {
        entry["metric"]: MetricRow(**entry) for entry in read_csv(folder / METRICS, MetricRow).to_pylist()
    }


def read_curves(folder: Path, condition: Condition) -> tuple[CurvePoint, ...]:
    """The curves that the cell's score was read off, of all methods and both orders.

    Empty where there are none; raises ``ResultsError``.
    """
    table = read_csv(folder / CURVES, CurvePoint)
    for name in ("dataset", "model", "model_seed", "fill", "score_space"):
        table = table.filter(pc.field(name) == getattr(condition, name))
    points = table.to_pylist()
    scored = f"{score(condition.metric)}."
    return tuple(CurvePoint(**entry) for entry in points if entry["metric"].startswith(scored))


def read_rows(folder: Path, standing: LeaderboardRow) -> tuple[StudyRow, ...]:
    """The rows per image behind one row of the leaderboard, failures too; raises ``ResultsError``."""
    here: list[tuple[str, str, Any]] = [
        ("dataset", "==", standing.dataset),
        ("model", "==", standing.model),
        ("method", "==", standing.method),
        ("score", "==", score(standing.metric)),
    ]
    here += [
        (name, "==", int(seed))
        for name, seed in (("model_seed", standing.model_seed), ("explainer_seed", standing.explainer_seed))
        if seed.isdecimal()
    ]
    conditions = {name: getattr(standing, name) for name in ("order", "fill", "score_space")}
    measured = [
        *here,
        ("metric", "==", standing.metric.partition(".")[2]),
        *((name, "==", value) for name, value in conditions.items()),
    ]
    failed = [*here, ("metric", "==", ""), ("error", "!=", "")]
    try:
        table = pyarrow.parquet.read_table(
            folder / ROWS, columns=columns(StudyRow), filters=[measured, failed]
        )
        return tuple(StudyRow(**entry) for entry in table.to_pylist())
    except (OSError, pa.ArrowException, TypeError) as error:
        raise _unreadable(folder / ROWS, error) from error


def read_draw(folder: Path) -> Draw:
    """From the study in ``run.json``; the usual numbers without that file. Raises ``ResultsError``."""
    path = folder / RUN
    try:
        study = json.loads(path.read_text())["study"]
        return Draw(int(study["seed"]), int(study["references"]), RUN)
    except FileNotFoundError:
        return Draw()
    except (OSError, ValueError, TypeError, KeyError) as error:
        raise _unreadable(path, error) from error


def score(metric: str) -> str:
    """The score whose metric it is: "flip" of "flip.abpc"."""
    return metric.partition(".")[0]


def commands(study: str) -> tuple[str, str]:
    """What makes the results: the rows, then the leaderboard."""
    return (
        f"python -m evaluation run --study {study}",
        f"python -m evaluation leaderboard runs/{study} --out evaluation/results/{study}",
    )


def command(study: str) -> str:
    """What makes the results, to be typed, as Markdown."""
    run, rank = commands(study)
    return say("`{run}`, then `{rank}`").format(run=run, rank=rank)


def read_csv(path: Path, record: type, made_by: str = "") -> pa.Table:
    """The columns that the record names, text as it is; an empty number is null. Raises ``ResultsError``.

    ``made_by``: the command that writes the file, that of the leaderboard if it is empty.
    """
    fields = dataclasses.fields(record)
    types = {field.name: _TYPES.get(field.type, pa.float64()) for field in fields}
    options = pyarrow.csv.ConvertOptions(column_types=types, include_columns=list(types))
    try:
        return pyarrow.csv.read_csv(path, convert_options=options)
    except (OSError, pa.ArrowException) as error:
        raise _unreadable(path, error, made_by) from error


def _unreadable(path: Path, error: Exception, made_by: str = "") -> ResultsError:
    made_by = made_by or command(path.parent.name)
    if isinstance(error, FileNotFoundError):
        return ResultsError(
            say("`{path}` is not there; {command} writes it.").format(path=path, command=made_by)
        )
    unreadable = say("`{path}` cannot be read ({error}). Restore it, or make it again: {command}")
    said = plain(" ".join(str(error).split()))
    return ResultsError(unreadable.format(path=path, error=said, command=made_by))
