"""One cell of a benchmark: a network, a batch and a question; its methods are checked, then timed in turn."""

from collections.abc import Callable
from dataclasses import dataclass

import torch
from torch import Tensor

from ...conditions import Conditions
from ..conduct.check import quartiles, ratios
from ..conduct.contest import Contest, hold
from ..conduct.row import TimedRow, Where, shared_columns
from ..conduct.settings import Settings
from .rivals import FLOOR, OURS, QUESTIONS, Contender, Subject

TOLERANCE = 1e-3  # float32 rounding is 1e-6; a gate on its border may fall either way in two kernels


@dataclass(frozen=True)
class LinearizeRow(TimedRow):
    """A ``TimedRow`` with what was asked, and the time as a multiple of the floor's."""

    batch: int
    question: str
    classes: int
    chunk: int | None
    ratio_to_floor_median: float | None
    ratio_to_floor_q1: float | None
    ratio_to_floor_q3: float | None

    @property
    def cell(self) -> tuple[str, int, str]:
        """What was measured side by side: network, batch, question."""
        return (self.network, self.batch, self.question)


@dataclass(frozen=True)
class Trial:
    """What is measured: ``question`` is a key of ``QUESTIONS``, x the batch (N, *input_shape)."""

    network: str
    weights: str
    question: str
    subject: Subject
    x: Tensor


def measure_cell(
    trial: Trial, settings: Settings, conditions: Conditions, report: Callable[[str], None]
) -> list[LinearizeRow]:
    """Check the chosen methods against this library, then time them; a failure is a row with a note."""
    table = QUESTIONS[trial.question]
    methods = {name: table[name] for name in table if name in (FLOOR, *settings.methods)}

    def tell(what: str) -> None:
        report(f"{trial.network}, batch {len(trial.x)}, {trial.question}: {what}")

    part = trial.x[: trial.subject.chunk]

    def gap(name: str, result: Tensor, expected: Tensor) -> float:
        return deviation(result, expected * part[:, None] if methods[name].times_input else expected)

    contest = Contest(
        {name: _bound(method, trial, part) for name, method in methods.items()},
        {name: _bound(method, trial, trial.x) for name, method in methods.items()},
        OURS, _bound(table[OURS], trial, part), gap, TOLERANCE,
    )  # fmt: skip
    outcome = hold(contest, settings, conditions.device, tell)
    where = Where("linearize", trial.network, trial.weights, trial.x.dtype)
    floor = outcome.measurements[FLOOR].seconds
    rows = []
    for name, shared in shared_columns(where, outcome, settings, conditions).items():
        median, q1, q3 = quartiles(ratios(outcome.measurements[name].seconds, floor))
        rows.append(
            LinearizeRow(
                **shared,
                batch=len(trial.x),
                question=trial.question,
                classes=len(trial.subject.classes) if trial.question == "classes" else 1,
                chunk=None if name == OURS else trial.subject.chunk,
                ratio_to_floor_median=median,
                ratio_to_floor_q1=q1,
                ratio_to_floor_q3=q3,
            )
        )
    return rows


def _bound(method: Contender, trial: Trial, x: Tensor) -> Callable[[], Tensor]:
    return lambda: method.function(trial.subject, x)


def deviation(found: Tensor, expected: Tensor) -> float:
    """``max_n max|found_n - expected_n| / max|expected_n|``; NaN stays NaN, another shape is infinite."""
    if found.shape != expected.shape:
        return float("inf")
    gap = (found - expected).abs().flatten(1).amax(1)
    scale = expected.abs().flatten(1).amax(1)
    return float(torch.where(gap == 0, gap, gap / scale).max())
