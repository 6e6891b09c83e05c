"""What the library says in English is said in every language."""

import re

import pytest
from geometry import gate_names
from language import catalogue
from language.templates import retold
from work.reporting import CELLS, CHANGE

from openbox.geometry.regions.crossing import GateUnit
from openbox.program.rules import NAMINGS

OTHERS = catalogue.LANGUAGES[1:]
ENGLISH = re.compile(r"\b(channel|unit|the|of|at|its|from|to|switches|becomes|turns|moves|takes|entry)\b")


def sentences() -> list[tuple[str, str]]:
    """A crossing of each kind of gate, each way, with and without a channel and a place: (kind, sentence)."""
    found = []
    for kind, naming in NAMINGS.items():
        for channel, position in ((3, (1, 2)), (3, ()), (None, (5,))):
            for before, after in (((0,), (1,)), ((1,), (0,))):
                subject = naming.subject(f"of conv1 ({kind})", channel, position or (4,))
                found.append((kind, f"{subject} {naming.change(before, after)}"))
    return found


@pytest.mark.parametrize("language", OTHERS)
def test_every_crossing_is_told(language: str, monkeypatch: pytest.MonkeyPatch) -> None:
    token = catalogue._held.set(language)
    try:
        for kind, sentence in sentences():
            monkeypatch.setattr(GateUnit, "words", lambda self, module, said=sentence: said)
            unit = GateUnit.__new__(GateUnit)
            object.__setattr__(unit, "layer", 0)
            told = gate_names.words(unit, ["conv1"])
            assert not ENGLISH.search(told.replace(f"({kind})", "")), told
            assert set(re.findall(r"\d+", told)) == set(re.findall(r"\d+", sentence))
    finally:
        catalogue._held.reset(token)


def test_what_no_template_fits_stays() -> None:
    assert retold("nobody says this", (CELLS, CHANGE)) == "nobody says this"
    token = catalogue._held.set("de")
    try:
        assert retold(CELLS.format(number="1,234"), (CHANGE, CELLS)) == "1.234 Zellen des Fensters"
    finally:
        catalogue._held.reset(token)
