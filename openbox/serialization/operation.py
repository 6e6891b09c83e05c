"""The operations of a program by name: those of PyTorch, of Python's arithmetic, and our own few."""

import math
import operator
from operator import attrgetter

import torch
from torch._ops import OpOverload

from openbox.errors import CaptureError
from openbox.program.rules import Operation
from openbox.tracing import fold

_SIZES = (torch.sym_max, torch.sym_min, torch.sym_int, torch.sym_float, torch.sym_ite, torch.sym_not)
_FUNCTIONS: dict[str, Operation] = {
    f"{home.__name__}.{name}": function
    for home, names in ((operator, operator.__all__), (math, dir(math)), (fold, fold.FUNCTIONS))
    for name in names
    if callable(function := getattr(home, name)) and not name.startswith("__")
} | {f"torch.{function.__name__}": function for function in _SIZES}
_NAMES = {function: name for name, function in reversed(_FUNCTIONS.items())}
_OVERLOADS = "ops."


def spell_operation(operation: Operation) -> str:
    """Its name. Raises ``CaptureError`` for a function that is none of these."""
    if isinstance(operation, OpOverload):
        return f"{_OVERLOADS}{operation}"
    if operation not in _NAMES:
        raise CaptureError(f"the capture uses {operation}, which has no name in a file; it cannot be kept")
    return _NAMES[operation]


def read_operation(name: str) -> Operation:
    """The operation of that name. Raises ``CaptureError`` where there is none, or one that opens a file."""
    if not name.startswith(_OVERLOADS):
        found = _FUNCTIONS.get(name)
    else:
        try:
            found = attrgetter(name.removeprefix(_OVERLOADS))(torch.ops)
        except (AttributeError, RuntimeError):
            found = None
        if not isinstance(found, OpOverload) or _opens_files(found):
            found = None
    if found is None:
        raise CaptureError(f"it names the operation {name!r}, which this PyTorch or OpenBox does not have")
    return found


def _opens_files(operation: OpOverload) -> bool:
    return any(argument.name == "filename" for argument in operation._schema.arguments)
