"""The one table of methods: the floor, this library, and what else computes the same weights.

Each takes a ``Subject`` and a batch x (N, *input_shape) and returns (N, R, *input_shape). All parameters are
frozen, so that nobody computes a gradient for them.
"""

from collections.abc import Callable
from dataclasses import dataclass

import torch
from torch import Tensor, nn
from torch.func import jacrev, vmap

from openbox import PiecewiseLinearNetwork


@dataclass(frozen=True)
class Subject:
    """A network under test: the module, the same module opened, and what is read of it.

    ``classes``: the outputs of the question "classes"; ``chunk``: inputs at a time, for all but this
    library, which splits a batch by itself.
    """

    model: nn.Module
    net: PiecewiseLinearNetwork
    classes: list[int]
    chunk: int

    def one_hot(self, x: Tensor) -> Tensor:
        """(K, outputs): the rows that pick ``classes``."""
        return torch.eye(self.net.outputs, device=x.device, dtype=x.dtype)[self.classes]

    def contrast(self, x: Tensor) -> Tensor:
        """(1, outputs): the first class minus the second."""
        rows = self.one_hot(x)
        return rows[:1] - rows[1:2]


Function = Callable[[Subject, Tensor], Tensor]


@dataclass(frozen=True)
class Contender:
    """One line of the table; ``times_input``: it returns weight times x instead of the weight."""

    function: Function
    summary: str
    times_input: bool = False


def floor(model: nn.Module, x: Tensor, rows: Tensor) -> Tensor:
    """A plain loop on the module itself: what a linear piece with a certificate needs, and nothing more.

    One forward pass, a vector-Jacobian product for each of ``rows`` (R, outputs), one more forward pass.
    """
    inputs = x.clone().requires_grad_()
    outputs = model(inputs)
    weight = torch.stack(
        [
            torch.autograd.grad(outputs, inputs, row.expand_as(outputs), retain_graph=r + 1 < len(rows))[0]
            for r, row in enumerate(rows)
        ],
        1,
    )
    del outputs
    with torch.no_grad():
        model(x)
    return weight


def _floor_classes(subject: Subject, x: Tensor) -> Tensor:
    return _chunked(subject, x, lambda part: floor(subject.model, part, subject.one_hot(x)))


def _floor_contrast(subject: Subject, x: Tensor) -> Tensor:
    return _chunked(subject, x, lambda part: floor(subject.model, part, subject.contrast(x)))


def _openbox_classes(subject: Subject, x: Tensor) -> Tensor:
    every = len(subject.classes) == subject.net.outputs
    return subject.net.linearize(x, classes=None if every else subject.classes).weight


def _openbox_contrast(subject: Subject, x: Tensor) -> Tensor:
    return subject.net.readout(x, subject.contrast(x)).weight


def _vmap_jacrev(subject: Subject, x: Tensor) -> Tensor:
    jacobian = vmap(jacrev(lambda single: subject.model(single[None])[0, subject.classes]))
    return _chunked(subject, x, jacobian)


def _is_grads_batched(subject: Subject, x: Tensor) -> Tensor:
    def weight(part: Tensor) -> Tensor:
        inputs = part.clone().requires_grad_()
        outputs = subject.model(inputs)
        rows = subject.one_hot(x)[:, None].expand(-1, len(part), -1)
        return torch.autograd.grad(outputs, inputs, rows, is_grads_batched=True)[0].transpose(0, 1)

    return _chunked(subject, x, weight)


def _captum(subject: Subject, x: Tensor) -> Tensor:
    from .captum_rival import input_times_gradient

    return _chunked(subject, x, lambda part: input_times_gradient(subject.model, part, subject.classes))


def _chunked(subject: Subject, x: Tensor, function: Callable[[Tensor], Tensor]) -> Tensor:
    parts = [function(part) for part in x.split(subject.chunk)]
    return parts[0] if len(parts) == 1 else torch.cat(parts)


FLOOR, OURS = "floor", "openbox"

QUESTIONS: dict[str, dict[str, Contender]] = {
    "classes": {
        FLOOR: Contender(_floor_classes, "forward, one VJP a class, forward: on the module itself"),
        OURS: Contender(_openbox_classes, "net.linearize(x): weights, bias and certificate"),
        "vmap_jacrev": Contender(_vmap_jacrev, "torch.func.vmap(jacrev(model)): weights only"),
        "is_grads_batched": Contender(
            _is_grads_batched, "autograd.grad(is_grads_batched=True): weights only"
        ),
        "captum": Contender(_captum, "captum's InputXGradient, class by class: products only", True),
    },
    "contrast": {
        FLOOR: Contender(_floor_contrast, "forward, one VJP, forward: on the module itself"),
        OURS: Contender(_openbox_contrast, "net.readout(x, coefficients): weights, bias and certificate"),
    },
}


def method_names() -> list[str]:
    """All names of the table, each once, in its order."""
    return list(dict.fromkeys(name for methods in QUESTIONS.values() for name in methods))
