"""A final softmax, log-softmax or sigmoid: what lies before it is opened, and it is said so."""

from typing import Any

import torch
from torch import Tensor, nn
from torch.fx.node import Node
from torch.utils._python_dispatch import TorchDispatchMode

from openbox.errors import StaleCaptureError
from openbox.module.outputs import OutputKey, choose_output

aten = torch.ops.aten

_NAMES: dict[object, str] = {
    aten.softmax.int: "softmax",
    aten._softmax.default: "softmax",
    aten.log_softmax.int: "log_softmax",
    aten._log_softmax.default: "log_softmax",
    aten.sigmoid.default: "sigmoid",
    aten.sigmoid_.default: "sigmoid",
}
_SAME_ORDER = frozenset(
    {
        aten.view.default, aten.clone.default, aten.squeeze.dims, aten.squeeze.dim, aten.unsqueeze.default,
        aten.alias.default, aten.detach.default,
    }
)  # fmt: skip


def final_head(output: Node) -> tuple[str | None, Node]:
    """The name of the function that a graph ends in, or None, and the node of the logits before it."""
    node = output
    while node.target in _SAME_ORDER and isinstance(node.args[0], Node):
        node = node.args[0]
    name = _NAMES.get(node.target) if node.op == "call_function" and callable(node.target) else None
    if name is None:
        return None, output
    logits = node.args[0]
    assert isinstance(logits, Node)
    return name, logits


def logits_of(model: nn.Module, x: Tensor, head: str | None, output: OutputKey) -> Tensor:
    """The module's own output at x, or what its own run fed to its final ``head``."""
    if head is None:
        return choose_output(model(x), output, Tensor)
    with _HeadCalls(head) as calls:
        returned = choose_output(model(x), output, Tensor)
    if returned.dtype != x.dtype:
        return returned  # its forward casts: the caller refuses that
    storage = returned.untyped_storage().data_ptr()
    for logits, probabilities in reversed(calls.seen):
        if probabilities.untyped_storage().data_ptr() == storage:
            return logits
    for logits, probabilities in reversed(calls.seen):
        if torch.equal(probabilities.flatten(), returned.flatten()):
            return logits
    raise StaleCaptureError(
        f"the output of {type(model).__name__} no longer comes from {head}; capture the module again"
    )


class _HeadCalls(TorchDispatchMode):
    """Keeps input and output of every call of one of the functions ``head``."""

    def __init__(self, head: str) -> None:
        super().__init__()
        self.head = head
        self.seen: list[tuple[Tensor, Tensor]] = []

    def __torch_dispatch__(
        self, function: Any, types: Any, args: tuple[Any, ...] = (), kwargs: dict[str, Any] | None = None
    ) -> Any:
        del types
        if _NAMES.get(function) != self.head:
            return function(*args, **(kwargs or {}))
        logits = args[0].clone()  # an in-place function overwrites them
        returned = function(*args, **(kwargs or {}))
        self.seen.append((logits, returned))
        return returned
