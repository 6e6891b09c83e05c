"""Benchmark ``app``: the app from a cold start, and from a click to the next exact map.

python -m evaluation bench app
"""

import argparse
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import torch

import openbox

from ...conditions import Conditions
from ..conduct.check import quartiles
from ..conduct.contest import Outcome
from ..conduct.networks import DIGITS, random_inputs
from ..conduct.row import TimedRow, Where, shared_columns
from ..conduct.session import Benchmark, Report, run_benchmark
from ..conduct.settings import Settings, declare_conduct, read_conduct
from ..conduct.timing import Timing, measure, warm_up
from .visits import browser, cold

SUMMARY = "the app in a browser: a cold start, and a click until the next exact map"
BUDGET = 600.0  # seconds
MODEL = "the map alone"
CLICKS = ("next map", "next map beside LIME")
LEGEND = "seconds, medians and quartiles; share: what of a click is not the network's own map"


@dataclass(frozen=True)
class AppRow(TimedRow):
    """A ``TimedRow`` with the share of the seconds that is not the library's map."""

    share_not_model: float | None


def declare(parser: argparse.ArgumentParser) -> None:
    """Declare the options."""
    declare_conduct(parser, BUDGET)


def run(options: argparse.Namespace) -> int:
    """Time, print and write; returns the exit code. Raises ``OpenBoxError`` for a mistake."""
    settings = read_conduct("bench app", options)
    return run_benchmark(
        Benchmark("app", AppRow, 1, LEGEND, format_cell),
        settings,
        lambda conditions, report: measure_cells(settings, conditions, report),
    )


def measure_cells(settings: Settings, conditions: Conditions, report: Report) -> Iterator[list[AppRow]]:
    """The rows of the page Explain with the digits."""
    found: dict[str, Timing] = {}
    with browser() as visitor:
        for number in range(settings.repeats):
            report(f"start {number + 1}/{settings.repeats}")
            with tempfile.TemporaryDirectory() as folder:
                for name, seconds in cold(visitor, Path(folder)).items():
                    found.setdefault(name, Timing()).seconds.append(seconds)
    found |= _map_alone(settings, report)
    yield rows(found, settings, conditions)


def _map_alone(settings: Settings, report: Report) -> dict[str, Timing]:
    net = openbox.capture(DIGITS.build(), random_inputs(1, DIGITS.shape))
    x = random_inputs(1, DIGITS.shape)
    row = torch.eye(net.outputs)[None, :1]
    warm_up(lambda: net.readout(x, row).weight, "cpu")
    return measure({MODEL: lambda: net.readout(x, row)}, settings.repeats, settings.budget, "cpu", report)


def rows(found: dict[str, Timing], settings: Settings, conditions: Conditions) -> list[AppRow]:
    """What was timed, as rows."""
    outcome = Outcome(found, dict.fromkeys(found), 0)
    where = Where("app", "digits", DIGITS.weights, torch.float32)
    alone = quartiles(found[MODEL].seconds)[0]
    made: list[AppRow] = []
    for name, shared in shared_columns(where, outcome, settings, conditions).items():
        median = shared["seconds_median"]
        share = 1 - alone / median if name in CLICKS and alone and median else None
        made.append(AppRow(**shared, share_not_model=None if share is None else round(share, 4)))
    return made


def format_cell(rows: list[AppRow]) -> str:
    """The rows as a small table."""
    lines = [
        "",
        f"{rows[0].network} ({rows[0].weights})",
        f"  {'':<22} {'seconds':>9}  {'quartiles':<17} share",
    ]
    for row in rows:
        if row.seconds_median is None:
            lines.append(f"  {row.method:<22} {'-':>9}  {row.note}")
            continue
        spread = f"{row.seconds_q1:.3g} - {row.seconds_q3:.3g}"
        share = "" if row.share_not_model is None else f"{row.share_not_model:.1%}".replace("%", " %")
        lines.append(f"  {row.method:<22} {row.seconds_median:>9.3g}  {spread:<17} {share}".rstrip())
    return "\n".join(lines)
