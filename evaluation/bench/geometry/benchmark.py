"""Benchmark ``geometry``: exits, row norms, slices, segments and counterfactuals, each against its rival.

python -m evaluation bench geometry
"""

import argparse
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import torch

from openbox.module.precision import exact_math

from ...conditions import Conditions
from ..conduct.check import quartiles, ratios, rounded
from ..conduct.contest import Outcome, hold
from ..conduct.row import TimedRow, Where, shared_columns
from ..conduct.session import Benchmark, Report, run_benchmark
from ..conduct.settings import Settings, declare_conduct, read_conduct
from ..conduct.timing import Timing
from .choice import Make, declare_choice, read_choice
from .task import OURS, Counts, Task

SUMMARY = "exits, row norms, slices, segments and counterfactuals, each against its rival"
LEGEND = (
    "all in float64; x base: seconds over those of the cell's base in the same round, median and quartiles\n"
    "each/s: things counted a second; passes: forward passes by operations (segment: of all breakpoints)\n"
    f"farther: distance over {OURS}'s; deviation: of the answer from {OURS}'s"
)


@dataclass(frozen=True)
class GeometryRow(TimedRow):
    """A ``TimedRow`` with what was counted, see ``Counts``, and the time relative to that of ``base``."""

    part: str
    data: str
    setting: str
    base: str
    ratio_to_base_median: float | None
    ratio_to_base_q1: float | None
    ratio_to_base_q3: float | None
    count: int | None
    measured: int | None
    per_second: float | None
    passes: float | None
    farther_median: float | None
    farther_q1: float | None
    farther_q3: float | None
    not_nearer: float | None
    success: float | None

    @property
    def cell(self) -> tuple[str, str, str, str]:
        """What was measured side by side: part, network, data, setting."""
        return (self.part, self.network, self.data, self.setting)


def declare(parser: argparse.ArgumentParser) -> None:
    """Declare the options."""
    declare_choice(parser)
    declare_conduct(parser, 120)


def run(options: argparse.Namespace) -> int:
    """Time, print and write; returns the exit code. Raises ``OpenBoxError`` for a mistake."""
    settings = read_conduct("bench geometry", options)
    cells = read_choice("bench geometry", options).cells()
    return run_benchmark(
        Benchmark("geometry", GeometryRow, len(cells), LEGEND, format_cell),
        settings,
        lambda conditions, report: measure_cells(cells, settings, conditions, report),
    )


def measure_cells(
    cells: Sequence[Make], settings: Settings, conditions: Conditions, report: Report
) -> Iterator[list[GeometryRow]]:
    """The rows of one cell after the other."""
    for make in cells:
        report("capture")
        yield measure_cell(make(conditions.device), settings, conditions, report)


def measure_cell(task: Task, settings: Settings, conditions: Conditions, report: Report) -> list[GeometryRow]:
    """Check the methods, time them, and count what they did; a failure is a row with a note."""
    name = f"{task.part}, {task.subject.name}, {task.setting}"

    def tell(what: str) -> None:
        report(f"{name}: {what}")

    outcome = hold(task.contest, settings, conditions.device, tell)
    tell("count")
    with exact_math():
        timed = [name for name, measurement in outcome.measurements.items() if measurement.seconds]
        facts = {name: task.facts(name) for name in timed}
    outcome = scaled(outcome, facts)
    where = Where("geometry", task.subject.name, task.subject.entry.weights, torch.float64)
    base = outcome.measurements.get(task.base, Timing()).seconds
    rows = []
    for name, shared in shared_columns(where, outcome, settings, conditions).items():
        fact, seconds = facts.get(name), outcome.measurements[name].seconds
        median, q1, q3 = quartiles(ratios(seconds, base))
        middle = quartiles(seconds)[0]
        farther = quartiles(list(fact.farther)) if fact else (None, None, None)
        notes = [note for note in (shared["note"], fact.note if fact else "") if note]
        own: dict[str, Any] = {**shared, "note": "; ".join(notes)}
        rows.append(
            GeometryRow(
                **own,
                part=task.part,
                data=task.data,
                setting=task.setting,
                base=task.base,
                ratio_to_base_median=median,
                ratio_to_base_q1=q1,
                ratio_to_base_q3=q3,
                count=fact.count if fact else None,
                measured=fact.measured if fact else None,
                per_second=rounded(fact.count / middle) if fact and middle else None,
                passes=rounded(fact.passes) if fact else None,
                farther_median=farther[0],
                farther_q1=farther[1],
                farther_q3=farther[2],
                not_nearer=rounded(fact.not_nearer) if fact else None,
                success=rounded(fact.success) if fact else None,
            )
        )
    return rows


def scaled(outcome: Outcome, facts: Mapping[str, Counts]) -> Outcome:
    """With the seconds for all that there is to count, where the clock saw a sample of it."""
    found = dict(outcome.measurements)
    for name, fact in facts.items():
        times = fact.count / fact.measured
        found[name] = Timing([times * seconds for seconds in found[name].seconds])
    return replace(outcome, measurements=found)


def format_cell(rows: list[GeometryRow]) -> str:
    """The rows of one cell as a small table under a line that says what was measured."""
    first = rows[0]
    lines = [
        "",
        f"{first.part}: {first.network} ({first.weights}), {first.setting}, {first.data} inputs",
        f"  {'':<18} {'seconds':>9} {'x base':>9}  {'quartiles':<19} {'count':>7} {'each/s':>8} passes",
    ]
    for row in rows:
        if row.seconds_median is None:
            lines.append(f"  {row.method:<18} {'-':>9}  {row.note}")
            continue
        spread = ""
        if row.ratio_to_base_q1 is not None and row.repeats > 1:
            spread = f"{row.ratio_to_base_q1:.3g} - {row.ratio_to_base_q3:.3g}"
        line = (
            f"  {row.method:<18} {row.seconds_median:>9.3g} {_number(row.ratio_to_base_median):>9}  "
            f"{spread:<19} {row.count:>7} {_number(row.per_second):>8} {_number(row.passes):>6}  "
            f"{'; '.join(_remarks(row))}"
        )
        lines.append(line.rstrip())
    return "\n".join(lines)


def _remarks(row: GeometryRow) -> list[str]:
    said = []
    if row.farther_median is not None:
        said.append(f"{row.farther_median:.3f} times as far as {OURS}, not nearer at {row.not_nearer:.0%}")
    if row.success is not None:
        said.append(f"found at {row.success:.0%}")
    if row.deviation is not None:
        said.append(f"deviation {row.deviation:.0e}")
    return [*said, *([row.note] if row.note else [])]


def _number(value: float | None) -> str:
    return "" if value is None else f"{value:.3g}" if value < 1000 else f"{value:.0f}"
