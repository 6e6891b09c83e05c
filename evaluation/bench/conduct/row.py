"""``TimedRow``: the columns that a method's row has in every benchmark; a benchmark adds its own."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import torch

from ...conditions import Conditions
from .check import note, quartiles, rounded
from .contest import Outcome
from .settings import Settings


@dataclass(frozen=True)
class TimedRow:
    """One method in one cell; what each column means stands in ``evaluation/benchmarks/README.md``."""

    benchmark: str
    network: str
    weights: str
    method: str
    device: str
    processor: str
    threads: int
    dtype: str
    torch: str
    repeats: int
    seconds_median: float | None
    seconds_q1: float | None
    seconds_q3: float | None
    deviation: float | None
    note: str
    git_sha: str
    timestamp: str

    @property
    def cell(self) -> tuple[object, ...]:
        """What was measured side by side; a benchmark that asks more of a network says what."""
        return (self.network,)


@dataclass(frozen=True)
class Where:
    """What all rows of a cell share: the benchmark, the network with its weights, and their ``dtype``."""

    benchmark: str
    network: str
    weights: str
    dtype: torch.dtype


def shared_columns(
    where: Where, outcome: Outcome, settings: Settings, conditions: Conditions
) -> Mapping[str, dict[str, Any]]:
    """By method, in the order of the outcome: the fields of its ``TimedRow``, to which a row adds its own."""
    now = datetime.now(UTC).isoformat(timespec="seconds")
    found = {}
    for name, measurement in outcome.measurements.items():
        row = TimedRow(
            where.benchmark, where.network, where.weights, name, conditions.device, conditions.processor,
            conditions.threads, str(where.dtype).removeprefix("torch."), conditions.torch,
            len(measurement.seconds), *quartiles(measurement.seconds), rounded(outcome.deviations[name]),
            note(measurement, settings, outcome.free), conditions.git_sha, now,
        )  # fmt: skip
        found[name] = vars(row)
    return found
