"""What must not change between a capture and its use: the structure of a module, not its weights."""

import weakref
from collections.abc import Mapping
from typing import Any

from torch import Tensor, nn

_PLAIN = (bool, int, float, complex, str, bytes, type(None))


def essentials(model: nn.Module) -> list[Any]:
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
    """The essentials and every other attribute of every module, settings and hooks included."""
    attributes = [part for module in model.modules() for part in _describe(vars(module))]
    return [*essentials(model), *attributes]


def _describe(value: Any) -> list[Any]:
    if isinstance(value, Tensor):
        return [_Same(value), value.dtype, value.device, value.shape]
    if isinstance(value, _PLAIN):
        return [type(value), value]
    if isinstance(value, list | tuple):
        return [type(value), *(part for item in value for part in _describe(item))]
    if isinstance(value, Mapping):
        return [type(value), *(part for key, item in value.items() for part in (key, *_describe(item)))]
    return [_Same(value)]


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
