"""``Original``: the user's own module as a plain function in one precision, as it was at its capture."""

import copy
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any, NoReturn

import torch
from torch import Tensor, nn

from openbox.errors import InputError, StaleCaptureError
from openbox.module.fingerprint import fingerprint
from openbox.module.head import logits_of
from openbox.module.outputs import OutputKey


class Original:
    """It reads the module and never changes it. ``dtype`` is the module's own, None if it holds no floats."""

    def __init__(self, model: nn.Module, output: OutputKey, head: str | None) -> None:
        self.dtype = next((t.dtype for t in _tensors(model) if t.is_floating_point()), None)
        self._model = model
        self._output = output
        self._head = head
        self._fingerprint = fingerprint(model)

    @property
    def name(self) -> str:
        """The class of the module."""
        return type(self._model).__name__

    @property
    def model(self) -> nn.Module:
        """The module itself. Raises ``StaleCaptureError`` if it is not what it was."""
        if fingerprint(self._model) != self._fingerprint:
            raise StaleCaptureError(
                f"after the capture a submodule of {self.name} was replaced or switched between train() and "
                "eval(), or a parameter was replaced, cast or moved, so the certificate would compare two "
                "functions; capture again"
            )
        return self._model

    def at(self, dtype: torch.dtype) -> Callable[[Tensor], Tensor]:
        """The function (N, *input_shape) -> (N, K) in ``dtype``.

        In another than the module's own it is a copy: a new one each time, so it is never out of date.
        """
        model = self.model if self.dtype in (dtype, None) else _copy(self.model).to(dtype)
        return Function(model, dtype, self._head, self._output)

    def __reduce_ex__(self, protocol: object) -> NoReturn:
        raise InputError(
            "a captured network holds the user's own module and is not pickled or copied; pickle or copy "
            f"the {self.name} and capture that (pieces, regions and explanations do pickle)"
        )

    @contextmanager
    def cast(self, dtype: torch.dtype, trial: Callable[[torch.dtype], object]) -> Iterator[None]:
        """Say it clearly if the module has no version in ``dtype``; ``trial`` then fails alone, too."""
        try:
            yield
        except RuntimeError as error:
            if dtype == self.dtype or _succeeds(trial, dtype):  # not the dtype: memory, or a callback's own
                raise
            raise InputError(
                f"{self.name} does not run in {dtype}: its forward makes or casts "
                f"numbers of another dtype ({str(error).splitlines()[0]}); pass that, or capture a module "
                "that was cast as a whole"
            ) from error


@dataclass(frozen=True, eq=False)
class Function:
    """``model`` in ``dtype``, which it is in, as a function (N, *input_shape) -> (N, K) without gradients."""

    model: nn.Module
    dtype: torch.dtype
    head: str | None
    output: OutputKey

    def __call__(self, x: Tensor) -> Tensor:
        with torch.inference_mode(False), torch.no_grad():
            # a clone: the module may write into its input
            f = logits_of(self.model, x.clone(), self.head, self.output).reshape(len(x), -1)
        if f.dtype != self.dtype:
            raise InputError(
                f"{type(self.model).__name__} returns {f.dtype} for an input in {self.dtype}: "
                f"its forward casts, so it has no version in {self.dtype}; pass {f.dtype}"
            )
        return f

    def __deepcopy__(self, memo: dict[int, Any]) -> "Function":
        return Function(_copy(self.model), self.dtype, self.head, self.output)


def _succeeds(trial: Callable[[torch.dtype], object], dtype: torch.dtype) -> bool:
    try:
        trial(dtype)
    except (RuntimeError, InputError):
        return False
    return True


def _copy(model: nn.Module) -> nn.Module:
    """A deep copy, also of a module that keeps an activation, which PyTorch refuses to copy."""
    kept = [value for module in model.modules() for value in vars(module).values()]
    return copy.deepcopy(model, {id(t): t.detach().clone() for t in kept if isinstance(t, Tensor)})


def _tensors(model: nn.Module) -> Iterator[Tensor]:
    yield from model.parameters()
    yield from model.buffers()
