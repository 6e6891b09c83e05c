"""``bench linearize``: the rivals compute what we compute, a wrong one is caught, nothing measured is lost.

No test looks at a time.
"""

import dataclasses
import re
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
import torch
from torch import Tensor, nn
from torch.autograd.functional import jacobian

import openbox
from evaluation.__main__ import main
from evaluation.bench import cell as cell_module
from evaluation.bench import timing
from evaluation.bench.cell import Cell, deviation, measure_cell
from evaluation.bench.check import quartiles
from evaluation.bench.memory import free_memory, is_out_of_memory, limited
from evaluation.bench.networks import NETWORKS, random_inputs
from evaluation.bench.report import format_cell
from evaluation.bench.results import Row, columns, merge, read_rows, write_rows
from evaluation.bench.rivals import FLOOR, OURS, QUESTIONS, Function, Method, Subject, method_names
from evaluation.bench.settings import FOLDER, Settings
from evaluation.conditions import Conditions, current_conditions

CASES = [(question, name) for question, methods in QUESTIONS.items() for name in methods]
CONDITIONS = Conditions("cpu", "Abacus (R) 2", 1, "2.15.0+cu1", "0123456789")


def silent(what: str) -> None:
    assert what


def subject(chunk: int, dtype: torch.dtype = torch.float64) -> tuple[Subject, Tensor]:
    """A small network with every kind of layer of the large ones; 3 of 5 outputs, a batch of 5."""
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(0)
        model = nn.Sequential(
            nn.Conv2d(2, 4, 3, padding=1), nn.BatchNorm2d(4), nn.ReLU(), nn.MaxPool2d(2), nn.Flatten(),
            nn.Linear(36, 5),
        )  # fmt: skip
        model(torch.rand(8, 2, 6, 6))  # batch-norm statistics
    model = model.to(dtype).eval().requires_grad_(False)
    x = random_inputs(5, (2, 6, 6)).to(dtype)
    return Subject(model, openbox.capture(model, x[:2]), [4, 0, 2], chunk), x


def settings(out: Path, methods: tuple[str, ...] = tuple(method_names()), repeats: int = 2) -> Settings:
    return Settings(("mlp",), (2,), methods, ("cpu",), repeats, 60, 0, 0, out)


def measured(question: str = "classes", repeats: int = 2) -> dict[str, Row]:
    opened, x = subject(2)
    cell = Cell("small", "random", question, opened, x)
    rows = measure_cell(cell, settings(Path(), repeats=repeats), CONDITIONS, silent)
    return {row.method: row for row in rows}


@pytest.fixture
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    """One call is one repetition: nothing here depends on how long it takes."""
    monkeypatch.setattr(timing, "WARM_UP", 0)
    monkeypatch.setattr(timing, "SHORTEST", 0)


def replace(monkeypatch: pytest.MonkeyPatch, name: str, function: Function) -> None:
    monkeypatch.setitem(QUESTIONS["classes"], name, Method(function, "a test's own"))


@pytest.mark.parametrize("chunk", [2, 5])
@pytest.mark.parametrize(("question", "name"), CASES)
def test_every_method_returns_the_jacobian(question: str, name: str, chunk: int) -> None:
    opened, x = subject(chunk)
    rows = torch.zeros(3 if question == "classes" else 1, 5, dtype=x.dtype)
    if question == "classes":
        rows[0, 4] = rows[1, 0] = rows[2, 2] = 1
    else:
        rows[0, 4], rows[0, 0] = 1, -1
    single = [jacobian(lambda one: opened.model(one[None])[0] @ rows.T, image) for image in x]
    expected = torch.stack([part for part in single if isinstance(part, Tensor)])
    method = QUESTIONS[question][name]
    if method.times_input:
        expected = expected * x[:, None]
    found = method.function(opened, x)
    assert found.shape == (5, len(rows), 2, 6, 6)
    assert not found.requires_grad
    assert deviation(found, expected) < 1e-12
    assert all(p.grad is None for p in opened.model.parameters())


@pytest.mark.parametrize("network", NETWORKS)
def test_the_networks_are_frozen_reproducible_and_not_trivial(network: str) -> None:
    entry = NETWORKS[network]
    model, again = entry.build(), entry.build()
    x = random_inputs(2, entry.shape)
    assert not model.training
    assert not any(p.requires_grad for p in model.parameters())
    assert {p.dtype for p in model.parameters()} == {torch.float32}
    with torch.no_grad():
        outputs = model(x)
        assert torch.equal(outputs, again(x))
    assert outputs.shape[1] >= entry.classes
    assert float((outputs[0] - outputs[1]).abs().max()) > 1e-3 * float(outputs.abs().max()), "it looks at x"
    for module in model.modules():
        if isinstance(module, nn.BatchNorm2d):
            assert module.running_var is not None
            assert float(module.running_var.std()) > 0


@pytest.mark.usefixtures("quick")
@pytest.mark.parametrize("question", QUESTIONS)
def test_a_cell_has_a_complete_row_for_every_method(question: str) -> None:
    rows = measured(question)
    assert list(rows) == list(QUESTIONS[question])
    for name, row in rows.items():
        assert (row.batch, row.question, row.repeats, row.note) == (5, question, 2, "")
        assert row.classes == (3 if question == "classes" else 1)
        assert row.chunk == (None if name == OURS else 2)
        assert (row.deviation is None) == (name == OURS)
        assert row.deviation is None or row.deviation < 1e-12
        assert None not in (row.seconds_median, row.seconds_q1, row.seconds_q3, row.ratio_to_floor_median)
    assert rows[FLOOR].ratio_to_floor_median == rows[FLOOR].ratio_to_floor_q3 == 1
    assert all(name in format_cell(list(rows.values())) for name in rows)


def _shuffled(opened: Subject, x: Tensor) -> Tensor:
    return QUESTIONS["classes"][FLOOR].function(opened, x).flip(1)


def _one_per_cent(opened: Subject, x: Tensor) -> Tensor:
    weight = QUESTIONS["classes"][FLOOR].function(opened, x).clone()
    weight[-1] *= 1.01  # one input only
    return weight


def _undefined(opened: Subject, x: Tensor) -> Tensor:
    return _shuffled(opened, x) * torch.nan


def _one_short(opened: Subject, x: Tensor) -> Tensor:
    return QUESTIONS["classes"][FLOOR].function(opened, x)[:, :1]


@pytest.mark.usefixtures("quick")
@pytest.mark.parametrize("wrong", [_shuffled, _one_per_cent, _undefined, _one_short])
def test_a_wrong_rival_is_not_timed(wrong: Function, monkeypatch: pytest.MonkeyPatch) -> None:
    replace(monkeypatch, "captum", wrong)
    rows = measured()
    assert rows["captum"].note.startswith("wrong: deviates by ")
    assert rows["captum"].seconds_median is rows["captum"].ratio_to_floor_median is None
    assert rows["captum"].repeats == 0
    assert "wrong: deviates" in format_cell([rows[FLOOR], rows["captum"]])
    assert all(row.note == "" for name, row in rows.items() if name != "captum")


def _raise(error: Exception) -> Function:
    def function(opened: Subject, x: Tensor) -> Tensor:
        raise error

    return function


def _huge(opened: Subject, x: Tensor) -> Tensor:
    return torch.empty(2**50)


@pytest.mark.usefixtures("quick")
@pytest.mark.parametrize(
    ("function", "note"),
    [
        (_raise(ValueError("no such layer\nand more")), "ValueError: no such layer"),
        (_raise(ImportError("No module named 'captum'")), "ImportError: No module named 'captum'"),
        (_raise(AssertionError()), "AssertionError"),
        (_huge, "out of memory ("),
    ],
)
def test_a_method_that_raises_is_a_row_with_a_note(
    function: Function, note: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    replace(monkeypatch, "captum", function)
    rows = measured()
    assert rows["captum"].note.startswith(note)
    assert rows["captum"].seconds_median is None
    assert all(row.repeats == 2 for name, row in rows.items() if name != "captum")


@pytest.mark.usefixtures("quick")
def test_a_method_that_fails_in_a_later_round_keeps_no_number(monkeypatch: pytest.MonkeyPatch) -> None:
    calls = []

    def third_time(opened: Subject, x: Tensor) -> Tensor:
        calls.append(len(x))
        if len(calls) == 3:  # the check, the first round, the second round
            raise RuntimeError("enough")
        return QUESTIONS["classes"][FLOOR].function(opened, x)

    replace(monkeypatch, "captum", third_time)
    rows = measured(repeats=4)
    assert calls == [2, 5, 5], "checked on a chunk, timed on the batch"
    assert (rows["captum"].note, rows["captum"].seconds_q1) == ("RuntimeError: enough", None)
    assert rows[OURS].repeats == 4


@pytest.mark.usefixtures("quick")
def test_nothing_is_timed_if_we_cannot_be_checked(monkeypatch: pytest.MonkeyPatch) -> None:
    replace(monkeypatch, OURS, _raise(ValueError("broken")))
    for row in measured().values():
        assert row.note == f"not timed: {OURS} failed the check (ValueError: broken)"
        assert row.seconds_median is row.deviation is None


@pytest.mark.usefixtures("quick")
def test_without_a_floor_there_are_times_and_no_ratios(monkeypatch: pytest.MonkeyPatch) -> None:
    replace(monkeypatch, FLOOR, _raise(ValueError("broken")))
    rows = measured()
    assert rows[OURS].seconds_median is not None
    assert rows[OURS].ratio_to_floor_median is None
    assert OURS in format_cell(list(rows.values()))


@pytest.mark.usefixtures("quick")
def test_a_round_runs_every_method_once_and_the_order_rotates() -> None:
    order: list[str] = []
    calls: dict[str, Callable[[], object]] = {
        name: (lambda name=name: order.append(name)) for name in ("a", "b", "c")
    }
    found = timing.measure(calls, 4, 60, "cpu", silent)
    assert "".join(order) == "abc" "bca" "cab" "abc"  # fmt: skip
    assert [len(measurement.seconds) for measurement in found.values()] == [4, 4, 4]


def test_short_calls_are_repeated_within_a_repetition(monkeypatch: pytest.MonkeyPatch) -> None:
    clock = iter(range(10**6))
    monkeypatch.setattr(timing.time, "perf_counter", lambda: next(clock) / 1000)
    order: list[str] = []
    found = timing.measure({"a": lambda: order.append("a")}, 3, 60, "cpu", silent)
    assert len(order) == 1 + 3 * 50, "one call takes 1 ms by this clock: 50 make 50 ms"
    assert found["a"].seconds == pytest.approx([1 / 1000 / 50] * 3)


@pytest.mark.usefixtures("quick")
def test_the_budget_lowers_the_repetitions_and_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    opened, x = subject(5)
    tight = dataclasses.replace(settings(Path(), (OURS,), 7), budget=1e-9)
    rows = measure_cell(Cell("small", "random", "classes", opened, x), tight, CONDITIONS, silent)
    assert [row.method for row in rows] == [FLOOR, OURS]
    assert {row.note for row in rows} == {"1 of 7 repetitions: budget 1e-09 s"}


def test_deviation_and_quartiles() -> None:
    expected = torch.tensor([[[1.0, -4.0]], [[0.0, 0.0]]])
    assert deviation(expected, expected) == 0
    assert deviation(expected + torch.tensor([[[1.0, 0.0]], [[0.0, 0.0]]]), expected) == 0.25
    assert deviation(expected + torch.tensor([[[0.0, 0.0]], [[0.0, 1e-9]]]), expected) == float("inf")
    assert deviation(expected[:1], expected) == float("inf")
    assert quartiles([4.0, 1.0, 2.0, 3.0, 5.00001]) == (3.0, 2.0, 4.0)
    assert quartiles([]) == (None, None, None)


def test_a_limit_raises_and_is_given_back() -> None:
    assert free_memory() > 2**29, "this test needs half a GiB"
    with limited(2**27), pytest.raises(RuntimeError) as caught:
        torch.ones(2**27)  # 512 MiB
    assert is_out_of_memory(caught.value)
    assert not is_out_of_memory(RuntimeError("shape mismatch"))
    torch.ones(2**26)


def test_rows_survive_the_file_and_a_cell_is_replaced_as_a_whole(tmp_path: Path) -> None:
    path = tmp_path / "table.csv"
    row = Row(
        "linearize", "mlp", 'odd, "quoted"', 1, "classes", 10, OURS, "cpu", "Abacus", 2, "float32", "2.15",
        None, 3, 1.5e-05, 0.001, 0.0023, 1.25, 1.0, 2.0, None, "note, with comma", "abc", "2026-01-01",
    )  # fmt: skip
    failed = dataclasses.replace(row, method="captum", chunk=4, seconds_median=None, ratio_to_floor_q1=None)
    other = dataclasses.replace(row, batch=16)
    merge(path, [row, failed])
    merge(path, [other])
    assert read_rows(path, Row) == [row, failed, other]
    newer = dataclasses.replace(row, timestamp="later")
    merge(path, [newer])
    assert read_rows(path, Row) == [newer, other]
    assert [file.name for file in tmp_path.iterdir()] == ["table.csv"]


def test_the_readme_lists_exactly_the_columns_and_the_methods() -> None:
    text = (FOLDER / "README.md").read_text().split("\n# flip\n")[0]
    listed = re.findall(r"^\| `(\w+)` \|", text.split("## Columns")[1], re.MULTILINE)
    assert tuple(listed) == columns(Row)
    methods = re.findall(r"^\| `(\w+)` \|", text.split("## Columns")[0], re.MULTILINE)
    assert methods == method_names()


def test_the_committed_tables_are_of_this_format_and_named_by_their_conditions() -> None:
    assert CONDITIONS.file_name("linearize") == "linearize-cpu-abacus-r-2-torch2.15-threads1.csv"
    assert current_conditions("cpu").processor
    for path in FOLDER.glob("linearize-*.csv"):
        for row in read_rows(path, Row):
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
    rows = read_rows(path, Row)
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

    monkeypatch.setattr(cell_module, "measure", interrupted)
    assert main(words(tmp_path, "--methods", OURS)) == 130
    line = capsys.readouterr().err.strip()
    if after == 0:
        assert line == "interrupted; no cell was finished"
        assert not list(tmp_path.iterdir())
    else:
        (path,) = tmp_path.iterdir()
        assert line == f"interrupted; {path} keeps the 1 of 2 cells that were finished"
        assert [(row.question, row.method) for row in read_rows(path, Row)] == [
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
    "negative chunk": (["--chunk", "-1"], "--chunk -1; neither may be negative"),
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
        (",".join(columns(Row)) + "\n1,2\n", "is damaged"),
    ):
        csv.write_text(content)
        assert main(words(tmp_path)) == 2
        said = capsys.readouterr().err.strip()
        assert str(csv) in said
        assert message in said
        assert len(said.splitlines()) == 1
        assert csv.read_text() == content
    write_rows(csv, [], Row)
    assert read_rows(csv, Row) == []


@pytest.mark.skipif(torch.cuda.is_available(), reason="there is a GPU: nothing to refuse")
def test_cuda_that_is_not_there_is_said(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(words(tmp_path / "out", "--device", "cpu,cuda")) == 2
    assert "no CUDA device here; use --device cpu" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("given", "message"),
    [
        ([], "the following arguments are required: COMMAND"),
        (["bench"], "the following arguments are required: BENCHMARK"),
        (["bench", "flip2"], "invalid choice: 'flip2' (choose from 'flip', 'linearize')"),
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
