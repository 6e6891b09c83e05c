"""``run_study``: do what is missing of a study, part by part; what is done stays done, whatever happens."""

import dataclasses
import hashlib
import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

import torch
from tqdm import tqdm

from ..conditions import current_conditions
from ..engines import ENGINES
from ..files import check_folder, write_by_rename
from .facts import Fact, read_facts, to_csv


@dataclass(frozen=True)
class StudyPart:
    """``name`` is unique in the study and good as the name of a file; ``settings`` decide its facts.

    ``needs`` are the names of parts that must be done before it begins.
    """

    name: str
    settings: Mapping[str, Any]
    work: Callable[[], list[Fact]]
    needs: tuple[str, ...] = ()

    def __str__(self) -> str:
        return self.name

    @property
    def file(self) -> str:
        """The name, and a hash of the settings, so that other settings are other files."""
        text = json.dumps(self.settings, sort_keys=True, default=str)
        return f"{self.name}-{hashlib.sha256(text.encode()).hexdigest()[:10]}.csv"


def run_study(
    call: str, parts: Sequence[StudyPart], folder: Path, tables: Callable[[Sequence[Fact]], str],
    engine: str = "local", workers: int = 1,
) -> int:  # fmt: skip
    """Make what is missing, write ``facts.csv`` and ``tables.md``, print these; returns the exit code."""
    facts = make_parts(call, parts, folder, "cpu", tqdm.write, engine, workers)
    made = tables(facts)
    for name, text in {"facts.csv": to_csv(facts), "tables.md": made}.items():
        write_by_rename(call, folder / name, lambda file, text=text: file.write_text(text))
    print(f"{made}\n{folder}: facts.csv, tables.md")
    return 0


def make_parts(
    call: str, parts: Sequence[StudyPart], folder: Path, device: str, report: Callable[[str], None],
    engine: str = "local", workers: int = 1,
) -> list[Fact]:  # fmt: skip
    """All facts, in the order of the parts: a part whose file is in ``folder``/parts is not made again.

    ``folder``/run.json says with what; it is written first, so that also a broken-off run says what it is.
    """
    rows = folder / "parts"
    check_folder(call, rows)
    about = {
        "command": call,
        "conditions": dataclasses.asdict(current_conditions(device)),
        "parts": {part.file: dict(part.settings) for part in parts},
    }
    text = json.dumps(about, indent=1, default=str) + "\n"
    write_by_rename(call, folder / "run.json", lambda partial: partial.write_text(text))
    missing = [part for part in parts if not (rows / part.file).exists()]
    done = len(parts) - len(missing)
    while missing:
        names = {part.name for part in missing}
        ready = [part for part in missing if names.isdisjoint(part.needs)]
        work, threads = partial(_make, call, rows), torch.get_num_threads()
        for name in ENGINES[engine].run(work, ready, workers, threads, False):
            done += 1
            report(f"{done} of {len(parts)}: {name}")
        missing = [part for part in missing if part not in ready]
    return [fact for part in parts for fact in read_facts(rows / part.file)]


def _make(call: str, rows: Path, part: StudyPart) -> str:
    made = to_csv(part.work())
    write_by_rename(call, rows / part.file, lambda partial: partial.write_text(made))
    return part.name
