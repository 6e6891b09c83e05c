"""What gates say of their units: each can tell of every change, and gates of one kind with one voice."""

import dataclasses
import math
from itertools import permutations

import pytest
from cases import CASES
from opened import opened

from openbox.geometry.regions.crossing import GateUnit, changes
from openbox.program.gates.gate import Gate
from openbox.program.rules import GATES, NAMINGS

BANDS = ("hardtanh", "clamp", "hardsigmoid", "softshrink", "hardshrink")


def test_a_gate_without_names_cannot_be_made() -> None:
    fields = {field.name: field for field in dataclasses.fields(Gate)}
    assert fields["naming"].default is dataclasses.MISSING
    assert fields["naming"].default_factory is dataclasses.MISSING


@pytest.mark.parametrize("gate", GATES.values(), ids=lambda gate: gate.kind)
def test_every_gate_tells_its_changes_apart(gate: Gate) -> None:
    ours, shared = gate.naming, NAMINGS[gate.kind]
    moves = list(permutations(range(3 if gate.kind in BANDS else 2), 2))
    said = [GateUnit(0, "m", gate.kind, 4, (1, 2), 9, *move).words() for move in moves]
    assert len(set(said)) == len(moves)
    for move, words in zip(moves, said, strict=True):
        assert f"of m ({gate.kind})" in words
        assert "(1, 2)" in words
        before, after = ((decision,) for decision in move)
        assert ours.change(before, after) == shared.change(before, after)
    assert (ours.entries is None) == (shared.entries is None)
    assert ours.layer == shared.layer


@pytest.mark.parametrize("name", CASES)
def test_every_change_of_every_case_has_words(name: str) -> None:
    net = opened(name)[1]
    inputs = [x.double()[None] for x in CASES[name].inputs().values()]
    view = net.view()
    patterns = [view.record(x)[1] for x in inputs[:2]]
    for found in changes(view, *patterns):
        assert found.words().count(f"({found.kind})") == 1
        if found.entries:
            assert max(found.before, found.after) < math.prod(found.entries)
