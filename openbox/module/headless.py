"""``before_head``: a module without the softmax or sigmoid that it ends in, for methods that only run it."""

from collections.abc import Callable, Iterable
from typing import Any

import torch
from torch import Tensor, nn
from torch.nn import functional
from torch.overrides import TorchFunctionMode

from openbox.errors import StaleCaptureError

_FUNCTIONS: dict[Callable[..., Any], str] = {
    functional.softmax: "softmax", torch.softmax: "softmax", Tensor.softmax: "softmax",
    functional.log_softmax: "log_softmax", torch.log_softmax: "log_softmax",
    Tensor.log_softmax: "log_softmax", functional.sigmoid: "sigmoid", torch.sigmoid: "sigmoid",
    Tensor.sigmoid: "sigmoid", Tensor.sigmoid_: "sigmoid", torch.sigmoid_: "sigmoid",
    torch.special.softmax: "softmax", torch.special.log_softmax: "log_softmax",
    torch.special.expit: "sigmoid",
}  # fmt: skip

_APPLIED: dict[str, Callable[[Tensor], Tensor]] = {
    "softmax": lambda logits: logits.softmax(1),
    "log_softmax": lambda logits: logits.log_softmax(1),
    "sigmoid": torch.sigmoid,
}


class Headless(nn.Module):
    """What ``model`` feeds to its final ``head``, (N, K), with its gradients; ``model`` stays as it is."""

    def __init__(self, model: nn.Module, head: str) -> None:
        super().__init__()
        self.model = model
        self.head = head

    def forward(self, x: Tensor) -> Tensor:
        found = _answer(self.model, x)
        if found.head != self.head or found.logits is None:
            raise StaleCaptureError(
                f"the output of {type(self.model).__name__} no longer comes from {self.head}; create the "
                "explainer again"
            )
        return found.logits.reshape(len(x), -1)

    def tangent(self, x: Tensor, rows: Tensor) -> Tensor:
        """Rows (N, K) over the logits that change at x as ``rows`` (N, K) of the head's output do."""
        with torch.no_grad():
            logits = self(x)
        function = _APPLIED[self.head]
        with torch.enable_grad():
            logits.requires_grad_()
            (found,) = torch.autograd.grad(function(logits), logits, rows)
        return found


def before_head(model: nn.Module, example: Tensor) -> nn.Module:
    """``model`` itself, or a ``Headless`` around it where it ends in softmax, log_softmax or sigmoid.

    ``example`` (N, *input_shape) shows which; the same three as ``PiecewiseLinearNetwork.head``.
    """
    with torch.no_grad():
        head = _answer(model, example[:1].detach().clone()).head
    return model if head is None else Headless(model, head)


class _Behind:
    """A run's output, and what it was made of if that was one of the functions."""

    def __init__(self, output: object, calls: Iterable[tuple[str, Tensor, Tensor]]) -> None:
        self.head: str | None = None
        self.logits: Tensor | None = None
        if not isinstance(output, Tensor):
            return
        for head, logits, returned in calls:
            same = returned.untyped_storage().data_ptr() == output.untyped_storage().data_ptr()
            if same or torch.equal(returned.detach().flatten(), output.detach().flatten()):
                self.head, self.logits = head, logits


def _answer(model: nn.Module, x: Tensor) -> _Behind:
    with _Heads() as heads:
        output = model(x)
    return _Behind(output, heads.calls)


class _Heads(TorchFunctionMode):
    """Keeps input and output of every call of the functions, with their gradients."""

    def __init__(self) -> None:
        super().__init__()
        self.calls: list[tuple[str, Tensor, Tensor]] = []

    def __torch_function__(
        self, func: Any, types: Any, args: tuple[Any, ...] = (), kwargs: dict[str, Any] | None = None
    ) -> Any:
        del types
        kwargs = kwargs or {}
        head = _FUNCTIONS.get(func)
        if head is None:
            return func(*args, **kwargs)
        logits = args[0] if args else kwargs["input"]
        logits = logits.clone()  # an in-place function overwrites them
        returned = func(*args, **kwargs)
        self.calls.append((head, logits, returned))
        return returned
