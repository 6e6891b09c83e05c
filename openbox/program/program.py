"""``Program``: a captured network as a list of steps, which can be recorded and replayed.

*Record* lets every gate decide and keeps the decisions; *replay* takes the decisions as given, which
makes the network the affine function of one region, defined everywhere.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import torch
from torch import Tensor

from openbox.program.gates.gate import Gate
from openbox.program.interpreter import Interpreter, Values, keywords, resolve
from openbox.program.layout import Layout
from openbox.program.recurrent import Recurrent
from openbox.program.ref import Ref
from openbox.program.step import Step

Pattern = tuple[Tensor, ...]  # one decision for each gate, in the order of the steps
GateHandler = Callable[[Step, tuple[Any, ...]], Any]


@dataclass(frozen=True, eq=False)
class Program:
    """The steps from ``input`` to ``output``.

    ``tensors`` are the module's own parameters and buffers, shared, not copied; ``fixed`` the steps
    that do not depend on the input; both are read anew at each run, so a weight may change in between.
    """

    input: Ref
    output: Ref
    tensors: dict[Ref, Tensor]
    fixed: tuple[Step, ...]
    steps: tuple[Step, ...]

    @property
    def gates(self) -> tuple[Step, ...]:
        """The steps that are gates, in the order of a pattern."""
        return tuple(step for step in self.steps if isinstance(step.rule, Gate))

    @property
    def of_any_length(self) -> bool:
        """Whether recurrent layers are still one step each, or sizes open: then it is unrolled to be run."""
        open_sizes = any(not isinstance(size, int) for size in self.input.shape[1:])
        return open_sizes or any(isinstance(step.rule, Recurrent) for step in self.steps)

    @property
    def layouts(self) -> tuple[Layout, ...]:
        """Where the inputs of a batch lie in the decision of each gate."""
        return tuple(step.layout for step in self.gates)

    def constants(self, dtype: torch.dtype) -> Values:
        """Parameters and buffers in the precision of a run, and what the fixed steps make of them.

        What stems from no parameter keeps its own dtype, as in the module itself.
        """
        values: Values = {}
        for ref, tensor in self.tensors.items():
            values[ref] = tensor.detach().to(dtype) if tensor.is_floating_point() else tensor
        with torch.no_grad():
            for step in self.fixed:
                kwargs = keywords(step, values, dtype)
                values[step.result] = step.operation(*resolve(step.args, values), **kwargs)
        return values

    def record(self, x: Tensor, constants: Values | None = None) -> tuple[Tensor, Pattern]:
        """Run on x (N, *input_shape); returns the output (N, K) and the decisions of all gates.

        ``constants``: this program's, in the precision of x, to share them between runs.
        """
        decisions: list[Tensor] = []

        def decide(step: Step, args: tuple[Any, ...]) -> Any:
            output, decision = step.gate.record(*args)
            decisions.append(decision)
            return output

        with torch.no_grad():  # the kernels' own derivatives are not ours at a tie
            output = self.run(x, decide, constants)
        return output, tuple(decisions)

    def replay(self, x: Tensor, pattern: Pattern, constants: Values | None = None) -> Tensor:
        """The affine function of the region that ``pattern`` names, at x (N, *input_shape): (N, K)."""
        given = iter(pattern)
        return self.run(x, lambda step, args: step.gate.apply(next(given), *args), constants)

    def run(self, x: Tensor, on_gate: GateHandler, constants: Values | None = None) -> Tensor:
        """Walk the steps once; ``on_gate(step, args)`` gives the value of each gate. Returns (N, K)."""
        interpreter = self.interpreter(x, constants)
        while (step := interpreter.advance()) is not None:
            interpreter.give(step, on_gate(step, interpreter.operands(step)))
        return self.result(interpreter)

    def interpreter(self, x: Tensor, constants: Values | None = None) -> Interpreter:
        """The same run, for a caller that holds it up at the gates."""
        values = dict(self.constants(x.dtype) if constants is None else constants)
        values[self.input] = x
        return Interpreter(self.steps, values, len(x), x.dtype)

    def result(self, interpreter: Interpreter) -> Tensor:
        """The output (N, K) of a walk that is at its end."""
        output = interpreter.values[self.output]
        assert isinstance(output, Tensor)
        return output.reshape(interpreter.count, -1)
