"""A failure is a row with its error, never a hole, and the rest of the study is unharmed."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import torch
from stand_ins import enter_method, enter_score
from tiny_study import all_rows, run_study, same_in_all_runs, write_study
from torch import Tensor

from evaluation.case import Case
from evaluation.measurement import Measurement
from evaluation.runner.plan.study_file import read_study
from evaluation.runner.shards.testbed import load_testbed

FAULTY = ("random = {}", "faulty = {}")
IMAGES = 6
COSTS = 3


def bad_images(x: Tensor) -> Tensor:
    """(n,) which of the images are the second and the sixth of the study: one in each shard."""
    return torch.stack([(x == one).flatten(1).all(1) for one in _BAD]).any(0)


@pytest.fixture(autouse=True)
def _images(tmp_path: Path) -> None:
    study = read_study(write_study(tmp_path))
    bed = load_testbed(study, "digits", "cnn", 0, "cpu", None)
    _BAD[:] = bed.images.batch(bed.order[[1, 5]])


_BAD: list[Tensor] = []


def raises_on_some(x: Tensor) -> Tensor:
    if bool(bad_images(x).any()):
        raise RuntimeError("no map\nof this image")
    return x.clone()


def raises_on_all(x: Tensor) -> Tensor:
    raise MemoryError


def nan_on_some(x: Tensor) -> Tensor:
    return torch.where(bad_images(x)[:, None, None, None], torch.nan, x)


def infinite_at_a_pixel(x: Tensor) -> Tensor:
    values = x.clone()
    values[bad_images(x), 0, 0, 0] = torch.inf
    return values


def of_another_shape(x: Tensor) -> Tensor:
    return x[:, :, :1]


def fails_at_creation() -> None:
    raise ImportError("No module named 'lyme'")


def by_method(out: Path) -> dict[str, list[dict[str, Any]]]:
    rows = all_rows(out)
    return {name: [row for row in rows if row["method"] == name] for name in {r["method"] for r in rows}}


SOME, ALL = 2, IMAGES
METHODS: dict[str, tuple[Callable[[Tensor], Tensor], Callable[[], None], int, str]] = {
    "raises on some": (raises_on_some, lambda: None, SOME, "RuntimeError: no map"),
    "raises on all": (raises_on_all, lambda: None, ALL, "MemoryError: "),
    "NaN on some": (nan_on_some, lambda: None, SOME, "ArithmeticError: the map of 1 of 1 images is NaN or"),
    "infinite": (infinite_at_a_pixel, lambda: None, SOME, "ArithmeticError: the map of 1 of 1 images is NaN"),
    "another shape": (
        of_another_shape,
        lambda: None,
        ALL,
        "ValueError: the maps have shape (1, 1, 1, 8)",
    ),
    "fails at creation": (torch.clone, fails_at_creation, ALL, "ImportError: No module named 'lyme'"),
}


@pytest.mark.parametrize("case", METHODS)
def test_a_method_that_fails(
    case: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    maps, create, failing, error = METHODS[case]
    enter_method(monkeypatch, "faulty", maps, create)
    study, out = write_study(tmp_path, FAULTY), tmp_path / "runs"
    assert run_study(study, out) == 0
    told = capsys.readouterr().out
    assert f"faulty-0, images 0-2: {failing} failures, kept as rows" in told
    assert told.count("failures") == 2, "one line for each of the two shards of the method"

    rows = by_method(out)
    broken = [row for row in rows["faulty"] if row["error"]]
    assert len(broken) == 2 * failing, "one row for the costs, one for the score"
    assert {row["score"] for row in broken} == {"cost", "sparsity"}
    assert all(row["error"].startswith(error) and "\n" not in row["error"] for row in broken)
    assert all(row["value"] is None and row["metric"] == "" for row in broken)
    good = [row for row in rows["faulty"] if not row["error"]]
    assert len(good) == (IMAGES - failing) * (COSTS + 1)
    assert not {row["image"] for row in good} & {row["image"] for row in broken}
    assert not any(row["value"] is None for row in good)

    assert run_study(study, tmp_path / "others", "--methods", "openbox,edges") == 0
    others = by_method(tmp_path / "others")
    for name in ("openbox", "edges"):
        assert same_in_all_runs(rows[name]) == same_in_all_runs(others[name])
    assert run_study(study, out) == 0, "a failure is a result: it is not tried again"
    assert "failures" not in capsys.readouterr().out


def test_a_method_that_does_not_fit_a_network(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    from requirements import require_data

    require_data("mnist")
    study = write_study(tmp_path, ('"digits"', '"mnist"'), ('"cnn"', '"mlp"'), FAULTY, ("faulty", "gradcam"))
    assert run_study(study, tmp_path / "runs", "--limit", "2") == 0
    rows = by_method(tmp_path / "runs")
    assert len(rows["gradcam"]) == 2 * 2
    assert all("InputError" in row["error"] and "gradcam" in row["error"] for row in rows["gradcam"])
    assert not any(row["error"] for name in ("openbox", "edges") for row in rows[name])
    assert "gradcam-0, images 0-1: 4 failures" in capsys.readouterr().out


def score_raises(case: Case) -> list[Measurement]:
    if bool(bad_images(case.x).any()):
        raise ZeroDivisionError("no number")
    return number(case)


def number(case: Case) -> list[Measurement]:
    return [Measurement("number", case.x.mean((1, 2, 3)))]


SCORES: dict[str, tuple[Callable[[Case], list[Measurement]], int, str]] = {
    "raises on some": (score_raises, SOME, "ZeroDivisionError: no number"),
    "wrong metric": (
        lambda case: [Measurement("nubmer", case.x[:, 0, 0, 0])],
        ALL,
        "InputError: measure: a score answered 'nubmer' with shape (1,); its metrics are number, for",
    ),
    "wrong shape": (
        lambda case: [Measurement("number", case.x[:, 0, 0])],
        ALL,
        "InputError: measure: a score answered 'number' with shape (1, 8)",
    ),
    "wrong curves": (
        lambda case: [Measurement("number", case.x[:, 0, 0, 0], curves=case.x)],
        ALL,
        "InputError: measure: the curves of 'number' have shape (1, 1, 8, 8), expected (1, L + 1)",
    ),
    "the same twice": (
        lambda case: number(case) + number(case),
        ALL,
        "InputError: measure: a score answered twice to ('number', '', '', '')",
    ),
}


@pytest.mark.parametrize("case", SCORES)
def test_a_score_that_fails(case: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    measure, failing, error = SCORES[case]
    enter_score(monkeypatch, "faulty", measure)
    study = write_study(tmp_path, ("sparsity = {}", "sparsity = {}\nfaulty = {}"))
    assert run_study(study, tmp_path / "runs") == 0
    rows = all_rows(tmp_path / "runs")
    broken = [row for row in rows if row["error"]]
    assert len(broken) == 3 * failing
    assert {row["score"] for row in broken} == {"faulty"}
    assert all(row["error"].startswith(error) for row in broken)
    good = [row for row in rows if row["score"] == "faulty" and not row["error"]]
    assert len(good) == 3 * (IMAGES - failing)
    assert len([row for row in rows if row["score"] == "sparsity"]) == 3 * IMAGES


def test_a_number_that_is_not_defined_is_no_failure(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def undefined(case: Case) -> list[Measurement]:
        values = torch.where(bad_images(case.x), torch.nan, 1.0)
        return [Measurement("number", values, curves=torch.stack([values, values], 1))]

    enter_score(monkeypatch, "faulty", undefined)
    study = write_study(tmp_path, ("sparsity = {}", "sparsity = {}\nfaulty = {}"))
    assert run_study(study, tmp_path / "runs") == 0
    rows = [row for row in all_rows(tmp_path / "runs") if row["score"] == "faulty"]
    assert not any(row["error"] for row in rows)
    assert sum(row["value"] is None for row in rows) == 3 * SOME
    assert all(row["curve"] == [1.0, 1.0] for row in rows if row["value"] is not None)


def test_a_score_that_has_nothing_to_say_of_a_method(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    enter_score(monkeypatch, "silent", lambda case: [])
    study = write_study(tmp_path, ("sparsity = {}", "sparsity = {}\nsilent = {}"))
    assert run_study(study, tmp_path / "runs") == 0
    assert {row["score"] for row in all_rows(tmp_path / "runs")} == {"cost", "sparsity"}


def test_a_map_that_is_the_same_everywhere_is_said_to_be(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    enter_method(monkeypatch, "faulty", lambda x: torch.where(bad_images(x)[:, None, None, None], 1.0, x))
    assert run_study(write_study(tmp_path, FAULTY), tmp_path / "runs") == 0
    rows = by_method(tmp_path / "runs")
    assert sum(row["degenerate"] for row in rows["faulty"]) == SOME * (COSTS + 1)
    assert not any(row["degenerate"] for row in rows["openbox"])
