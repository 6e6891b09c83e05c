"""The leaderboard's columns stand in one place: writers, committed files and the app agree."""

import csv
import dataclasses
from pathlib import Path

import pytest
from leaderboard.results import read_curves, read_leaderboard, read_metrics

from evaluation import schema
from evaluation.leaderboard.statistics.directions import metrics
from evaluation.schema import CurvePoint, LeaderboardRow, MetricRow, columns

RESULTS = Path(__file__).parents[3] / "evaluation" / "results"
FILES = {"leaderboard.csv": LeaderboardRow, "curves.csv": CurvePoint, "metrics.csv": MetricRow}


def test_each_column_is_of_a_kind_that_the_app_reads() -> None:
    for record in FILES.values():
        kinds = {field.type for field in dataclasses.fields(record)}
        assert kinds <= {str, float, float | None}


@pytest.mark.parametrize("name", FILES)
@pytest.mark.parametrize("study", [path.name for path in sorted(RESULTS.iterdir()) if path.is_dir()])
def test_the_committed_files_have_these_columns_in_this_order(study: str, name: str) -> None:
    if name == "curves.csv" and not (RESULTS / study / name).exists():
        return  # a study none of whose scores has curves
    with (RESULTS / study / name).open(newline="") as file:
        assert next(csv.reader(file)) == columns(FILES[name])


def test_the_writer_of_metrics_names_them_all() -> None:
    assert list(metrics().columns) == columns(MetricRow)


def test_the_app_reads_every_column_into_the_same_records() -> None:
    rows = read_leaderboard(RESULTS / "ablation")
    with (RESULTS / "ablation" / "leaderboard.csv").open(newline="") as file:
        written = list(csv.DictReader(file))
    assert len(rows) == len(written)
    for row, line in zip(rows, written, strict=True):
        for name, text in line.items():
            value = getattr(row, name)
            assert value == (text if isinstance(value, str) else float(text) if text else None)
    assert {type(row) for row in rows} == {LeaderboardRow}
    assert {type(row) for row in read_metrics(RESULTS / "ablation").values()} == {MetricRow}
    curved = next(row.condition for row in rows if row.metric.startswith("flip."))
    assert {type(point) for point in read_curves(RESULTS / "ablation", curved)} == {CurvePoint}


def test_the_schema_pulls_in_nothing_of_the_harness() -> None:
    kinds = {name: value for name, value in vars(schema).items() if isinstance(value, type)}
    assert all(kind.__module__ == schema.__name__ for kind in kinds.values())
