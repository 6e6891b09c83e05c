"""Captures that are found again: by the module itself, the input's shape, and a structure unchanged since."""

import threading
import weakref
from collections.abc import Hashable

from torch import nn

from openbox.module.fingerprint import structure
from openbox.tracing.template import Template


class Cache:
    """Forgets a module when the module is gone. Safe to share between threads."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._known: dict[int, tuple[weakref.ref[nn.Module], dict[Hashable, tuple[object, Template]]]] = {}

    def find(self, model: nn.Module, key: Hashable) -> Template | None:
        """What was kept for this very module and ``key``, unless the module was changed since."""
        with self._lock:
            owner, kept = self._known.get(id(model), (None, {}))
            then, template = kept.get(key, (None, None))
        return template if owner is not None and owner() is model and then == structure(model) else None

    def all(self, model: nn.Module) -> list[Template]:
        """Everything that was kept for this very module, unless it was changed since."""
        with self._lock:
            keys = list(self._known.get(id(model), (None, {}))[1])
        found = (self.find(model, key) for key in keys)
        return [template for template in found if template is not None]

    def keep(self, model: nn.Module, key: Hashable, template: Template) -> None:
        """Remember ``template``; it must not hold the module."""
        address = id(model)
        with self._lock:
            owner, kept = self._known.get(address, (None, {}))
            if owner is None or owner() is not model:
                owner, kept = weakref.ref(model, lambda gone: self._forget(address, gone)), {}
                self._known[address] = (owner, kept)
            kept[key] = (structure(model), template)

    def _forget(self, address: int, gone: object) -> None:
        if (entry := self._known.get(address)) and entry[0] is gone:
            del self._known[address]
