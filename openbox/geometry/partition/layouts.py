"""Where the inputs of a batch lie in everything that a run holds at its gates."""

from typing import Any

import torch
from torch import Tensor
from torch.utils import _pytree as pytree

from openbox.errors import CaptureError
from openbox.program.interpreter import Values
from openbox.program.layout import COUNT, Layout, find_layout, some_inputs
from openbox.program.program import Program
from openbox.program.ref import Ref

Layouts = dict[Ref, list[Layout | None]]  # one for each tensor of a value; None: no input's own


def live_layouts(
    program: Program, constants: Values, shape: tuple[int, ...], device: torch.device
) -> Layouts:
    """The layouts of all values that are alive at some gate, and of the output.

    Three random inputs and the first of them alone show which rows are whose.
    """
    some = some_inputs(shape, device)
    together, alone = program.interpreter(some, constants), program.interpreter(some[:1], constants)
    found: Layouts = {}
    while (step := together.advance()) is not None:
        alone.advance()
        for ref, value in together.values.items():
            if ref not in constants and ref not in found:
                found[ref] = _layouts(ref, value, alone.values[ref])
        for interpreter in (together, alone):
            interpreter.give(step, step.gate.record(*interpreter.operands(step))[0])
    return found


def _layouts(ref: Ref, both: Any, first: Any) -> list[Layout | None]:
    return [
        _layout(ref, a, b) for a, b in zip(pytree.tree_leaves(both), pytree.tree_leaves(first), strict=True)
    ]


def _layout(ref: Ref, both: Any, first: Any) -> Layout | None:
    if not isinstance(both, Tensor) or both.shape == first.shape:
        return None
    layout = find_layout(both, first)
    if layout is None:
        raise CaptureError(
            f"{ref} of shape {tuple(both.shape)} for {COUNT} inputs: where each input lies "
            "cannot be told; keep the batch on an axis of its own"
        )
    return layout
