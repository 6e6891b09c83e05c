"""The public face of a package: named once, in its stub, and imported when it is first asked for.

So ``python -m openbox --help`` does not wait for torch, and ``dir(openbox)`` shows no submodules. The idea is
that of ``attach_stub`` in lazy-loader (https://scientific-python.org/specs/spec-0001).
"""

import ast
import importlib
import sys
from collections.abc import Callable
from pathlib import Path


def open_face(package: str, file: str) -> tuple[Callable[[str], object], Callable[[], list[str]], list[str]]:
    """The ``__getattr__``, ``__dir__`` and ``__all__`` of a package whose ``__init__.py`` is ``file``.

    The stub beside it holds ``from module import name as name`` lines and nothing else that imports.
    """
    homes = read_face(Path(file).with_suffix(".pyi"))

    def get(name: str) -> object:
        if name not in homes:
            raise AttributeError(f"module {package!r} has no attribute {name!r}")
        value = getattr(importlib.import_module(homes[name]), name)
        setattr(sys.modules[package], name, value)
        return value

    def names() -> list[str]:
        return sorted([*homes, *(name for name in vars(sys.modules[package]) if name.startswith("__"))])

    return get, names, sorted(homes)


def read_face(stub: Path) -> dict[str, str]:
    """The public names of a stub, each with the module that it is defined in."""
    lines = ast.parse(stub.read_text(encoding="utf-8")).body
    found = [(line.module or "", line.names) for line in lines if isinstance(line, ast.ImportFrom)]
    return {alias.name: module for module, names in found for alias in names}
