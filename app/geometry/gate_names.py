"""Names of gates for people: by the layer that feeds them, counted, where the path is only a number."""

from openbox.geometry.regions.crossing import GateUnit
from openbox.program.gates.gate import Gate
from openbox.program.program import Program

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
    """The crossing in English, with the names of ``layer_names``."""
    return gate.words(names[gate.layer])
