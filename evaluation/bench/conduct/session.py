"""A run of a benchmark: cell after cell is measured, written and shown; what was finished is never lost."""

import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Generic

import torch
from tqdm import tqdm

from ...conditions import Conditions, current_conditions
from ...files import check_folder
from .results import R, merge, read_rows
from .settings import Settings

Report = Callable[[str], None]


@dataclass(frozen=True)
class Benchmark(Generic[R]):
    """What is the benchmark's own: its name, the type of its rows, how many cells it has on each device,
    what the columns on the terminal mean, and how it ``show``s the rows of one cell."""

    name: str
    kind: type[R]
    cells: int
    legend: str
    show: Callable[[list[R]], str]


def run_benchmark(
    benchmark: Benchmark[R],
    settings: Settings,
    measure_cells: Callable[[Conditions, Report], Iterator[list[R]]],
) -> int:
    """Time, print and write all cells on each device; returns the exit code.

    ``measure_cells`` yields the rows of one cell after the other. Raises ``OpenBoxError`` for a mistake.
    """
    print(benchmark.legend)
    check_folder("bench", settings.out)
    before = torch.get_num_threads()
    torch.set_num_threads(settings.threads or before)
    total = benchmark.cells * len(settings.devices)
    written: list[Path] = []  # one entry a cell
    try:
        with tqdm(total=total, desc=benchmark.name, unit="cell", leave=False, disable=None) as bar:
            for device in settings.devices:
                conditions = current_conditions(device)
                path = settings.out / conditions.file_name(benchmark.name)
                if path.exists():
                    read_rows(path, benchmark.kind)  # complains before the work, not after it
                bar.write(f"\n{conditions}")
                for rows in measure_cells(conditions, bar.set_postfix_str):
                    merge(path, rows)
                    written.append(path)
                    bar.write(benchmark.show(rows))
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
