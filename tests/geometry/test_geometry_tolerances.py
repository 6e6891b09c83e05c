"""Tolerances stand in one file, each with its reason: a small number anywhere else is one that got away."""

import ast
from pathlib import Path

import pytest

import openbox.geometry

ROOM = Path(openbox.geometry.__path__[0])
ONE = ROOM / "tolerances.py"
SMALL = 0.01  # no number of the geometry that is smaller is anything but a tolerance


def small_numbers(path: Path) -> list[str]:
    found = []
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Constant) and isinstance(node.value, float) and 0 < node.value < SMALL:
            found.append(f"line {node.lineno}: {node.value}")
    return found


@pytest.mark.parametrize(
    "path",
    [p for p in sorted(ROOM.rglob("*.py")) if p != ONE],
    ids=lambda path: str(path.relative_to(ROOM)),
)
def test_no_tolerance_stands_anywhere_else(path: Path) -> None:
    found = small_numbers(path)
    assert not found, f"{path.name}: {found}; name it in openbox/geometry/tolerances.py"


def test_every_tolerance_says_what_it_is_relative_to_and_why_and_is_used() -> None:
    named = [line for line in ONE.read_text().splitlines() if " = " in line and not line.startswith("#")]
    assert len(named) > 20
    others = "\n".join(path.read_text() for path in ROOM.rglob("*.py") if path != ONE)
    for line in named:
        name, _, rest = line.partition(" = ")
        unit, _, reason = rest.partition("  # ")[2].partition(": ")
        assert unit, line
        assert len(reason) > 20, line
        assert others.count(name) >= 2, f"{name} is not used"  # imported, and asked
