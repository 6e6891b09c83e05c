"""A recurrent layer as its steps over time: PyTorch's own arithmetic, operation by operation, so that the
gates decide as they do in the module."""

from collections.abc import Sequence
from math import prod
from operator import getitem
from typing import Any

import torch

from openbox.program.ref import Ref
from openbox.program.rules import RULES, Operation
from openbox.program.step import Step

aten = torch.ops.aten


class Recurrence:
    """The layers of ``aten.rnn_relu.input`` with ``args``, which refer to values of known sizes.

    ``output`` and ``last`` are its two results, ``steps`` compute them. The gate at time t of the second
    layer is named after ``rnn.l1[t]``, backwards ``rnn.l1_reverse[t]``, as the weights of the layer are.
    """

    def __init__(self, module: str, name: str, args: Sequence[Any]) -> None:
        x, state, parameters, has_biases, layers, _, _, both_ways, batch_first = args
        self.steps: list[Step] = []
        self._module, self._name, self._dtype, self._state = module, name, x.dtype, state
        batch, time = (0, 1) if batch_first else (1, 0)
        self._count, self._length, self._width = x.shape[batch], x.shape[time], parameters[1].shape[1]
        self._at_once = x.numbers // max(1, self._length * x.shape[2])  # sequences of one input
        each, ways = 4 if has_biases else 2, 1 + both_ways
        lasts: list[Ref] = []
        if batch_first:
            x = self._add("time_first", (self._length, self._count, x.shape[2]), aten.transpose.int, x, 0, 1)
        for layer in range(layers):
            outputs: list[Ref] = []
            for way in range(ways):
                number = layer * ways + way
                weights = (*parameters[number * each : (number + 1) * each], None, None)[:4]
                output, last = self._one_way(
                    x, f"l{layer}{'_reverse' * way}", number, weights, backwards=way > 0
                )
                outputs.append(output)
                lasts.append(last)
            shape = (self._length, self._count, self._width * ways)
            x = self._add(f"l{layer}", shape, aten.cat.default, outputs, 2) if both_ways else outputs[0]
        if batch_first:
            x = self._add("output", (self._count, self._length, x.shape[2]), aten.transpose.int, x, 0, 1)
        self.output = x
        self.last = self._add("last", (len(lasts), self._count, self._width), aten.stack.default, lasts, 0)

    def _one_way(
        self, x: Ref, name: str, number: int, weights: tuple[Any, ...], *, backwards: bool
    ) -> tuple[Ref, Ref]:
        """One layer in one direction along x (T, N, inputs): its states (T, N, width), and the last."""
        w_ih, w_hh, b_ih, b_hh = weights
        one, all_of_them = (self._count, self._width), (self._length, self._count, self._width)
        fed = self._add(f"{name}.fed", all_of_them, aten.linear.default, x, w_ih, b_ih)
        parts = self._add(f"{name}.parts", (), aten.unbind.int, fed, 0)
        state = self._add(f"{name}.begin", one, aten.select.int, self._state, 0, number)
        states: dict[int, Ref] = {}
        for t in reversed(range(self._length)) if backwards else range(self._length):
            here = f"{name}[{t}]"
            part = self._add(f"{here}.fed", one, getitem, parts, t)
            kept = self._add(f"{here}.kept", one, aten.linear.default, state, w_hh, b_hh)
            total = self._add(f"{here}.sum", one, aten.add.Tensor, kept, part)
            state = states[t] = self._add(here, one, aten.relu.default, total, place=here)
        in_order = [states[t] for t in range(self._length)]
        return self._add(name, all_of_them, aten.stack.default, in_order, 0), state

    def _add(
        self, name: str, shape: tuple[int | str, ...], operation: Operation, *args: Any, place: str = ""
    ) -> Ref:
        sizes = [size for size in shape if isinstance(size, int)]  # the others are of the batch
        numbers = prod(sizes) * self._at_once if shape else 0
        result = Ref(f"{self._name}.{name}", shape, self._dtype, numbers)
        module = ".".join(part for part in (self._module, place) if part)
        self.steps.append(Step(result, operation, args, {}, RULES[operation], module))
        return result
