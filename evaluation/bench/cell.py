"""One cell of a benchmark: a network, a batch and a question; its methods are checked, then timed in turn."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime

import torch
from torch import Tensor

from evaluation.bench.check import check, note, quartiles, ratios, room, rounded
from evaluation.bench.memory import limited
from evaluation.bench.results import Row
from evaluation.bench.rivals import FLOOR, OURS, QUESTIONS, Method, Subject
from evaluation.bench.settings import Settings
from evaluation.bench.timing import measure
from evaluation.conditions import Conditions
from openbox.precision import exact_math

TOLERANCE = 1e-3  # float32 rounding is 1e-6; a gate on its border may fall either way in two kernels


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

    part = cell.x[: cell.subject.chunk]

    def gap(name: str, result: Tensor, expected: Tensor) -> float:
        return deviation(result, expected * part[:, None] if methods[name].times_input else expected)

    free = room(conditions.device)
    with exact_math(), limited(free):
        first = {name: _bound(method, cell, part) for name, method in methods.items()}
        found, deviations = check(
            first, OURS, _bound(table[OURS], cell, part), gap, TOLERANCE, conditions.device, tell
        )
        calls = {
            name: _bound(method, cell, cell.x) for name, method in methods.items() if not found[name].failure
        }
        found |= measure(calls, settings.repeats, settings.budget, conditions.device, tell)
    now = datetime.now(UTC).isoformat(timespec="seconds")
    rows = []
    for name, measurement in found.items():
        seconds = measurement.seconds
        rows.append(
            Row(
                "linearize", cell.network, cell.weights, len(cell.x), cell.question,
                len(cell.subject.classes) if cell.question == "classes" else 1, name,
                conditions.device, conditions.processor, conditions.threads,
                str(cell.x.dtype).removeprefix("torch."), conditions.torch,
                None if name == OURS else cell.subject.chunk, len(seconds),
                *quartiles(seconds), *quartiles(ratios(seconds, found[FLOOR].seconds)),
                rounded(deviations[name]), note(measurement, settings, free), conditions.git_sha, now,
            )
        )  # fmt: skip
    return rows


def _bound(method: Method, cell: Cell, x: Tensor) -> Callable[[], Tensor]:
    return lambda: method.function(cell.subject, x)


def deviation(found: Tensor, expected: Tensor) -> float:
    """``max_n max|found_n - expected_n| / max|expected_n|``; NaN stays NaN, another shape is infinite."""
    if found.shape != expected.shape:
        return float("inf")
    gap = (found - expected).abs().flatten(1).amax(1)
    scale = expected.abs().flatten(1).amax(1)
    return float(torch.where(gap == 0, gap, gap / scale).max())
