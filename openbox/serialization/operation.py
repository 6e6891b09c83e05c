"""The operations of a program by name: those of PyTorch, of Python's arithmetic, and our own few."""

import math
import operator
from operator import attrgetter

import torch
from torch._ops import OpOverload

from openbox.errors import CaptureError
from openbox.program.rules import Operation
from openbox.tracing import fold

_HOMES = {  # what sizes are computed with, and our own; no function that calls another, or finds one
    operator: ("add sub mul floordiv truediv mod pow neg abs eq ne lt le gt ge and_ or_ xor not_ getitem"),
    math: "ceil floor trunc sqrt",
    torch: "sym_max sym_min sym_int sym_float sym_ite sym_not",
    fold: " ".join(fold.FUNCTIONS),
}
_FUNCTIONS: dict[str, Operation] = {
    f"{home.__name__}.{name}": getattr(home, name) for home, names in _HOMES.items() for name in names.split()
}
_NAMES = {function: name for name, function in _FUNCTIONS.items()}
_OVERLOADS, _LIBRARIES = "ops.", ("aten.", "openbox.")


def spell_operation(operation: Operation) -> str:
    """Its name. Raises ``CaptureError`` for a function that is none of these."""
    if isinstance(operation, OpOverload):
        return f"{_OVERLOADS}{operation}"
    if operation not in _NAMES:
        raise CaptureError(f"the capture uses {operation}, which has no name in a file; it cannot be kept")
    return _NAMES[operation]


def read_operation(name: str) -> Operation:
    """The operation of that name. Raises ``CaptureError`` where there is none, or one that does more than
    compute: that writes into what it is given, or opens a file."""
    found = _overload(name.removeprefix(_OVERLOADS)) if name.startswith(_OVERLOADS) else _FUNCTIONS.get(name)
    if found is None:
        raise CaptureError(f"it names the operation {name!r}, which this PyTorch or OpenBox does not have")
    return found


def _overload(name: str) -> OpOverload | None:
    if not name.startswith(_LIBRARIES):
        return None
    try:
        found = attrgetter(name)(torch.ops)
    except (AttributeError, RuntimeError):
        return None
    if not isinstance(found, OpOverload) or found._schema.is_mutable:
        return None
    return None if any(argument.name == "filename" for argument in found._schema.arguments) else found
