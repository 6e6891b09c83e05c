"""A run of a benchmark: cell after cell is measured, written and shown; what was finished is never lost."""

import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import torch
from tqdm import tqdm

from evaluation.bench.results import R, merge, read_rows
from evaluation.bench.settings import Settings
from evaluation.conditions import Conditions, current_conditions
from evaluation.files import check_folder

Report = Callable[[str], None]


def run_cells(
    benchmark: str,
    settings: Settings,
    kind: type[R],
    total: int,
    measure_cells: Callable[[Conditions, Report], Iterator[list[R]]],
    show: Callable[[list[R]], str],
) -> int:
    """Time, print and write ``total`` cells on each device; returns the exit code.

    ``measure_cells`` yields the rows of one cell after the other, ``show`` is what the terminal says of
    them. Raises ``OpenBoxError`` for a mistake.
    """
    check_folder("bench", settings.out)
    before = torch.get_num_threads()
    torch.set_num_threads(settings.threads or before)
    total *= len(settings.devices)
    written: list[Path] = []  # one entry a cell
    try:
        with tqdm(total=total, desc=benchmark, unit="cell", leave=False, disable=None) as bar:
            for device in settings.devices:
                conditions = current_conditions(device)
                path = settings.out / conditions.file_name(benchmark)
                if path.exists():
                    read_rows(path, kind)  # complains before the work, not after it
                bar.write(f"\n{conditions}")
                for rows in measure_cells(conditions, bar.set_postfix_str):
                    merge(path, rows)
                    written.append(path)
                    bar.write(show(rows))
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
