"""What the tests of the benchmarks share: the conditions of no machine, and what the documentation lists."""

import re

from evaluation.bench.conduct.results import columns
from evaluation.bench.conduct.row import TimedRow
from evaluation.bench.conduct.settings import FOLDER
from evaluation.bench.linearize.rivals import QUESTIONS
from evaluation.conditions import Conditions

CASES = [(question, name) for question, methods in QUESTIONS.items() for name in methods]
CONDITIONS = Conditions("cpu", "Abacus (R) 2", 1, "2.15.0+cu1", "0123456789")


def listed(benchmark: str) -> tuple[list[str], tuple[str, ...]]:
    """The methods and all columns of a benchmark, as ``evaluation/benchmarks/README.md`` lists them."""
    shared, *parts = re.split(r"^# (\w+)\n", (FOLDER / "README.md").read_text(), flags=re.MULTILINE)[2:]
    own = dict(zip(parts[::2], parts[1::2], strict=True))[benchmark]
    methods, added = own.split("## Columns")
    both = _names(shared) + _names(added)
    assert _names(shared) == list(columns(TimedRow))
    return _names(methods), tuple(both)


def _names(text: str) -> list[str]:
    return re.findall(r"^\| `(\w+)` \|", text, re.MULTILINE)
