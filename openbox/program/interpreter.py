"""``Interpreter`` runs the steps of a program and stops at each gate to ask for its value."""

from collections.abc import Sequence
from typing import Any

import torch

from openbox.program.affine import Affine
from openbox.program.gates.gate import Gate
from openbox.program.ref import Ref, mapped
from openbox.program.step import Step

Values = dict[Ref, Any]


class Interpreter:
    """A run of ``steps`` on ``count`` inputs, held up at a gate; ``values`` are those still needed."""

    def __init__(
        self, steps: Sequence[Step], values: Values, count: int, dtype: torch.dtype, done: int = 0
    ) -> None:
        self.values = values
        self.count = count
        self._steps = steps
        self._dtype = dtype
        self._done = done

    def advance(self) -> Step | None:
        """Run up to the next gate and return it; None at the end."""
        for step in self._steps[self._done :]:
            rule = step.rule
            if isinstance(rule, Gate):
                return step
            apply = (rule.apply if isinstance(rule, Affine) else None) or step.operation
            kwargs = keywords(step, self.values, self._dtype)
            self._keep(step, apply(*resolve(step.args, self.values), **kwargs))
        return None

    def operands(self, step: Step) -> tuple[Any, ...]:
        """The arguments of the gate that the walk stands at."""
        return resolve(step.args, self.values)

    def give(self, step: Step, value: Any) -> None:
        """What the gate that the walk stands at returns."""
        self._keep(step, value)

    def fork(self, values: Values) -> "Interpreter":
        """Another run at the same place, with as many inputs and other values."""
        return Interpreter(self._steps, values, self.count, self._dtype, self._done)

    def _keep(self, step: Step, value: Any) -> None:
        self.values[step.result] = value
        for ref in step.last_use:
            del self.values[ref]
        self._done += 1


def keywords(step: Step, values: Values, dtype: torch.dtype) -> dict[str, Any]:
    """The keyword arguments of a step in a run of that dtype."""
    if not step.kwargs:
        return {}
    kwargs = resolve(step.kwargs, values)
    return {**kwargs, "dtype": dtype} if step.follows_dtype else kwargs


def resolve(arguments: Any, values: Values) -> Any:
    """Arguments with the values in place of the refs."""
    return mapped(arguments, values.__getitem__)
