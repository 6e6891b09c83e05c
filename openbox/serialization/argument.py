"""The arguments of an operation as JSON."""

from collections.abc import Mapping, Sequence
from typing import Any

import torch

from openbox.errors import CaptureError
from openbox.program.ref import Ref

_KINDS = (torch.dtype, torch.memory_format, torch.layout)


def spell_argument(value: Any, places: Mapping[Ref, int]) -> Any:
    """``value`` as JSON; a ref as its place. Raises ``CaptureError`` for what has no such form."""
    if value is None or isinstance(value, bool | int | float | str):
        return value
    if isinstance(value, Ref):
        return {"value": places[value]}
    if isinstance(value, list):
        return [spell_argument(one, places) for one in value]
    if isinstance(value, tuple):
        return {"tuple": [spell_argument(one, places) for one in value]}
    if isinstance(value, dict):
        return {"dict": {key: spell_argument(one, places) for key, one in value.items()}}
    if isinstance(value, slice):
        return {"slice": [spell_argument(one, places) for one in (value.start, value.stop, value.step)]}
    if isinstance(value, torch.device):
        return {"device": "that of the module"}
    if isinstance(value, _KINDS):
        return {"torch": str(value).removeprefix("torch.")}
    raise CaptureError(f"an operation has an argument {type(value).__name__}, which cannot be kept in a file")


def read_argument(value: Any, refs: Sequence[Ref], device: torch.device) -> Any:
    """The argument again, on ``device``. Raises ``CaptureError``."""
    if isinstance(value, list):
        return [read_argument(one, refs, device) for one in value]
    if not isinstance(value, dict):
        return value
    ((kind, inner),) = value.items()
    if kind == "value":
        return refs[inner]
    if kind == "tuple":
        return tuple(read_argument(one, refs, device) for one in inner)
    if kind == "dict":
        return {key: read_argument(one, refs, device) for key, one in inner.items()}
    if kind == "slice":
        return slice(*(read_argument(one, refs, device) for one in inner))
    if kind == "device":
        return device
    if kind == "torch" and isinstance(found := getattr(torch, inner, None), _KINDS):
        return found
    raise CaptureError(f"it holds an argument {value}, which this OpenBox cannot read")
