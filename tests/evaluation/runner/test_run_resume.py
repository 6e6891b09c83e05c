"""What is there is left alone, what is missing or damaged is made, and maps are computed once."""

import json
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from stand_ins import enter_method, enter_score, seeds_as_values
from tiny_study import all_rows, files_with_times, row_files, run_study, same_in_all_runs, write_study
from torch import Tensor

from evaluation.engines import ENGINES, Work, run_here
from evaluation.runner.plan.shard import Shard
from evaluation.runner.shards import work
from evaluation.runner.shards.work import Report

COUNTED = ("random = {}", "counted = {}")
IMAGES = 6


@pytest.fixture
def calls(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """How many images each call of the method ``counted`` was asked about; the study has it."""
    asked: list[int] = []

    def maps(x: Tensor) -> Tensor:
        asked.append(len(x))
        return x.cumsum(-1)

    enter_method(monkeypatch, "counted", maps)
    return asked


@pytest.fixture
def finished(tmp_path: Path, calls: list[int]) -> Path:
    """The folder of a finished run, whose calls were counted."""
    assert run_study(write_study(tmp_path, COUNTED), tmp_path / "runs") == 0
    assert sum(calls) == IMAGES + 1, "each image once, and one to warm up"
    calls.clear()
    return tmp_path / "runs"


def again(out: Path, *changes: tuple[str, str]) -> set[Path]:
    """Run once more; returns the files that were made, which ``run.json`` is not counted among."""
    before = files_with_times(out)
    assert run_study(write_study(out.parent, COUNTED, *changes), out) == 0
    after = files_with_times(out)
    assert set(before) <= set(after), "a file was removed"
    return {path for path in after if after[path] != before.get(path) and path.name != "run.json"}


def test_a_second_start_makes_nothing(finished: Path, calls: list[int]) -> None:
    assert again(finished) == set()
    assert not calls
    assert len(all_rows(finished)) == 3 * IMAGES * 4  # three costs and the Gini index


def test_each_machine_that_started_is_on_the_card(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    study, out = write_study(tmp_path), tmp_path / "runs"
    for threads in ("1", "1", "2"):
        assert run_study(study, out, "--limit", "2", "--methods", "random", "--threads", threads) == 0
    machines = json.loads((out / "tiny" / "run.json").read_text())["machines"]
    assert [machine["threads"] for machine in machines] == [1, 2]
    assert all(machine["processor"] and machine["device"] == "cpu" for machine in machines)
    assert "whose rows stay" not in capsys.readouterr().out
    assert run_study(study, out, "--limit", "1", "--methods", "random") == 0
    assert len(json.loads((out / "tiny" / "run.json").read_text())["machines"]) == 1, "another study"
    assert "whose rows stay" in capsys.readouterr().out


def test_rows_that_were_deleted_are_made_of_the_stored_maps(finished: Path, calls: list[int]) -> None:
    rows = all_rows(finished)
    gone = set(row_files(finished)[::2])
    for path in gone:
        path.unlink()
    assert again(finished) == gone
    assert not calls
    # also the costs: they are stored with the maps
    assert [row | {"timestamp": ""} for row in all_rows(finished)] == [
        row | {"timestamp": ""} for row in rows
    ]


def test_damaged_rows_are_made_anew(finished: Path, calls: list[int]) -> None:
    rows, (first, second, *_) = all_rows(finished), row_files(finished)
    first.write_bytes(first.read_bytes()[:-100])  # as after a power failure
    second.write_bytes(b"")
    assert again(finished) == {first, second}
    assert not calls
    assert same_in_all_runs(all_rows(finished)) == same_in_all_runs(rows)


@pytest.mark.parametrize("content", [b"", b"damaged", None], ids=["empty", "no maps", "cut off"])
def test_damaged_maps_are_made_anew(finished: Path, calls: list[int], content: bytes | None) -> None:
    rows = all_rows(finished)
    maps = sorted((finished / "tiny" / "maps").iterdir())
    for path in maps:
        path.write_bytes(path.read_bytes()[:-9] if content is None else content)
    assert again(finished) == set(), "no row is missing, so no map is read"
    gone = row_files(finished)
    for path in gone:
        path.unlink()
    assert again(finished) == {*maps, *gone}
    assert sum(calls) == IMAGES
    assert same_in_all_runs(all_rows(finished)) == same_in_all_runs(rows)


def test_a_score_that_is_added_later(
    finished: Path, calls: list[int], monkeypatch: pytest.MonkeyPatch
) -> None:
    enter_score(monkeypatch, "later", seeds_as_values)
    before = set(row_files(finished))
    made = again(finished, ("sparsity = {}", "sparsity = {}\nlater = {}"))
    assert not calls
    assert made == set(row_files(finished)) - before
    assert {row["score"] for row in all_rows(finished)} == {"cost", "sparsity", "later"}


def test_more_images_leave_whole_shards_alone(finished: Path, calls: list[int]) -> None:
    made = again(finished, ("images = 6", "images = 8"))
    assert sum(calls) == 1 + 2, "one to warm up"
    assert len(made) == 3 * 3  # maps and two files of rows by three methods
    assert len(all_rows(finished)) == 3 * 8 * 4


def test_files_that_are_half_there_never_count(finished: Path, calls: list[int]) -> None:
    rows = all_rows(finished)
    whole = [*row_files(finished), *(finished / "tiny" / "maps").iterdir()]
    for path in whole:
        path.rename(path.with_name(path.name + ".0123.partial"))
    assert again(finished) == set(whole)
    assert sum(calls) == IMAGES
    assert same_in_all_runs(all_rows(finished)) == same_in_all_runs(rows)


def test_an_end_between_maps_and_rows(
    tmp_path: Path, calls: list[int], monkeypatch: pytest.MonkeyPatch
) -> None:
    class Killed(BaseException):
        pass

    def killed(table: object, file: Path) -> None:
        raise Killed

    study, out = write_study(tmp_path, COUNTED), tmp_path / "runs"
    with monkeypatch.context() as patch:
        patch.setattr(work, "_write", killed)
        with pytest.raises(Killed):
            run_study(study, out, "--methods", "counted")
    assert not any(path.exists() for path in row_files(out))
    assert len(list((out / "tiny" / "maps").iterdir())) == 1
    assert run_study(study, out) == 0
    assert run_study(study, tmp_path / "unbroken") == 0
    assert sum(calls) == (1 + 3) + (1 + 3) + (1 + IMAGES), "what was stored was not computed again"
    assert same_in_all_runs(all_rows(out)) == same_in_all_runs(all_rows(tmp_path / "unbroken"))


def test_a_run_that_is_left_midway(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def only_two(work: Work, shards: list[Shard], workers: int, threads: int, gpu: bool) -> Iterator[Report]:
        yield from run_here(work, shards[:2], workers, threads, gpu)
        raise KeyboardInterrupt

    study, out = write_study(tmp_path), tmp_path / "runs"
    with monkeypatch.context() as patch:
        patch.setitem(ENGINES, "local", replace(ENGINES["local"], run=only_two))
        assert run_study(study, out) == 130
    assert capsys.readouterr().err == "interrupted; the same command goes on where it stopped\n"
    there = files_with_times(out / "tiny" / "rows")
    assert len(there) == 4
    assert run_study(study, out) == 0
    assert there.items() <= files_with_times(out / "tiny" / "rows").items()
    assert capsys.readouterr().out.startswith("12 of 12 files of tiny-")
    assert run_study(study, tmp_path / "unbroken") == 0
    assert same_in_all_runs(all_rows(out)) == same_in_all_runs(all_rows(tmp_path / "unbroken"))


def test_a_stored_map_still_says_what_it_explains(tmp_path: Path) -> None:
    """Infidelity is asked of the maps in the file, each against its own score."""
    methods = ("edges = {}", "edges = {}\ndecision_features = {}")
    study = write_study(tmp_path, methods, ("sparsity = {}", "infidelity = { samples = 3 }"))
    assert run_study(study, tmp_path / "runs") == 0
    rows = [row for row in all_rows(tmp_path / "runs") if row["metric"] == "infidelity"]
    spaces = {(row["method"], row["score_space"]) for row in rows}
    assert spaces == {("openbox", "logit"), ("decision_features", "contrast")}
