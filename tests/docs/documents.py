"""The README and the pages of ``docs/``, their examples and their tables."""

import csv
import os
import re
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).parents[2]
BENCHMARKS = ROOT / "evaluation/benchmarks"
# of a process that runs what a reader runs: this tree, and one thread, which suits tiny networks best
ENVIRONMENT = os.environ | {"PYTHONPATH": str(ROOT), "OMP_NUM_THREADS": "1"}
_BLOCK = re.compile(r"^```python\n(.*?)^```\n(?:\nprints\n\n```\n(.*?)^```$)?", re.DOTALL | re.MULTILINE)


@dataclass(frozen=True)
class Example:
    """One fenced ``python`` block, and what the page says that it prints: "" if it says nothing."""

    code: str
    printed: str


def documents() -> dict[str, str]:
    """Every Markdown file that is a page of the site or stands at the root, by its path."""
    paths = [*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md")]
    return {str(path.relative_to(ROOT)): path.read_text() for path in sorted(paths)}


def page(path: str) -> str:
    return documents()[path]


def examples(text: str) -> list[Example]:
    return [Example(code, printed) for code, printed in _BLOCK.findall(text)]


def rows(text: str, below: str) -> list[list[str]]:
    """The cells of the first table after the heading or line ``below``, its first two lines left out."""
    lines = text.split(below, 1)[1].splitlines()
    start = next(n for n, line in enumerate(lines) if line.startswith("|"))
    table = []
    for line in lines[start:]:
        if not line.startswith("|"):
            break
        table.append([cell.strip() for cell in line.strip("|").split(" | ")])
    return table[2:]


def records(path: Path) -> list[dict[str, str]]:
    with path.open() as file:
        return list(csv.DictReader(file))
