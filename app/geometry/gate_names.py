"""Names of gates for people: by the layer that feeds them, counted, where the path is only a number."""

from openbox.geometry.regions.crossing import GateUnit
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
    gates = program.gates
    for step in program.steps:
        operation = str(step.node.target).removeprefix("aten.").partition(".")[0]
        pool = "max_pool" in operation
        kind = "pool" if pool else _COUNTED.get(operation)
        if kind is not None:
            counts[kind] = counts.get(kind, 0) + 1
            last = last if pool else f"{kind}{counts[kind]}"
        if step in gates:
            feeder = f"pool{counts['pool']}" if pool else last
            path = step.module
            names.append(feeder if feeder and path.rpartition(".")[2].isdecimal() else path)
    return names


def words(gate: GateUnit, names: list[str]) -> str:
    """The crossing in English, with the names of ``layer_names``."""
    return gate.words(names[gate.layer])
