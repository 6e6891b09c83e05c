"""``bench linearize``: the rivals compute what we compute, a wrong one is caught and never timed.

No test looks at a time.
"""

import dataclasses
from collections.abc import Callable
from pathlib import Path

import pytest
import torch
from bench_cases import CASES, CONDITIONS
from torch import Tensor, nn
from torch.autograd.functional import jacobian

import openbox
from evaluation.bench.conduct import timing
from evaluation.bench.conduct.check import quartiles
from evaluation.bench.conduct.memory import free_memory, is_out_of_memory, limited
from evaluation.bench.conduct.networks import NETWORKS, random_inputs
from evaluation.bench.conduct.settings import Settings
from evaluation.bench.linearize.report import format_cell
from evaluation.bench.linearize.rivals import (
    FLOOR,
    OURS,
    QUESTIONS,
    Contender,
    Function,
    Subject,
    method_names,
)
from evaluation.bench.linearize.trial import LinearizeRow, Trial, deviation, measure_cell


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


def measured(question: str = "classes", repeats: int = 2) -> dict[str, LinearizeRow]:
    opened, x = subject(2)
    trial = Trial("small", "random", question, opened, x)
    rows = measure_cell(trial, settings(Path(), repeats=repeats), CONDITIONS, silent)
    return {row.method: row for row in rows}


def replace(monkeypatch: pytest.MonkeyPatch, name: str, function: Function) -> None:
    monkeypatch.setitem(QUESTIONS["classes"], name, Contender(function, "a test's own"))


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
    rows = measure_cell(Trial("small", "random", "classes", opened, x), tight, CONDITIONS, silent)
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
