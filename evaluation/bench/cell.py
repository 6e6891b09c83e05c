"""One cell of a benchmark: a network, a batch and a question; its methods are checked, then timed in turn."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime

import numpy as np
import torch
from torch import Tensor

from evaluation.bench.memory import free_memory, limited
from evaluation.bench.results import Row
from evaluation.bench.rivals import FLOOR, OURS, QUESTIONS, Method, Subject
from evaluation.bench.settings import Settings
from evaluation.bench.timing import OUT_OF_MEMORY, Measurement, measure, warm_up
from evaluation.conditions import Conditions
from openbox.precision import exact_math

TOLERANCE = 1e-3  # float32 rounding is 1e-6; a gate on its border may fall either way in two kernels
RESERVE = 2**31  # bytes of memory that a method must leave to the machine


@dataclass(frozen=True)
class Cell:
    """What is measured: ``question`` is a key of ``QUESTIONS``, x the batch (N, *input_shape)."""

    network: str
    weights: str
    question: str
    subject: Subject
    x: Tensor


def measure_cell(
    cell: Cell, settings: Settings, conditions: Conditions, report: Callable[[str], None]
) -> list[Row]:
    """Check the chosen methods against this library, then time them; a failure is a row with a note."""
    table = QUESTIONS[cell.question]
    methods = {name: table[name] for name in table if name in (FLOOR, *settings.methods)}
    where = f"{cell.network}, batch {len(cell.x)}, {cell.question}"

    def tell(what: str) -> None:
        report(f"{where}: {what}")

    room = free_memory() - RESERVE if conditions.device == "cpu" else 0
    with exact_math(), limited(room):
        found, deviations = _check(cell, methods, conditions.device, tell)
        calls = {
            name: (lambda method=method: method.function(cell.subject, cell.x))
            for name, method in methods.items()
            if not found[name].failure
        }
        found |= measure(calls, settings.repeats, settings.budget, conditions.device, tell)
    now = datetime.now(UTC).isoformat(timespec="seconds")
    rows = []
    for name, measurement in found.items():
        seconds, floor = measurement.seconds, found[FLOOR].seconds
        ratios = [s / least for s, least in zip(seconds, floor, strict=True)] if floor and seconds else []
        rows.append(
            Row(
                "linearize", cell.network, cell.weights, len(cell.x), cell.question,
                len(cell.subject.classes) if cell.question == "classes" else 1, name,
                conditions.device, conditions.processor, conditions.threads,
                str(cell.x.dtype).removeprefix("torch."), conditions.torch,
                None if name == OURS else cell.subject.chunk, len(seconds),
                *quartiles(seconds), *quartiles(ratios), _rounded(deviations[name]),
                _note(measurement, settings, room), conditions.git_sha, now,
            )
        )  # fmt: skip
    return rows


def _check(
    cell: Cell, methods: dict[str, Method], device: str, report: Callable[[str], None]
) -> tuple[dict[str, Measurement], dict[str, float | None]]:
    """Warm up every method on the first chunk and compare what it returns with this library's weights."""
    found = {name: Measurement() for name in methods}
    deviations: dict[str, float | None] = dict.fromkeys(methods)
    part = cell.x[: cell.subject.chunk]
    report(f"check {OURS}")
    try:
        expected = warm_up(lambda: QUESTIONS[cell.question][OURS].function(cell.subject, part), device)
    except Exception as error:  # any failure is a note: nothing is timed unchecked
        reference = Measurement()
        reference.fail(error)
        for name in methods:
            found[name].failure = f"not timed: {OURS} failed the check ({reference.failure})"
        return found, deviations
    for name, method in methods.items():
        if name == OURS:
            continue
        report(f"check {name}")
        try:
            result = warm_up(lambda method=method: method.function(cell.subject, part), device)
        except Exception as error:  # a rival may fail in any way: its row says how
            found[name].fail(error)
            continue
        gap = deviation(result, expected * part[:, None] if method.times_input else expected)
        deviations[name] = gap
        if not gap <= TOLERANCE:
            found[name].failure = f"wrong: deviates by {gap:.1e} from {OURS}; not timed"
    return found, deviations


def deviation(found: Tensor, expected: Tensor) -> float:
    """``max_n max|found_n - expected_n| / max|expected_n|``; NaN stays NaN, another shape is infinite."""
    if found.shape != expected.shape:
        return float("inf")
    gap = (found - expected).abs().flatten(1).amax(1)
    scale = expected.abs().flatten(1).amax(1)
    return float(torch.where(gap == 0, gap, gap / scale).max())


def quartiles(values: list[float]) -> tuple[float | None, float | None, float | None]:
    """Median, first and third quartile to four digits; three times None of no values."""
    if not values:
        return None, None, None
    q1, median, q3 = np.quantile(values, [0.25, 0.5, 0.75])
    return _rounded(median), _rounded(q1), _rounded(q3)


def _note(measurement: Measurement, settings: Settings, room: int) -> str:
    if measurement.failure == OUT_OF_MEMORY and room > 0:
        return f"{OUT_OF_MEMORY} ({room / 2**30:.1f} GiB were free)"
    if measurement.failure or len(measurement.seconds) == settings.repeats:
        return measurement.failure
    return f"{len(measurement.seconds)} of {settings.repeats} repetitions: budget {settings.budget:g} s"


def _rounded(value: float | None) -> float | None:
    return None if value is None else float(f"{value:.4g}")
