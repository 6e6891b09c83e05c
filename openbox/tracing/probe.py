"""Where the inputs of a batch lie in the values of a program, and whether they touch each other.

A forward may move the batch to another axis, or merge it with time on either side. Three random inputs,
together and the first alone, show for every gate which rows belong to which input.
"""

import dataclasses
from typing import Any

import torch
from torch import Tensor
from torch.fx.node import Node

from openbox.module.precision import exact_math
from openbox.program.program import Program
from openbox.program.step import Layout, Step

# relative: kernels for one and for three inputs round differently
_CLOSE = {torch.float64: 1e-9, torch.float32: 1e-3}
COUNT = 3  # two would not show a shift along the batch
_SHARE = 0.01  # of the numbers may differ by more: a near tie may fall to either side


def probe(program: Program, example: Tensor) -> tuple[Program, int] | None:
    """The program with the layout of every gate, and the number of its outputs for one input.

    None if the inputs of a batch influence each other.
    """
    together, both, alone, first = _run(program, example)
    close = _CLOSE[alone.dtype]
    if bool((together[:1] - alone).abs().max() > close * alone.abs().max().clamp(min=1e-30)):
        return None
    layouts: dict[Node, Layout] = {}
    for step in program.gates:
        layout = find_layout(both[step.node], first[step.node])
        if layout is None:
            return None
        layouts[step.node] = layout
    steps = [dataclasses.replace(s, layout=layouts.get(s.node, s.layout)) for s in program.steps]
    return dataclasses.replace(program, steps=tuple(steps)), alone.shape[1]


def _run(program: Program, example: Tensor) -> tuple[Tensor, dict[Node, Tensor], Tensor, dict[Node, Tensor]]:
    """Outputs and margins of three inputs, and of the first alone; in float64 if the module has a version."""
    generator = torch.Generator().manual_seed(0)
    some = torch.rand((COUNT, *example.shape[1:]), generator=generator, dtype=torch.float64)
    some = some.to(example.device)
    with exact_math(), torch.inference_mode(False), torch.no_grad():
        try:
            return *_margins(program, some), *_margins(program, some[:1])
        except RuntimeError:  # it makes numbers of its own dtype
            some = some.to(example.dtype)
            return *_margins(program, some), *_margins(program, some[:1])


def _margins(program: Program, x: Tensor) -> tuple[Tensor, dict[Node, Tensor]]:
    found: dict[Node, Tensor] = {}

    def note(step: Step, args: tuple[Any, ...]) -> Any:
        output, decision = step.gate.record(*args)
        found[step.node] = step.gate.margins(decision, *args)
        return output

    return program.run(x, note), found


def find_layout(both: Tensor, first: Tensor) -> Layout | None:
    """The layout under which the first input's part of ``both`` is ``first``."""
    axes = [i for i, (two, one) in enumerate(zip(both.shape, first.shape, strict=True)) if two == COUNT * one]
    for axis in axes:
        for outer in (n for n in range(1, first.shape[axis] + 1) if first.shape[axis] % n == 0):
            layout = Layout(axis, outer)
            ours, theirs = layout.rows(both, COUNT)[:1], layout.rows(first, 1)
            if ours.shape == theirs.shape and _alike(ours, theirs):
                return layout
    return None


def _alike(ours: Tensor, theirs: Tensor) -> bool:
    if not theirs.is_floating_point():  # indices and masks: near ties may fall to either side here too
        return bool((ours != theirs).double().mean() <= _SHARE)
    finite = ours.isfinite() & theirs.isfinite()
    scale = theirs[finite].abs().max() if bool(finite.any()) else torch.ones(())
    far = finite & ((ours - theirs).abs() > _CLOSE[ours.dtype] * scale)
    return bool(far.double().mean() <= _SHARE)
