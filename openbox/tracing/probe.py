"""Where the inputs of a batch lie at each gate of a program, and whether they touch each other."""

import dataclasses
from typing import Any

import torch
from torch import Tensor

from openbox.module.precision import exact_math
from openbox.program.layout import CLOSE, Layout, find_layout, some_inputs
from openbox.program.program import Program
from openbox.program.ref import Ref
from openbox.program.step import Step


def probe(program: Program, example: Tensor) -> tuple[Program, int] | None:
    """The program with the layout of every gate, and the number of its outputs for one input.

    None if the inputs of a batch influence each other.
    """
    together, both, alone, first = _run(program, example)
    close = CLOSE[alone.dtype]
    if bool((together[:1] - alone).abs().max() > close * alone.abs().max().clamp(min=1e-30)):
        return None
    layouts: dict[Ref, Layout] = {}
    for step in program.gates:
        layout = find_layout(both[step.result], first[step.result])
        if layout is None:
            return None
        layouts[step.result] = layout
    steps = [dataclasses.replace(s, layout=layouts.get(s.result, s.layout)) for s in program.steps]
    return dataclasses.replace(program, steps=tuple(steps)), alone.shape[1]


def _run(program: Program, example: Tensor) -> tuple[Tensor, dict[Ref, Tensor], Tensor, dict[Ref, Tensor]]:
    """Outputs and margins of three inputs, and of the first alone; in float64 if the module has a version."""
    some = some_inputs(tuple(example.shape[1:]), example.device)
    with exact_math(), torch.inference_mode(False), torch.no_grad():
        try:
            return *_margins(program, some), *_margins(program, some[:1])
        except RuntimeError:  # it makes numbers of its own dtype
            some = some.to(example.dtype)
            return *_margins(program, some), *_margins(program, some[:1])


def _margins(program: Program, x: Tensor) -> tuple[Tensor, dict[Ref, Tensor]]:
    found: dict[Ref, Tensor] = {}

    def note(step: Step, args: tuple[Any, ...]) -> Any:
        output, decision = step.gate.record(*args)
        found[step.result] = step.gate.margins(decision, *args)
        return output

    return program.run(x, note), found
