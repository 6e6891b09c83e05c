"""Every error that OpenBox raises on purpose; each message says what was called, found and to do."""

from collections.abc import Iterable


class OpenBoxError(Exception):
    """Base of all errors of this library."""


class UnknownNameError(OpenBoxError, KeyError):
    """A name that its table does not hold; the message lists the names it does hold, then ``advice``."""

    def __init__(self, call: str, kind: str, name: str, known: Iterable[str], advice: str = "") -> None:
        super().__init__(call, kind, name)
        listed = ", ".join(sorted(known)) or "none"
        self.message = f"{call}: unknown {kind} {name!r}; known: {listed}{advice and '; ' + advice}"

    def __str__(self) -> str:
        return self.message


class DataNotFoundError(OpenBoxError):
    """A data set that does not lie where it was looked for, or could not be fetched."""

    def __init__(self, name: str, where: object, download: bool, cause: Exception) -> None:
        if name.startswith("folder:"):
            advice = "give the path of a folder with train/<class>/<picture> and test/<class>/<picture>"
            super().__init__(f"zoo.load({name!r}): nothing readable under {str(where)!r} ({cause}); {advice}")
            return
        super().__init__(
            f"zoo.load({name!r}): nothing readable under {str(where)!r} ({cause}); "
            + ("the download failed: check the network, or " if download else "allow the download, or ")
            + "set --data-root or OPENBOX_DATA to a folder that holds it; 'digits' is always there"
        )


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
        call: str,
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
            f"{call}: cannot open {operation} in {where}: {reason}\n"
            f"  found at: {source}\n"
            f"  what to do: {advice}"
        )
