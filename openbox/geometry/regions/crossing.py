"""``Crossing``: where a region ends; ``GateUnit``: the unit that decides otherwise beyond, by its name."""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import torch
from torch import Tensor

from openbox.display.table import table
from openbox.geometry.regions.margins import LocalMargins
from openbox.geometry.view import View
from openbox.program.program import Pattern
from openbox.program.ref import Ref
from openbox.program.rules import NAMINGS
from openbox.program.step import Step


@dataclass(frozen=True)
class GateUnit:
    """One unit of one gate, and its decisions on this side of a border (``before``) and on the other.

    ``layer`` counts the network's gates; ``module`` is the path of the submodule, ``kind`` the
    operation; ``channel`` and ``position`` say where the unit lies in the gate's output, ``unit`` is the
    same as one index. A gate that holds the batch on another axis than the first has no channel, and its
    position is the flat index. A decision is 0 or 1 for off or on, the piece 0, 1, 2 of a clamp, and of a
    maximum the index of the winner among its entries, which lie on a grid of the shape ``entries``
    (empty for a gate that is no maximum of many).
    """

    layer: int
    module: str
    kind: str
    channel: int | None
    position: tuple[int, ...]
    unit: int
    before: int
    after: int
    entries: tuple[int, ...] = ()

    def _repr_html_(self) -> str:
        units = {
            "module": "path of the submodule",
            "kind": "operation",
            "channel": "of its output",
            "position": "in the channel",
            "before": "decision on this side",
            "after": "decision beyond",
        }
        return table(self, units)

    def words(self, module: str | None = None) -> str:
        """The crossing in English; ``module``: a nicer name of the submodule than its path."""
        name = self.module if module is None else module
        gate, naming = f"of {name} ({self.kind})" if name else f"({self.kind})", NAMINGS[self.kind]
        before, after = (tuple(_unravel(index, self.entries)) for index in (self.before, self.after))
        return f"{naming.subject(gate, self.channel, self.position)} {naming.change(before, after)}"


@dataclass(frozen=True)
class Crossing:
    """A border of a region, ``step`` away, and the unit ``gate`` that changes there.

    ``step`` is in units of the direction or the norm asked for; inf, and no gate, if there is no border.
    ``gap``: no border is nearer than ``step - gap``; 0 where the answer is exact.
    """

    step: float
    gate: GateUnit | None
    gap: float = 0.0

    def _repr_html_(self) -> str:
        units = {
            "step": "units of the direction or of the norm asked for",
            "gate": "the unit that changes there",
            "gap": "no border is nearer than step - gap",
        }
        return table(self, units)


def units_at(local: LocalMargins, places: Tensor) -> list[GateUnit]:
    """The units that change where the margins ``places`` (G, 3) - gate, unit, neighbour - reach zero.

    Costs a forward pass of one input, which tells what lies beyond them.
    """
    chosen = places.tolist()
    wanted = {layer for layer, _, _ in chosen}
    steps, view = local.view.program.gates, local.view
    beyond: dict[int, Tensor] = {}
    interpreter = view.program.interpreter(local.x, view.constants)
    with torch.no_grad():
        for layer in range(max(wanted, default=-1) + 1):
            step = interpreter.advance()
            assert step is not None
            decision, operands = local.pattern[layer], interpreter.operands(step)
            if layer in wanted:
                rows = step.layout.rows(step.gate.beyond(decision, *operands), 1)
                beyond[layer] = rows.view(local.margins[layer].shape)
            interpreter.give(step, step.gate.apply(decision, *operands))
    found = []
    for layer, unit, neighbour in chosen:
        before = steps[layer].layout.rows(local.pattern[layer], 1)[0, unit]
        after = beyond[layer][unit, neighbour]
        found.append(_named(steps[layer], local.pattern[layer], layer, unit, int(before), int(after)))
    return found


def changes(view: View, before: Pattern, after: Pattern) -> list[GateUnit]:
    """The units whose decisions differ between two patterns of one input each, in the network's order."""
    found = []
    for layer, (step, here, there) in enumerate(zip(view.program.gates, before, after, strict=True)):
        ours, theirs = (step.layout.rows(decision, 1)[0] for decision in (here, there))
        for unit in (ours != theirs).nonzero().flatten().tolist():
            found.append(_named(step, here, layer, unit, int(ours[unit]), int(theirs[unit])))
    return found


def _named(step: Step, decision: Tensor, layer: int, unit: int, before: int, after: int) -> GateUnit:
    shape = tuple(decision.shape[1:])
    plain = step.layout.axis == 0 and step.layout.outer == 1 and len(decision) == 1 and len(shape) > 0
    channel, *position = _unravel(unit, shape) if plain else (None, unit)
    grid = step.gate.naming.entries
    entries = grid(_sizes(step.args[0]), plain, *step.args[1:]) if grid else ()
    return GateUnit(
        layer, step.module, step.gate.kind, channel, tuple(position), unit, before, after, entries
    )


def _unravel(index: int, shape: Sequence[int]) -> list[int]:
    if not shape:
        return [index]
    return [index // math.prod(shape[axis + 1 :]) % size for axis, size in enumerate(shape)]


def _sizes(operand: Any) -> tuple[int, ...]:
    """The shape of a value; 0 for the batch."""
    assert isinstance(operand, Ref)
    return tuple(size if isinstance(size, int) else 0 for size in operand.shape)
