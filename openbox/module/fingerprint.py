"""What must not change between a capture and its use: the structure of a module, not its weights."""

import weakref
from collections.abc import Mapping
from typing import Any

from torch import Tensor, nn

_PLAIN = (bool, int, float, complex, str, bytes, type(None))


def fingerprint(model: nn.Module) -> list[Any]:
    """Modules, their modes, and place, dtype and device of all tensors, as one comparable list.

    Values are left out: a program reads them where they lie.
    """
    found: list[Any] = []
    for module in model.modules():
        found += [_Same(module), module.training]
        for held in (module._parameters, module._buffers):  # parameters() walks the tree once more
            for tensor in held.values():
                found += _describe(tensor)
    return found


def structure(model: nn.Module) -> list[Any]:
    """The fingerprint and every other attribute of every module, settings and hooks included."""
    attributes = [part for module in model.modules() for part in _describe(vars(module))]
    return [*fingerprint(model), *attributes]


def _describe(value: Any, depth: int = 4) -> list[Any]:
    if isinstance(value, Tensor):
        return [_Same(value), value.dtype, value.device, value.shape]
    if isinstance(value, _PLAIN):
        return [type(value), value]
    if isinstance(value, list | tuple):
        return [type(value), *(part for item in value for part in _describe(item, depth))]
    if isinstance(value, Mapping):
        return [type(value), *(p for key, item in value.items() for p in (key, *_describe(item, depth)))]
    inside = getattr(value, "__dict__", None)
    if depth == 0 or not isinstance(inside, dict) or isinstance(value, nn.Module | type) or callable(value):
        return [_Same(value)]
    return [_Same(value), *_describe(inside, depth - 1)]  # a namespace of settings


class _Same:
    """Equal to a note of the same living object only; it does not keep the object alive if it need not."""

    def __init__(self, value: Any) -> None:
        try:
            self._get = weakref.ref(value)
        except TypeError:
            self._get = lambda: value

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _Same) and self._get() is not None and self._get() is other._get()

    def __hash__(self) -> int:
        return id(self._get())
