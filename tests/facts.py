"""What the tests that look at the whole table need to know of a case, which any process may have found."""

import json
from dataclasses import asdict, dataclass
from pathlib import Path

import torch
from cases import CASES, GENERIC
from opened import by_hand, opened
from tied import INTERIOR, ways


@dataclass(frozen=True)
class Facts:
    """``operations``: those with a rule; ``ties``: the most that the oracle counts at one input;
    ``tied_generic``: how many generic inputs tie; ``interiors``: for each tied input, whether its region
    has an interior."""

    operations: list[str]
    ties: int
    tied_generic: int
    interiors: list[bool]


def facts(shared: Path, name: str) -> Facts:
    """The facts of a case, found once in a run, of however many processes: see the fixture ``shared``."""
    path = shared / f"facts of case {list(CASES).index(name)}.json"
    if path.exists():
        return Facts(**json.loads(path.read_text()))
    found = _find(name)
    partial = path.with_suffix(".partial")
    partial.write_text(json.dumps(asdict(found)))
    partial.replace(path)
    return found


def _find(name: str) -> Facts:
    net = opened(name)[1]
    generic = torch.stack([CASES[name].inputs()[which] for which in GENERIC]).double()
    return Facts(
        sorted({str(step.operation) for step in net.program.steps if step.rule}),
        max(found.ties for found in by_hand(name).values()),
        int((net.linearize(generic, [0]).degenerate > 0).sum()),
        [way.room > INTERIOR for way in ways(name).values()],
    )
