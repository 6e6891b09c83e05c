"""Where the inputs of a batch lie in everything that a run holds at its gates."""

from typing import Any

import torch
from torch import Tensor
from torch.fx.node import Node
from torch.utils import _pytree as pytree

from openbox.errors import CaptureError
from openbox.program.interpreter import Values
from openbox.program.layout import COUNT, Layout, find_layout, some_inputs
from openbox.program.program import Program

Layouts = dict[Node, list[Layout | None]]  # one for each tensor of a value; None: no input's own


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
        for node, value in together.values.items():
            if node not in constants and node not in found:
                found[node] = _layouts(node, value, alone.values[node])
        for interpreter in (together, alone):
            interpreter.give(step, step.gate.record(*interpreter.operands(step))[0])
    return found


def _layouts(node: Node, both: Any, first: Any) -> list[Layout | None]:
    return [
        _layout(node, a, b) for a, b in zip(pytree.tree_leaves(both), pytree.tree_leaves(first), strict=True)
    ]


def _layout(node: Node, both: Any, first: Any) -> Layout | None:
    if not isinstance(both, Tensor) or both.shape == first.shape:
        return None
    layout = find_layout(both, first)
    if layout is None:
        raise CaptureError(
            f"{node} of shape {tuple(both.shape)} for {COUNT} inputs: where each input lies "
            "cannot be told; keep the batch on an axis of its own"
        )
    return layout
