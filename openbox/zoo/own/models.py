"""Your own model by name: ``package.module:factory`` imported, built, filled with weights and frozen.

Importing runs the module's code. Name only code that you trust, on your own computer; no page and no
link of the app can name one.
"""

import difflib
import importlib
import inspect
import os
import sys
import traceback
from collections.abc import Callable
from pathlib import Path
from typing import Any

import torch
from torch import Tensor, nn
from torch.nn.parameter import is_lazy

from openbox.errors import ModelError, named
from openbox.module.lock import computing
from openbox.zoo.own.weights import load_weights

_SHOWN = 6  # names listed in a message


def load_model(factory: str, weights: str | Path | None = None) -> nn.Module:
    """Import ``package.module``, get its ``factory``, call it without arguments, and load ``weights``.

    ``factory``: ``package.module:name``; the name may have dots and may be a function, a class or an
    ``nn.Module``. The current folder is importable from then on, as for ``python -m``. ``weights``: a
    file as ``load_weights`` reads it; None leaves those of the factory.
    Returns the module in eval mode with frozen parameters, in its own precision. Raises ``ModelError``.
    """
    with named(f"load_model({factory!r})"):
        return _load(factory, weights)


def _load(factory: str, weights: str | Path | None) -> nn.Module:
    name, colon, path = factory.partition(":")
    if not (colon and name and path):
        raise ModelError(
            "expected package.module:factory, such as my_model:Net for the class Net in my_model.py"
        )
    target = _attribute(_import(name), path)
    model = target if isinstance(target, nn.Module) else _build(path, target)
    if not isinstance(model, nn.Module):
        raise ModelError(f"{path} gave something of type {type(model).__name__}, expected a torch.nn.Module")
    if weights is not None:
        load_weights(model, weights)
    if any(is_lazy(tensor) for tensor in (*model.parameters(), *model.buffers())):
        raise ModelError(f"{path} gave lazy layers, which have no weights yet; run it once in the factory")
    return model.eval().requires_grad_(False)


def first_output(model: nn.Module, example: Tensor, advice: str) -> Any:
    """What the model returns for ``example`` (B, *input_shape); else ``ModelError`` with ``advice``."""
    try:
        with computing(), torch.no_grad():
            return model(example.clone())
    except Exception as error:
        raise ModelError(
            f"{type(model).__name__} cannot run on an input of shape {tuple(example.shape)}, where the first "
            f"axis is the batch: {_said(error)}; {advice}"
        ) from error


def float_dtype(model: nn.Module, otherwise: torch.dtype) -> torch.dtype:
    """The precision of the module's parameters, or ``otherwise`` if it has none."""
    return next((p.dtype for p in model.parameters() if p.is_floating_point()), otherwise)


def _import(name: str) -> object:
    if not {os.getcwd(), ""} & set(sys.path):
        sys.path.insert(0, os.getcwd())  # and it stays: the model may import more when it first runs
    importlib.invalidate_caches()
    try:
        return importlib.import_module(name)
    except ModuleNotFoundError as error:
        if error.name is None or not f"{name}.".startswith(f"{error.name}."):
            raise ModelError(f"importing {name} failed: {_said(error)}") from error
        advice = "write it as in an import, without .py and with dots for folders"
        if not name.endswith(".py") and "/" not in name:
            advice = f"start in the folder that holds it, which was {os.getcwd()}, or install it"
        raise ModelError(f"there is no module {error.name!r}; {advice}") from error
    except (Exception, SystemExit) as error:  # a script without an ``if __name__`` may do anything
        raise ModelError(f"importing {name} failed: {_said(error)}") from error


def _attribute(module: object, path: str) -> object:
    found, owner = module, getattr(module, "__name__", "")
    for part in path.split("."):
        if not hasattr(found, part):
            known = _candidates(found, part)
            there = f"it has {', '.join(known)}" if known else "and nothing there could build a model"
            raise ModelError(f"{owner} has no {part!r}; {there}")
        found, owner = getattr(found, part), f"{owner}.{part}"
    return found


def _candidates(owner: object, wanted: str) -> list[str]:
    """A few public names of the owner: alike ones, else modules, else whatever can be called."""
    names = getattr(owner, "__dict__", {})
    public = {name: value for name, value in names.items() if not name.startswith("_")}
    modules = [name for name, value in public.items() if _is_module(value)]
    calls = [name for name, value in public.items() if callable(value)]
    return (difflib.get_close_matches(wanted, calls, _SHOWN) or modules or calls)[:_SHOWN]


def _is_module(value: object) -> bool:
    return isinstance(value, nn.Module) or (inspect.isclass(value) and issubclass(value, nn.Module))


def _build(path: str, target: object) -> object:
    if not callable(target):
        raise ModelError(
            f"{path} is of type {type(target).__name__}, expected a function, a class or an nn.Module"
        )
    needed = _needed(target)
    if needed:
        raise ModelError(
            f"{path} needs arguments ({', '.join(needed)}); name a function without any, such as "
            f"def build(): return {path}(...)"
        )
    try:
        return target()
    except (Exception, SystemExit) as error:
        raise ModelError(f"{path}() failed: {_said(error)}") from error


def _needed(target: Callable[..., object]) -> list[str]:
    """The arguments without a default."""
    try:
        parameters = inspect.signature(target).parameters.values()
    except (TypeError, ValueError):  # some builtins have no signature
        return []
    optional = (inspect.Parameter.VAR_POSITIONAL, inspect.Parameter.VAR_KEYWORD)
    return [p.name for p in parameters if p.default is p.empty and p.kind not in optional]


def _said(error: BaseException) -> str:
    """The error and the line of code that raised it."""
    frames = [
        frame for frame in traceback.extract_tb(error.__traceback__) if "importlib" not in frame.filename
    ]
    own = [frame for frame in frames if "/torch/" not in frame.filename and frame.filename != __file__]
    where = f' ("{own[-1].filename}", line {own[-1].lineno})' if own else ""
    return f"{type(error).__name__}: {str(error).strip() or 'no message'}{where}"
