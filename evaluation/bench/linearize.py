"""Benchmark ``linearize``: all weights of a batch, by this library and by its rivals, against the floor.

python -m evaluation bench linearize
"""

import argparse
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import torch
from tqdm import tqdm

import openbox
from evaluation.bench.cell import Cell, measure_cell
from evaluation.bench.networks import NETWORKS, random_inputs
from evaluation.bench.report import LEGEND, format_cell
from evaluation.bench.results import Row, check_folder, merge, read_rows
from evaluation.bench.rivals import QUESTIONS, Subject
from evaluation.bench.settings import Settings, declare_settings, read_settings
from evaluation.conditions import Conditions, current_conditions

SUMMARY = "the weights of all classes, or of one contrast, against the floor and other packages"

declare = declare_settings


def run(options: argparse.Namespace) -> int:
    """Time, print and write; returns the exit code. Raises ``OpenBoxError`` for a mistake."""
    settings = read_settings(options)
    check_folder(settings.out)
    before = torch.get_num_threads()
    torch.set_num_threads(settings.threads or before)
    total = len(settings.devices) * len(settings.networks) * len(settings.batches) * len(QUESTIONS)
    written: list[Path] = []  # one entry a cell
    try:
        print(LEGEND)
        with tqdm(total=total, desc="linearize", unit="cell", leave=False, disable=None) as bar:
            for device in settings.devices:
                conditions = current_conditions(device)
                path = settings.out / conditions.file_name("linearize")
                if path.exists():
                    read_rows(path)  # complains before the work, not after it
                bar.write(f"\n{conditions}")
                for rows in measure_cells(settings, conditions, bar.set_postfix_str):
                    merge(path, rows)
                    written.append(path)
                    bar.write(format_cell(rows))
                    bar.update()
    except KeyboardInterrupt:
        paths = ", ".join(dict.fromkeys(map(str, written)))
        kept = f"{paths} keeps the {len(written)} of {total} cells that were finished"
        print(f"interrupted; {kept if written else 'no cell was finished'}", file=sys.stderr)
        return 130
    finally:
        torch.set_num_threads(before)
    print("\n" + "\n".join(f"written: {path}" for path in dict.fromkeys(written)))
    return 0


def measure_cells(
    settings: Settings, conditions: Conditions, report: Callable[[str], None]
) -> Iterator[list[Row]]:
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
                cell = Cell(name, network.weights, question, subject, x)
                yield measure_cell(cell, settings, conditions, report)
