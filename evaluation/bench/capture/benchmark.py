"""Benchmark ``capture``: the first capture of a network against ``torch.export.export`` alone.

python -m evaluation bench capture
"""

import argparse
import copy
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace

import torch
import torchvision
from torch import Tensor, nn
from torch.export import Dim, ExportedProgram, export

import openbox

from ...conditions import Conditions
from ..conduct.check import quartiles, ratios, rounded
from ..conduct.contest import Outcome
from ..conduct.networks import NETWORKS, TimedNetwork, random_inputs
from ..conduct.row import TimedRow, Where, shared_columns
from ..conduct.session import Benchmark, Report, run_benchmark
from ..conduct.settings import Settings, declare_conduct, read_conduct, read_names
from ..conduct.timing import Timing, measure, warm_up

SUMMARY = "the first capture of a network against torch.export.export alone"
FLOOR, OURS = "export", "openbox"
BUDGET = 300.0  # seconds
EXAMPLE = 2  # inputs; a batch of one is traced as one
LEGEND = (
    "ms: of one capture of a module that was never seen; of floor: against the export in the same round\n"
    "medians and quartiles; deviation: the largest error of a certificate in float64"
)


def _random(name: str) -> TimedNetwork:
    def build() -> nn.Module:
        with torch.random.fork_rng(devices=[]):
            torch.manual_seed(0)
            return torchvision.models.get_model(name, weights=None).eval().requires_grad_(False)

    return TimedNetwork(build, (3, 224, 224), 10, "random weights", 1)


CAPTURED: dict[str, TimedNetwork] = {
    **NETWORKS,
    "resnet34": _random("resnet34"),
    "densenet121": _random("densenet121"),
    "mobilenet_v2": _random("mobilenet_v2"),
    "vgg16_bn": _random("vgg16_bn"),
}


@dataclass(frozen=True)
class CaptureRow(TimedRow):
    """A ``TimedRow`` with the time as a multiple of the floor's."""

    ratio_to_floor_median: float | None
    ratio_to_floor_q1: float | None
    ratio_to_floor_q3: float | None


def declare(parser: argparse.ArgumentParser) -> None:
    """Declare the options."""
    parser.add_argument("--networks", default=",".join(CAPTURED), metavar="LIST", help="which networks")
    declare_conduct(parser, BUDGET)


def run(options: argparse.Namespace) -> int:
    """Time, print and write; returns the exit code. Raises ``OpenBoxError`` for a mistake."""
    settings = replace(
        read_conduct("bench capture", options),
        networks=read_names("bench capture", "network", "--networks", options.networks, CAPTURED),
    )
    return run_benchmark(
        Benchmark("capture", CaptureRow, len(settings.networks), LEGEND, format_cell),
        settings,
        lambda conditions, report: measure_cells(settings, conditions, report),
    )


def measure_cells(settings: Settings, conditions: Conditions, report: Report) -> Iterator[list[CaptureRow]]:
    """The rows of one network after the other."""
    for name in settings.networks:
        yield measure_cell(name, CAPTURED[name], settings, conditions, report)


def measure_cell(
    name: str, network: TimedNetwork, settings: Settings, conditions: Conditions, report: Report
) -> list[CaptureRow]:
    """Capture once and check the certificate; then time both in turn."""
    model = network.build().to(conditions.device)
    x = random_inputs(EXAMPLE, network.shape).to(conditions.device)

    def tell(what: str) -> None:
        report(f"{name}: {what}")

    calls: dict[str, Callable[[], object]] = {
        FLOOR: lambda: _exported(_fresh(model), x),
        OURS: lambda: openbox.capture(_fresh(model), x),
    }
    tell("check")
    deviation = float(warm_up(lambda: _certificate(model, x), conditions.device))
    found = measure(calls, settings.repeats, settings.budget, conditions.device, tell)
    return rows(name, network.weights, found, deviation, settings, conditions)


def rows(
    name: str, weights: str, found: dict[str, Timing], deviation: float, settings: Settings,
    conditions: Conditions,
) -> list[CaptureRow]:  # fmt: skip
    """What was timed, as rows."""
    outcome = Outcome(found, {FLOOR: None, OURS: rounded(deviation)}, 0)
    where = Where("capture", name, weights, torch.float32)
    floor = found[FLOOR].seconds
    made: list[CaptureRow] = []
    for method, shared in shared_columns(where, outcome, settings, conditions).items():
        median, q1, q3 = quartiles(ratios(found[method].seconds, floor))
        made.append(
            CaptureRow(**shared, ratio_to_floor_median=median, ratio_to_floor_q1=q1, ratio_to_floor_q3=q3)
        )
    return made


def _fresh(model: nn.Module) -> nn.Module:
    """A module that was never captured, around the same tensors."""
    return copy.deepcopy(model, {id(tensor): tensor for tensor in (*model.parameters(), *model.buffers())})


def _exported(model: nn.Module, x: Tensor) -> ExportedProgram:
    with torch.no_grad():
        return export(model, (x,), dynamic_shapes=({0: Dim.DYNAMIC},))


def _certificate(model: nn.Module, x: Tensor) -> Tensor:
    """How far the sum of all logits is from what one piece says, in float64."""
    net = openbox.capture(_fresh(model), x)
    row = torch.ones(1, 1, net.outputs, dtype=torch.float64, device=x.device)
    return net.readout(x[:1].double(), row).error.max()


def format_cell(rows: list[CaptureRow]) -> str:
    """The rows of one network as a small table."""
    lines = ["", f"{rows[0].network} ({rows[0].weights})", f"  {'':<8} {'ms':>8} {'of floor':>9}  quartiles"]
    for row in rows:
        if row.seconds_median is None:
            lines.append(f"  {row.method:<8} {'-':>8}  {row.note}")
            continue
        ratio = row.ratio_to_floor_median or 0.0
        spread = f"{row.ratio_to_floor_q1 or 0:.2f} - {row.ratio_to_floor_q3 or 0:.2f}"
        far = "" if row.deviation is None else f"  {row.deviation:.0e}"
        lines.append(f"  {row.method:<8} {1000 * row.seconds_median:>8.0f} {ratio:>9.2f}  {spread}{far}")
    return "\n".join(lines)
