"""``Layers``: a captured network with one module for each layer, as captum and zennit need it.

Their hooks see modules only: a functional ReLU silently keeps its plain gradient, a module that is used twice
or works in place gives another one. Here each layer of the program is a module of its own, called once, with
batch normalisation folded into the layer before it, and what only moves numbers is left as it is.
"""

from typing import Any

import torch
from torch import Tensor, nn

from openbox.errors import InputError
from openbox.explainers.layered.builders import BATCH_NORM, BUILDERS, SELECTIONS
from openbox.explainers.layered.modules import Add, Elementwise, Other, Selection
from openbox.network import PiecewiseLinearNetwork
from openbox.program.affine import Affine
from openbox.program.interpreter import Values, keywords, resolve
from openbox.program.ref import Ref, mapped
from openbox.program.rules import CHOICES, SHAPES
from openbox.program.step import Step


class Layers(nn.Module):
    """The logits (N, K) of x (N, *input_shape), differentiable by PyTorch; frozen, with weights of its own.

    ``layers`` are in the order of the walk, under the names of the values that they return. ``first`` are
    those that read the input, or what an elementwise function makes of it.
    """

    def __init__(self, net: PiecewiseLinearNetwork, dtype: torch.dtype) -> None:
        super().__init__()
        self._program = net.folded
        self._constants: Values = self._program.constants(dtype)
        self._dtype = dtype
        self._sources: dict[str, Ref] = {}
        self.layers = nn.ModuleDict()
        self.first: list[nn.Module] = []
        dependent, plain = {self._program.input}, {self._program.input}
        for step in self._program.steps:
            sources = _sources(step, dependent)
            if step.rule is None or not sources:
                continue
            dependent.add(step.result)
            direct = plain.issuperset(sources)
            moves = step.operation in SHAPES or step.operation in CHOICES
            if not moves:
                layer = self._layer(step, sources)
                self.layers[_name(step)] = layer
                if direct and not isinstance(layer, Elementwise):
                    self.first.append(layer)
            if direct and (moves or isinstance(self.layers[_name(step)], Elementwise)):
                plain.add(step.result)
        self.eval().requires_grad_(False)

    def forward(self, x: Tensor) -> Tensor:
        values: Values = {**self._constants, self._program.input: x}
        for step in self._program.steps:
            values[step.result] = self._value(step, values)
            for ref in step.last_use:
                del values[ref]
        return values[self._program.output].reshape(len(x), -1)

    def require(self, method: str, *kinds: type[nn.Module]) -> None:
        """Raise ``InputError`` for a layer of none of the ``kinds`` that ``method`` has a rule for."""
        for layer in self.layers.values():
            if not isinstance(layer, kinds):
                name = layer.kind if isinstance(layer, Other) else type(layer).__name__
                known = ", ".join(kind.__name__ for kind in kinds)
                raise InputError(
                    f"{method} has no rule for {name}, which this network has; it knows {known}. Take an "
                    "exact method, or one that only asks the network, such as lime or occlusion"
                )

    def is_gated(self, name: str) -> bool:
        """Whether a ReLU reads what the layer returns."""
        return any(
            _plain(ref.name) == name and isinstance(self.layers[reader], nn.ReLU)
            for reader, ref in self._sources.items()
        )

    def _layer(self, step: Step, sources: list[Ref]) -> nn.Module:
        if step.operation is torch.ops.aten.add.Tensor and len(sources) == 2:
            return Add()
        build = BUILDERS.get(step.operation)
        arguments = mapped(step.args, lambda ref: None if ref in sources else self._constants.get(ref, ref))
        if build and len(sources) == 1 and not any(isinstance(one, Ref) for one in arguments):
            self._sources[_name(step)] = sources[0]
            return build(*arguments, **step.kwargs)
        kind = Selection if step.operation in SELECTIONS else Other
        return kind(str(step.operation), step.operation)

    def _value(self, step: Step, values: Values) -> Any:
        name = _name(step)
        if name in self._sources:
            found = self.layers[name](values[self._sources[name]])
            return (found,) if step.operation is BATCH_NORM else found
        arguments, named = resolve(step.args, values), keywords(step, values, self._dtype)
        if name not in self.layers:
            apply = step.rule.apply if isinstance(step.rule, Affine) else None
            return (apply or step.operation)(*arguments, **named)
        if isinstance(self.layers[name], Add):
            one, other = torch.broadcast_tensors(arguments[0], arguments[1] * named.get("alpha", 1))
            return self.layers[name](torch.stack((one, other), -1))
        return self.layers[name](*arguments, **named)


def _name(step: Step) -> str:
    return _plain(step.result.name)


def _plain(name: str) -> str:
    return name.replace(".", "_")  # no module may have a point in its name


def _sources(step: Step, dependent: set[Ref]) -> list[Ref]:
    """The values of x that a step reads, one for each time that it reads one."""
    found: list[Ref] = []
    mapped((step.args, step.kwargs), lambda ref: found.append(ref) if ref in dependent else None)
    return found
