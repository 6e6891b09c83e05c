"""A program as JSON: its values, numbered, and its steps, which speak of them by number."""

from collections.abc import Mapping
from typing import Any

import torch
from torch import Tensor

from openbox.program.program import Program
from openbox.program.ref import Ref
from openbox.program.rules import RULES, UNROLLED
from openbox.program.step import Step
from openbox.serialization.argument import read_argument, spell_argument
from openbox.serialization.operation import read_operation, spell_operation

Json = dict[str, Any]


def spell_program(program: Program, names: Mapping[Ref, str]) -> Json:
    """``names``: where the tensor of a ref is found. Raises ``CaptureError``."""
    results = (step.result for step in (*program.fixed, *program.steps))
    refs = dict.fromkeys((program.input, *program.tensors, *results, program.output))
    places = {ref: place for place, ref in enumerate(refs)}
    return {
        "values": [_spell_ref(ref) for ref in refs],
        "input": places[program.input],
        "output": places[program.output],
        "tensors": {names[ref]: places[ref] for ref in program.tensors},
        "fixed": [_spell_step(step, places) for step in program.fixed],
        "steps": [_spell_step(step, places) for step in program.steps],
    }


def read_program(found: Json, tensors: Mapping[str, Tensor], device: torch.device) -> Program:
    """The program again, around these ``tensors``. Raises ``CaptureError``, and for what is no such
    description ``KeyError``, ``IndexError``, ``TypeError`` or ``ValueError``."""
    refs = [_read_ref(one, device) for one in found["values"]]
    return Program(
        refs[found["input"]],
        refs[found["output"]],
        {refs[place]: tensors[name] for name, place in found["tensors"].items()},
        tuple(_read_step(one, refs, device) for one in found["fixed"]),
        tuple(_read_step(one, refs, device) for one in found["steps"]),
    )


def _spell_ref(ref: Ref) -> Json:
    dtype = spell_argument(ref.dtype, {})
    return {"name": ref.name, "shape": list(ref.shape), "dtype": dtype, "numbers": ref.numbers}


def _read_ref(found: Json, device: torch.device) -> Ref:
    dtype = read_argument(found["dtype"], [], device)
    return Ref(found["name"], tuple(found["shape"]), dtype, found["numbers"])


def _spell_step(step: Step, places: Mapping[Ref, int]) -> Json:
    return {
        "result": places[step.result],
        "operation": spell_operation(step.operation),
        "args": [spell_argument(one, places) for one in step.args],
        "kwargs": {key: spell_argument(one, places) for key, one in step.kwargs.items()},
        "depends": step.rule is not None,
        "module": step.module,
        "last_use": [places[ref] for ref in step.last_use],
        "follows_dtype": step.follows_dtype,
    }


def _read_step(found: Json, refs: list[Ref], device: torch.device) -> Step:
    operation = read_operation(found["operation"])
    rule = (RULES.get(operation) or UNROLLED[operation]) if found["depends"] else None
    return Step(
        refs[found["result"]],
        operation,
        tuple(read_argument(one, refs, device) for one in found["args"]),
        {key: read_argument(one, refs, device) for key, one in found["kwargs"].items()},
        rule,
        found["module"],
        tuple(refs[place] for place in found["last_use"]),
        follows_dtype=found["follows_dtype"],
    )
