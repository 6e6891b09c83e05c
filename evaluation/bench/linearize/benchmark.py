"""Benchmark ``linearize``: all weights of a batch, by this library and by its rivals, against the floor.

python -m evaluation bench linearize
"""

import argparse
from collections.abc import Callable, Iterator

import openbox

from ...conditions import Conditions
from ..conduct.networks import NETWORKS, random_inputs
from ..conduct.session import Benchmark, run_benchmark
from ..conduct.settings import Defaults, Settings, declare_settings, read_settings
from .report import LEGEND, format_cell
from .rivals import QUESTIONS, Subject, method_names
from .trial import LinearizeRow, Trial, measure_cell

SUMMARY = "the weights of all classes, or of one contrast, against the floor and other packages"
DEFAULTS = Defaults(
    tuple(method_names()), tuple(NETWORKS), "1,16,256", 60, "how many inputs at once",
    "inputs at a time, for all but openbox; 0: the floor's best",
)  # fmt: skip


def declare(parser: argparse.ArgumentParser) -> None:
    """Declare the options."""
    declare_settings(parser, DEFAULTS)


def run(options: argparse.Namespace) -> int:
    """Time, print and write; returns the exit code. Raises ``OpenBoxError`` for a mistake."""
    settings = read_settings("bench linearize", options, DEFAULTS.methods)
    cells = len(settings.networks) * len(settings.batches) * len(QUESTIONS)
    return run_benchmark(
        Benchmark("linearize", LinearizeRow, cells, LEGEND, format_cell),
        settings,
        lambda conditions, report: measure_cells(settings, conditions, report),
    )


def measure_cells(
    settings: Settings, conditions: Conditions, report: Callable[[str], None]
) -> Iterator[list[LinearizeRow]]:
    """The rows of one cell after the other: networks, then batches, then questions."""
    device = conditions.device
    for name in settings.networks:
        report(f"{name}: capture")
        network = NETWORKS[name]
        model = network.build().to(device)
        net = openbox.capture(model, random_inputs(2, network.shape).to(device))
        for batch in settings.batches:
            x = random_inputs(batch, network.shape).to(device)
            chunk = min(batch, settings.chunk or (network.chunk if device == "cpu" else batch))
            subject = Subject(model, net, list(range(network.classes)), chunk)
            for question in QUESTIONS:
                trial = Trial(name, network.weights, question, subject, x)
                yield measure_cell(trial, settings, conditions, report)
