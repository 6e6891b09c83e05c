"""Where the inputs of a batch lie in the values of a program, and whether they touch each other.

A forward may move the batch to another axis, or merge it with time on either side. Two random inputs,
together and the first alone, show for every gate which rows belong to which input.
"""

import dataclasses
from typing import Any

import torch
from torch import Tensor
from torch.fx.node import Node

from openbox.graph import Layout, Program, Step
from openbox.precision import exact_math

_CLOSE = 1e-3  # relative: kernels for one and for two inputs round differently
_SHARE = 0.01  # of the numbers may differ by more: a near tie may fall to either side


def probe(program: Program, example: Tensor) -> tuple[Program, int] | None:
    """The program with the layout of every gate, and the number of its outputs for one input.

    None if the inputs of a batch influence each other.
    """
    generator = torch.Generator().manual_seed(0)
    pair = torch.rand((2, *example.shape[1:]), generator=generator, dtype=example.dtype).to(example.device)
    with exact_math(), torch.inference_mode(False), torch.no_grad():
        together, both = _margins(program, pair)
        alone, first = _margins(program, pair[:1])
    if bool((together[:1] - alone).abs().max() > _CLOSE * alone.abs().max().clamp(min=1e-30)):
        return None
    layouts: dict[Node, Layout] = {}
    for step in program.gates:
        layout = _find(both[step.node], first[step.node])
        if layout is None:
            return None
        layouts[step.node] = layout
    steps = [dataclasses.replace(s, layout=layouts.get(s.node, s.layout)) for s in program.steps]
    return dataclasses.replace(program, steps=tuple(steps)), alone.shape[1]


def _margins(program: Program, x: Tensor) -> tuple[Tensor, dict[Node, Tensor]]:
    found: dict[Node, Tensor] = {}

    def note(step: Step, args: tuple[Any, ...]) -> Any:
        output, decision = step.gate.record(*args)
        found[step.node] = step.gate.margins(decision, *args)
        return output

    return program.run(x, note), found


def _find(both: Tensor, first: Tensor) -> Layout | None:
    """The layout under which the first input's part of ``both`` is ``first``."""
    axes = [i for i, (two, one) in enumerate(zip(both.shape, first.shape, strict=True)) if two == 2 * one]
    for axis in axes:
        for outer in (n for n in range(1, first.shape[axis] + 1) if first.shape[axis] % n == 0):
            layout = Layout(axis, outer)
            ours, theirs = layout.rows(both, 2)[:1], layout.rows(first, 1)
            if ours.shape == theirs.shape and _alike(ours, theirs):
                return layout
    return None


def _alike(ours: Tensor, theirs: Tensor) -> bool:
    finite = ours.isfinite() & theirs.isfinite()
    scale = theirs[finite].abs().max() if bool(finite.any()) else torch.ones(())
    far = finite & ((ours - theirs).abs() > _CLOSE * scale)
    return bool(far.double().mean() <= _SHARE)
