"""How many inputs fit into a memory budget while a network is open around them."""

import torch
from torch import Tensor

from openbox.graph import Program


def inputs_at_once(program: Program, element_size: int, budget: int) -> int:
    """The largest number of inputs whose values between the layers take at most ``budget`` bytes; >= 1.

    Every value that depends on the input counts once, as if all were kept for the backward passes.
    """
    return max(1, budget // max(1, _numbers_per_input(program) * element_size))


def _numbers_per_input(program: Program) -> int:
    traced = _traced_batch(program.input.meta["val"])
    total = 0
    for step in program.steps:
        value = step.node.meta.get("val")
        if step.rule is not None and isinstance(value, Tensor):
            total += _hint(value.numel()) // traced
    return total


def _traced_batch(value: Tensor) -> int:
    return _hint(value.shape[0])


def _hint(size: int | torch.SymInt) -> int:
    """The size in the traced batch; 0 for one that only a constant's values tell."""
    return int(size.node.hint or 0) if isinstance(size, torch.SymInt) else size
