"""The rows of ``models.csv``, as the command ``python -m evaluation models`` wrote them. No Streamlit."""

from collections.abc import Sequence
from pathlib import Path

from language.catalogue import say
from leaderboard.results import ResultsError, read_csv

from evaluation.schema import ModelRow

RESULTS = Path(__file__).parents[2] / "evaluation" / "models" / "results"
FILE = "models.csv"


def model_studies(folder: Path = RESULTS) -> list[str]:
    """The studies that there are, by name."""
    return sorted(path.parent.name for path in folder.glob(f"*/{FILE}"))


def command(study: str) -> str:
    """What makes the rows of a study."""
    return f"python -m evaluation models --study {study}"


def read_models(study: str, folder: Path = RESULTS) -> list[ModelRow]:
    """All rows of a study; raises ``ResultsError``."""
    path, made = folder / study / FILE, f"`{command(study)}`"
    table = read_csv(path, ModelRow, made)
    if not len(table):
        empty = say("`{path}` holds no row. Make it again: {command}")
        raise ResultsError(empty.format(path=path, command=made))
    return [ModelRow(**row) for row in table.to_pylist()]


def chosen_by(rows: Sequence[ModelRow], least: float) -> ModelRow | None:
    """The best by the rows' criterion of those of at least this accuracy, of equals the more accurate one;
    None if there is none."""
    enough = [row for row in rows if row.accuracy >= least]
    return max(enough, key=lambda row: (row.value if row.larger else -row.value, row.accuracy), default=None)


def most_accurate(rows: Sequence[ModelRow]) -> ModelRow:
    """The first of the most accurate."""
    return max(rows, key=lambda row: row.accuracy)
