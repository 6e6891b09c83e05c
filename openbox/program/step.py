"""``Step``: one operation of a captured network."""

from collections.abc import Sequence
from dataclasses import dataclass, fields, replace
from operator import attrgetter
from typing import Any

import torch
from torch._ops import OpOverload

from openbox.program.gates.gate import Gate
from openbox.program.layout import FIRST_AXIS, Layout
from openbox.program.ref import Ref, mapped
from openbox.program.rules import RULES, Operation, Rule


@dataclass(frozen=True, eq=False)
class Step:
    """One operation. ``rule`` is None where the value is constant on a region.

    ``args`` and ``kwargs`` hold refs where values of earlier steps go, ``result`` is where its own goes;
    ``module`` is the path of the submodule that the operation came from; ``last_use`` are the values not
    needed afterwards. ``follows_dtype``: it was asked for the dtype of the input, which a run may change.
    Pickles: an operation of PyTorch travels as its name, a rule as that of its operation.
    """

    result: Ref
    operation: Operation
    args: tuple[Any, ...]
    kwargs: dict[str, Any]
    rule: Rule | None
    module: str
    last_use: tuple[Ref, ...] = ()
    layout: Layout = FIRST_AXIS
    follows_dtype: bool = False

    @property
    def gate(self) -> Gate:
        """The rule of a step that is a gate."""
        assert isinstance(self.rule, Gate)
        return self.rule

    def __reduce__(self) -> tuple[Any, ...]:
        values = {one.name: getattr(self, one.name) for one in fields(self)}
        named = isinstance(self.operation, OpOverload)
        values |= {
            "operation": str(self.operation) if named else self.operation,
            "rule": self.rule is not None,
        }
        return _restored, (values,)


def _restored(values: dict[str, Any]) -> Step:
    operation = values["operation"]
    operation = attrgetter(operation)(torch.ops) if isinstance(operation, str) else operation
    return Step(**values | {"operation": operation, "rule": RULES[operation] if values["rule"] else None})


def needed(steps: Sequence[Step], output: Ref) -> tuple[Step, ...]:
    """The steps that ``output`` is made of, each with the values that nobody reads after it."""
    read, found = {output}, []
    for step in reversed(steps):
        if step.result not in read:
            continue
        last: list[Ref] = []

        def note(ref: Ref, last: list[Ref] = last) -> None:
            if ref not in read:
                read.add(ref)
                last.append(ref)

        mapped((step.args, step.kwargs), note)
        found.append(replace(step, last_use=tuple(last)))
    return tuple(reversed(found))
