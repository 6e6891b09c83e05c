"""Benchmark ``flip``: pixel flipping by this library and by Quantus, against bare forward passes.

python -m evaluation bench flip
"""

import argparse
from collections.abc import Callable, Iterator
from dataclasses import dataclass

import torch
from torch import Tensor

from ...conditions import Conditions
from ..conduct.check import quartiles, ratios, rounded
from ..conduct.contest import Contest, hold
from ..conduct.networks import NETWORKS, random_inputs
from ..conduct.row import TimedRow, Where, shared_columns
from ..conduct.session import Benchmark, Report, run_benchmark
from ..conduct.settings import Defaults, Settings, declare_settings, read_counts, read_settings
from .flippers import FLIPPERS, FLOOR, OURS, Flipping, flipping

SUMMARY = "pixel flipping against a bare loop of forward passes, and against Quantus"
DEFAULTS = Defaults(
    tuple(FLIPPERS), ("cnn28", "resnet20"), "16,64,256", 120, "how many images are flipped",
    "images through the network at once; 0: the forward's best",
)  # fmt: skip
TOLERANCE = 1e-5  # of a probability
CHECKED = 16  # images whose curves are compared before the clock starts
LEGEND = (
    "images/s: altered images a second; of floor: share of the bare loop's in the same round\n"
    f"medians and quartiles; deviation: of the probabilities from those of {OURS}"
)


@dataclass(frozen=True)
class FlipRow(TimedRow):
    """A ``TimedRow`` with what was flipped, and the speed as a share of the floor's."""

    images: int
    steps: int
    batch: int
    memory_format: str
    images_per_second: float | None
    share_of_floor_median: float | None
    share_of_floor_q1: float | None
    share_of_floor_q3: float | None

    @property
    def cell(self) -> tuple[str, int, int]:
        """What was measured side by side: network, images, steps."""
        return (self.network, self.images, self.steps)


def declare(parser: argparse.ArgumentParser) -> None:
    """Declare the options."""
    declare_settings(parser, DEFAULTS)
    parser.add_argument("--steps", default="4,16", metavar="LIST", help="in how many steps")


def run(options: argparse.Namespace) -> int:
    """Time, print and write; returns the exit code. Raises ``OpenBoxError`` for a mistake."""
    settings = read_settings("bench flip", options, DEFAULTS.methods)
    steps = read_counts("bench flip", "--steps", options.steps)
    cells = len(settings.networks) * len(settings.batches) * len(steps)
    return run_benchmark(
        Benchmark("flip", FlipRow, cells, LEGEND, format_cell),
        settings,
        lambda conditions, report: measure_cells(settings, steps, conditions, report),
    )


def measure_cells(
    settings: Settings, steps: tuple[int, ...], conditions: Conditions, report: Report
) -> Iterator[list[FlipRow]]:
    """The rows of one cell after the other: networks, then images, then steps."""
    device = conditions.device
    for name in settings.networks:
        network = NETWORKS[name]
        last = torch.channels_last
        model = network.build().to(memory_format=last).to(device)
        for count in settings.batches:
            x = random_inputs(count, network.shape).to(device).contiguous(memory_format=last)
            maps = torch.randn((count, *network.shape[1:]), generator=torch.Generator().manual_seed(1)).to(
                device
            )
            batch = settings.chunk or network.chunk
            for number in steps:
                whole = flipping(model, x, maps, number, batch)
                first = flipping(model, x[:CHECKED], maps[:CHECKED], number, batch)
                yield measure_cell(name, network.weights, whole, first, settings, conditions, report)


def measure_cell(
    network: str,
    weights: str,
    work: Flipping,
    first: Flipping,
    settings: Settings,
    conditions: Conditions,
    report: Report,
) -> list[FlipRow]:
    """Check the chosen methods on ``first``, a few images of ``work``, then time them on all of it."""
    names = [name for name in FLIPPERS if name in (FLOOR, *settings.methods)]
    count = len(work.case.x)

    def tell(what: str) -> None:
        report(f"{network}, {count} images, {work.steps} steps: {what}")

    contest = Contest(
        {name: _bound(name, first) for name in names}, {name: _bound(name, work) for name in names},
        OURS, _bound(OURS, first), _gap, TOLERANCE,
    )  # fmt: skip
    outcome = hold(contest, settings, conditions.device, tell)
    where = Where("flip", network, weights, work.case.x.dtype)
    floor = outcome.measurements[FLOOR].seconds
    rows = []
    for name, shared in shared_columns(where, outcome, settings, conditions).items():
        seconds = outcome.measurements[name].seconds
        whole, (median, q1, q3) = quartiles(seconds)[0], quartiles(ratios(floor, seconds))
        rows.append(
            FlipRow(
                **shared,
                images=count,
                steps=work.steps,
                batch=work.case.batch,
                memory_format="channels_last",
                images_per_second=rounded(work.altered / whole) if whole else None,
                share_of_floor_median=median,
                share_of_floor_q1=q1,
                share_of_floor_q3=q3,
            )
        )
    return rows


def _bound(name: str, work: Flipping) -> Callable[[], Tensor]:
    return lambda: FLIPPERS[name].function(work)


def _gap(name: str, result: Tensor, expected: Tensor) -> float | None:
    if name == FLOOR:
        return None  # it answers nothing
    return float((result - expected).abs().max()) if result.shape == expected.shape else float("inf")


def format_cell(rows: list[FlipRow]) -> str:
    """The rows of one cell as a small table under a line that says what was measured."""
    first = rows[0]
    what = f"{first.images} images, {first.steps} steps, MoRF and LeRF, black, batch {first.batch}"
    lines = [
        "",
        f"{first.network} ({first.weights}), {what}",
        f"  {'':<10} {'images/s':>9} {'of floor':>9}  {'quartiles':<13} deviation",
    ]
    for row in rows:
        if row.images_per_second is None:
            lines.append(f"  {row.method:<10} {'-':>9}  {row.note}")
            continue
        share, spread = "", ""
        if row.share_of_floor_median is not None:
            share = f"{row.share_of_floor_median:.2f}"
            spread = f"{row.share_of_floor_q1:.2f} - {row.share_of_floor_q3:.2f}"
        far = "" if row.deviation is None else f"{row.deviation:.0e}"
        line = (
            f"  {row.method:<10} {row.images_per_second:>9.0f} {share:>9}  {spread:<13} {far:>9}  {row.note}"
        )
        lines.append(line.rstrip())
    return "\n".join(lines)
