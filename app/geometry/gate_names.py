"""Names of gates for people: by the layer that feeds them, counted, where the path is only a number."""

from language.mark import mark
from language.templates import retold

from openbox.geometry.regions.crossing import GateUnit
from openbox.program.gates.gate import Gate
from openbox.program.program import Program

CHANGES = (
    mark("{unit} switches on"),
    mark("{unit} switches off"),
    mark("{unit} turns positive"),
    mark("{unit} turns negative"),
    mark("{unit} rises above its threshold"),
    mark("{unit} falls to its threshold"),
    mark("{unit} becomes true"),
    mark("{unit} becomes false"),
    mark("{unit} takes its first operand instead of its second"),
    mark("{unit} takes its second operand instead of its first"),
    mark("{unit} moves from its low piece to its middle one"),
    mark("{unit} moves from its low piece to its high one"),
    mark("{unit} moves from its middle piece to its low one"),
    mark("{unit} moves from its middle piece to its high one"),
    mark("{unit} moves from its high piece to its low one"),
    mark("{unit} moves from its high piece to its middle one"),
    mark("{unit} moves from entry {before} to entry {after}"),
    mark("{unit} moves from {before} to {after}"),
)
UNITS = (
    mark("the maximum of window {place}, channel {channel} {gate}"),
    mark("the maximum of window {place} {gate}"),
    mark("the maximum {gate} for {unit}"),
    mark("the minimum {gate} for {unit}"),
    mark("channel {channel} {gate} at {place}"),
    mark("channel {channel} at {place}"),
    mark("unit {place} {gate}"),
    mark("unit {place}"),
)
GATES = (mark("of {layer} ({kind})"),)
_COUNTED = {"convolution": "conv", "conv1d": "conv", "conv2d": "conv", "conv3d": "conv", "linear": "linear"}


def layer_names(program: Program) -> list[str]:
    """One for each gate of the program, in its order.

    A gate in an ``nn.Sequential`` has a number for a path: it is named after the last convolution or linear
    layer before it, ``conv2`` for the second, a pool ``pool1`` for the first. Other gates keep their paths.
    """
    counts: dict[str, int] = {}
    names: list[str] = []
    last = ""
    for step in program.steps:
        gate = isinstance(step.rule, Gate)
        operation = str(step.operation).removeprefix("aten.").partition(".")[0]
        kind = step.gate.naming.layer if gate else _COUNTED.get(operation)
        if kind is not None:
            counts[kind] = counts.get(kind, 0) + 1
        own = f"{kind}{counts[kind]}" if kind is not None else ""
        if gate:
            name, path = own or last, step.module
            names.append(name if name and path.rpartition(".")[2].isdecimal() else path)
        else:
            last = own or last
    return names


def words(gate: GateUnit, names: list[str]) -> str:
    """The crossing in the reader's language, with the names of ``layer_names``."""
    return retold(gate.words(names[gate.layer]), CHANGES, {"unit": UNITS, "gate": GATES})
