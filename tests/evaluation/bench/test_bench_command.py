"""``bench``: its files, its command line and its documentation; nothing measured is lost.

No test looks at a time.
"""

import dataclasses
import subprocess
import sys
from pathlib import Path

import pytest
import torch
from bench_cases import CASES, CONDITIONS, listed

from evaluation.__main__ import main
from evaluation.bench.conduct import contest, timing
from evaluation.bench.conduct.networks import NETWORKS
from evaluation.bench.conduct.results import columns, merge, read_rows, write_rows
from evaluation.bench.conduct.settings import FOLDER
from evaluation.bench.linearize.rivals import FLOOR, OURS, method_names
from evaluation.bench.linearize.trial import LinearizeRow
from evaluation.conditions import Conditions, current_conditions


def test_rows_survive_the_file_and_a_cell_is_replaced_as_a_whole(tmp_path: Path) -> None:
    path = tmp_path / "table.csv"
    row = LinearizeRow(
        "linearize", "mlp", 'odd, "quoted"', OURS, "cpu", "Abacus", 2, "float32", "2.15", 3, 1.5e-05, 0.001,
        0.0023, None, "note, with comma", "abc", "2026-01-01", 1, "classes", 10, None, 1.25, 1.0, 2.0,
    )  # fmt: skip
    failed = dataclasses.replace(row, method="captum", chunk=4, seconds_median=None, ratio_to_floor_q1=None)
    other = dataclasses.replace(row, batch=16)
    merge(path, [row, failed])
    merge(path, [other])
    assert read_rows(path, LinearizeRow) == [row, failed, other]
    newer = dataclasses.replace(row, timestamp="later")
    merge(path, [newer])
    assert read_rows(path, LinearizeRow) == [newer, other]
    assert [file.name for file in tmp_path.iterdir()] == ["table.csv"]


def test_the_readme_lists_exactly_the_columns_and_the_methods() -> None:
    assert listed("linearize") == (method_names(), columns(LinearizeRow))


def test_the_committed_tables_are_of_this_format_and_named_by_their_conditions() -> None:
    assert CONDITIONS.file_name("linearize") == "linearize-cpu-abacus-r-2-torch2.15-threads1.csv"
    assert current_conditions("cpu").processor
    for path in FOLDER.glob("linearize-*.csv"):
        for row in read_rows(path, LinearizeRow):
            of = Conditions(row.device, row.processor, row.threads, row.torch, row.git_sha)
            assert path.name == of.file_name(row.benchmark)


def words(out: Path, *more: str) -> list[str]:
    small = ["--networks", "mlp", "--batches", "2", "--repeats", "1", "--device", "cpu", "--out", str(out)]
    return ["bench", "linearize", *small, *more]


@pytest.mark.usefixtures("quick")
def test_the_command_prints_the_table_and_writes_it(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    threads = torch.get_num_threads()
    assert main(words(tmp_path / "new" / "folder", "--threads", "1")) == 0
    assert torch.get_num_threads() == threads
    (path,) = (tmp_path / "new" / "folder").iterdir()
    rows = read_rows(path, LinearizeRow)
    assert [(row.question, row.method) for row in rows] == CASES
    assert {(row.weights, row.threads, row.note) for row in rows} == {("mnist-mlp-seed0", 1, "")}
    assert max(row.deviation or 0 for row in rows) < 1e-5
    said = capsys.readouterr().out
    assert f"written: {path}" in said
    assert all(
        said.count(f"\n  {name} ") == len([c for c in CASES if c[1] == name]) for name in method_names()
    )


@pytest.mark.usefixtures("quick")
@pytest.mark.parametrize("after", [0, 1])
def test_an_interrupted_run_keeps_the_finished_cells(
    after: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    calls = []

    def interrupted(*given: object) -> object:
        calls.append(1)
        if len(calls) > after:
            raise KeyboardInterrupt
        return timing.measure(*given)  # pyright: ignore[reportArgumentType]

    monkeypatch.setattr(contest, "measure", interrupted)
    assert main(words(tmp_path, "--methods", OURS)) == 130
    line = capsys.readouterr().err.strip()
    if after == 0:
        assert line == "interrupted; no cell was finished"
        assert not list(tmp_path.iterdir())
    else:
        (path,) = tmp_path.iterdir()
        assert line == f"interrupted; {path} keeps the 1 of 2 cells that were finished"
        assert [(row.question, row.method) for row in read_rows(path, LinearizeRow)] == [
            ("classes", FLOOR),
            ("classes", OURS),
        ]


MISTAKES: dict[str, tuple[list[str], str]] = {
    "unknown network": (["--networks", "mlp,vgg"], "unknown network 'vgg'; known: cnn28, mlp, resnet18"),
    "unknown method": (["--methods", "lime"], "unknown method 'lime'; known: captum, floor, is_grads"),
    "unknown device": (["--device", "abacus"], "unknown device 'abacus'; known: cpu, cuda"),
    "no network": (["--networks", ""], "--networks ''; pass different values"),
    "network twice": (["--networks", "mlp,mlp"], "pass different values, separated by commas"),
    "batch of nothing": (["--batches", "0"], "--batches has '0'; pass positive integers"),
    "batch that is no number": (["--batches", "1,x"], "--batches has 'x'; pass positive integers"),
    "no repetition": (["--repeats", "0"], "--repeats 0 --budget 60; both must be positive"),
    "budget that is no number": (["--budget", "nan"], "--budget nan; both must be positive"),
    "negative chunk": (["--chunk", "-1"], "--chunk -1; it may not be negative"),
    "too many threads": (["--threads", "100000"], "--threads 100000"),
}  # fmt: skip


@pytest.mark.parametrize("mistake", MISTAKES)
def test_a_mistake_costs_one_line(mistake: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    more, message = MISTAKES[mistake]
    assert main(words(tmp_path / "out", *more)) == 2
    said = capsys.readouterr().err.strip()
    assert message in said
    assert len(said.splitlines()) == 1
    assert not (tmp_path / "out").exists()


def test_files_in_the_way_are_named(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file = tmp_path / "file"
    file.write_text("in the way")
    assert main(words(file)) == 2
    assert f"bench: cannot write into --out {str(file)!r}" in capsys.readouterr().err
    csv = tmp_path / current_conditions("cpu").file_name("linearize")
    for content, message in (
        ("a,b\n1,2\n", "other columns"),
        (",".join(columns(LinearizeRow)) + "\n1,2\n", "is damaged"),
    ):
        csv.write_text(content)
        assert main(words(tmp_path)) == 2
        said = capsys.readouterr().err.strip()
        assert str(csv) in said
        assert message in said
        assert len(said.splitlines()) == 1
        assert csv.read_text() == content
    write_rows(csv, [], LinearizeRow)
    assert read_rows(csv, LinearizeRow) == []


def test_cuda_that_is_not_there_is_said(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(torch.cuda, "is_available", lambda: False)
    assert main(words(tmp_path / "out", "--device", "cpu,cuda")) == 2
    assert "no CUDA device here; use --device cpu" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("given", "message"),
    [
        ([], "the following arguments are required: COMMAND"),
        (["bench"], "the following arguments are required: BENCHMARK"),
        (
            ["bench", "flip2"],
            "invalid choice: 'flip2' (choose from 'app', 'capture', 'crowd', 'flip', 'geometry', "
            "'linearize')",
        ),
        (["bench", "linearize", "--repeats", "x"], "argument --repeats: invalid int value: 'x'"),
    ],
)
def test_a_wrong_command_costs_one_line(
    given: list[str], message: str, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit) as caught:
        main(given)
    assert caught.value.code == 2
    said = capsys.readouterr().err.strip()
    assert message in said
    assert len(said.splitlines()) == 1


@pytest.mark.long
def test_the_exit_code_reaches_the_shell(tmp_path: Path) -> None:
    command = [sys.executable, "-m", "evaluation", *words(tmp_path, "--networks", "vgg")]
    done = subprocess.run(command, capture_output=True, text=True, timeout=120, check=False)
    assert done.returncode == 2
    assert "unknown network 'vgg'" in done.stderr
    assert len(done.stderr.strip().splitlines()) == 1


def test_help_names_networks_methods_and_options(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as caught:
        main(["bench", "linearize", "--help"])
    assert caught.value.code == 0
    said = "".join(capsys.readouterr().out.split())
    assert ",".join(NETWORKS) in said
    assert ",".join(method_names()) in said
    assert all(option in said for option in ("--batches", "--device", "--threads", "--budget", "--out"))
