"""``Captured``: what a capture found out about a module; it holds no module."""

from dataclasses import dataclass

from openbox.module.outputs import OutputKey
from openbox.program.program import Program


@dataclass(frozen=True)
class Captured:
    """The program, and which output it computes, up to which final function.

    ``folded`` is the same program with batch normalisation folded into the layers before it, for replays.
    ``outputs`` is the number K of its numbers for one input of ``input_shape``, ``numbers`` how many
    numbers lie between the layers.
    """

    program: Program
    folded: Program
    outputs: int
    numbers: int
    input_shape: tuple[int, ...]
    output: OutputKey
    head: str | None
