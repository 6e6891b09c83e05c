"""A program for inputs of one shape: sizes as they are there, recurrent layers as their steps over time."""

import dataclasses
from operator import getitem

import torch
from torch import Tensor

from openbox.program.affine import Affine
from openbox.program.interpreter import Values, keywords, resolve
from openbox.program.program import Program
from openbox.program.recurrent import Recurrent
from openbox.program.ref import Ref, mapped
from openbox.program.rules import RULES
from openbox.program.step import Step, needed
from openbox.tracing.recurrence import Recurrence

_ALIAS = torch.ops.aten.alias.default
Sizes = dict[Ref, tuple[int, ...]]


def unroll(program: Program, some: Tensor) -> Program:
    """``program`` for inputs of the shape of ``some`` (N > 1, *input_shape), whose values do not matter."""
    refs = _measured(program, some)
    steps: list[Step] = []
    results: dict[Ref, tuple[Ref, Ref]] = {}
    for step in program.steps:
        args, kwargs = (mapped(given, lambda ref: refs.get(ref, ref)) for given in (step.args, step.kwargs))
        result = refs[step.result]
        if isinstance(step.rule, Recurrent):
            layers = Recurrence(step.module, str(result), args)
            steps += layers.steps
            results[result] = layers.output, layers.last
            continue
        new = dataclasses.replace(step, result=result, args=args, kwargs=kwargs)
        if step.operation is getitem and args[0] in results:
            chosen = results[args[0]][args[1]]
            new = dataclasses.replace(new, operation=_ALIAS, args=(chosen,), rule=RULES[_ALIAS])
        steps.append(new)
    output = refs.get(program.output, program.output)
    return dataclasses.replace(program, input=refs[program.input], output=output, steps=needed(steps, output))


def _measured(program: Program, some: Tensor) -> dict[Ref, Ref]:
    """For each value on the way from the input a ref that knows its sizes there."""
    several, one = _sizes(program, some), _sizes(program, some[:1])
    refs: dict[Ref, Ref] = {}
    for ref in (program.input, *(step.result for step in program.steps)):
        sizes, alone = several.get(ref, ()), one.get(ref, ())
        numbers = torch.Size(sizes).numel() // len(some) if sizes != alone else 0
        shape = tuple(a if a == b else f"{a}" for a, b in zip(alone, sizes, strict=True))
        refs[ref] = Ref(ref.name, shape, ref.dtype, numbers)
    return refs


def _sizes(program: Program, x: Tensor) -> Sizes:
    values: Values = {**program.constants(x.dtype), program.input: x}
    with torch.no_grad():
        for step in program.steps:
            run = step.rule.apply if isinstance(step.rule, Affine) else None
            kwargs = keywords(step, values, x.dtype)
            values[step.result] = (run or step.operation)(*resolve(step.args, values), **kwargs)
    return {ref: tuple(value.shape) for ref, value in values.items() if isinstance(value, Tensor)}
