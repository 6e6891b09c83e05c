"""How much a network holds between its layers while it is open around an input."""

from openbox.program.program import Program


def numbers_per_input(program: Program) -> int:
    """How many numbers depend on one input, itself included, as if all were kept for backward passes."""
    values = sum(step.result.numbers for step in program.steps if step.rule is not None)
    return program.input.numbers + values
