"""How much a network holds between its layers while it is open around an input."""

import torch
from torch import Tensor

from openbox.program.program import Program


def numbers_per_input(program: Program) -> int:
    """How many numbers depend on one input, itself included, as if all were kept for backward passes."""
    entry = program.input.meta["val"]
    traced = _hint(entry.shape[0])
    total = _hint(entry.numel()) // traced
    for step in program.steps:
        value = step.node.meta.get("val")
        if step.rule is not None and isinstance(value, Tensor):
            total += _hint(value.numel()) // traced
    return total


def _hint(size: int | torch.SymInt) -> int:
    """The size in the traced batch; 0 for one that only a constant's values tell."""
    return int(size.node.hint or 0) if isinstance(size, torch.SymInt) else size
