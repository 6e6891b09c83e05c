"""Every error that OpenBox raises on purpose; each message says what was called, found and to do."""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from numbers import Number
from typing import Any

_LONG = 60  # characters of a value in a message
_MANY = 4  # entries of a list in a message


class OpenBoxError(Exception):
    """Base of all errors of this library.

    ``call`` is the verb that was called; whoever raises leaves it empty, and ``named`` puts it on.
    """

    call: str = ""

    def __init__(self, found: str) -> None:
        super().__init__(found)

    def __str__(self) -> str:
        return f"{self.call}: {self.args[0]}" if self.call else self.args[0]

    def __reduce__(self) -> tuple[Any, ...]:
        return _restored, (type(self), self.args, self.__dict__)  # __init__ of some takes other arguments


def _restored(kind: type[OpenBoxError], args: tuple[str], attributes: dict[str, object]) -> OpenBoxError:
    error = kind.__new__(kind, *args)
    error.__dict__.update(attributes)
    return error


@contextmanager
def named(call: str) -> Iterator[None]:
    """Put ``call`` on an error that has none yet: around the body of a public verb, or as its decorator.

    The innermost verb wins, so a verb does its own work by what has no name.
    """
    try:
        yield
    except OpenBoxError as error:
        error.call = error.call or call
        raise


def shown(value: object) -> str:
    """A value in few words for a message; of a tensor the shape and dtype, never its numbers."""
    if isinstance(value, Number | str | None):
        text = repr(value)
        return text if len(text) <= _LONG else f"{text[:_LONG]}.."
    if type(value) in (list, tuple):
        entries = list(value)  # pyright: ignore[reportArgumentType, reportUnknownVariableType]
        text = ", ".join(shown(entry) for entry in entries[:_MANY]) + ", .." * (len(entries) > _MANY)
        text = text if len(text) <= _MANY * _LONG else f"{text[: _MANY * _LONG]}.."
        return f"[{text}]" if isinstance(value, list) else f"({text}{',' * (len(entries) == 1)})"
    shape, dtype = getattr(value, "shape", None), getattr(value, "dtype", None)
    kind = type(value).__name__
    return f"a {kind}" if shape is None or dtype is None else f"a {kind} of {dtype} and shape {tuple(shape)}"


class UnknownNameError(OpenBoxError, KeyError):
    """A name that its table does not hold; the message lists the names it does hold, then ``advice``."""

    def __init__(self, kind: str, name: str, known: Iterable[str], advice: str = "") -> None:
        listed = ", ".join(sorted(known)) or "none"
        super().__init__(f"unknown {kind} {shown(name)}; known: {listed}{advice and '; ' + advice}")


class DataNotFoundError(OpenBoxError):
    """A data set that does not lie where it was looked for, or could not be fetched."""

    def __init__(
        self, name: str, where: object, download: bool, cause: Exception, advice: str = "",
        verb: str = "load",
    ) -> None:  # fmt: skip
        advice = advice or (
            ("the download failed: check the network, or " if download else "allow the download, or ")
            + "set --data-root or OPENBOX_DATA to a folder that holds it; 'digits' is always there"
        )
        super().__init__(f"zoo.{verb}({name!r}): nothing readable under {str(where)!r} ({cause}); {advice}")


class CheckpointError(OpenBoxError):
    """A checkpoint that is missing, damaged, or does not fit its card."""


class ModelError(OpenBoxError):
    """A user's own model that cannot be imported, built or run, or weights that do not fit it."""


class InputError(OpenBoxError, ValueError):
    """A tensor whose shape, dtype, device or values do not fit the call."""


class CounterfactualNotFoundError(OpenBoxError):
    """No input with another decision was found; the message says what was tried."""


class CaptureError(OpenBoxError):
    """A module that is not one function of one input: no graph, mixed inputs, buffers that change."""


class StaleCaptureError(OpenBoxError):
    """The module changed its mode, or a parameter its place or dtype, after it was captured."""


class NotPiecewiseLinearError(OpenBoxError):
    """An operation on the way from input to output that no rule covers.

    ``operation`` is its ATen name, ``module`` the path of the submodule that called it (empty for the
    model itself), ``source`` the line of code, ``advice`` what could replace it.
    """

    def __init__(
        self,
        operation: str,
        module: str,
        kind: str,
        source: str,
        reason: str,
        advice: str,
    ) -> None:
        self.operation = operation
        self.module = module
        self.source = source
        self.advice = advice
        where = f"module {module!r} ({kind})" if module else f"the model itself ({kind})"
        super().__init__(
            f"cannot open {operation} in {where}: {reason}\n  found at: {source}\n  what to do: {advice}"
        )
