"""Which of several outputs of a module is opened."""

from collections.abc import Mapping, Sequence
from typing import Any

from openbox.errors import CaptureError, shown

OutputKey = int | str | tuple[int | str, ...] | None


def choose_output(returned: Any, key: OutputKey, leaf: type) -> Any:
    """The part of what forward returned that ``key`` names: an index, a key or field, or a path of them.

    None stands for the only output. ``leaf`` is the type of a part that has no parts itself. Raises
    ``CaptureError`` with the keys that exist.
    """
    path = () if key is None else key if isinstance(key, tuple) else (key,)
    part = returned
    for step in path:
        parts = {} if isinstance(part, leaf) else _parts(part)
        if step not in parts:
            raise CaptureError(f"forward returns no output={shown(key)}; {_known(returned, leaf)}")
        part = parts[step]
    if isinstance(part, leaf):
        return part
    parts = _parts(part)
    if len(parts) == 1 and key is None:
        return choose_output(next(iter(parts.values())), None, leaf)
    raise CaptureError(
        "forward returns several values"
        + (f" for output={shown(key)}" if path else "")
        + f"; say which one to open: {_known(returned, leaf)}"
    )


def _parts(value: Any) -> Mapping[int | str, Any]:
    if isinstance(value, Mapping):
        return dict(value)
    if isinstance(value, Sequence) and not isinstance(value, str):
        fields = getattr(value, "_fields", ())
        return {**dict(enumerate(value)), **dict(zip(fields, value, strict=False))}
    return {}


def _known(returned: Any, leaf: type) -> str:
    if isinstance(returned, leaf):
        return "it returns one tensor: leave output out"
    keys = [repr(key) for key, part in _parts(returned).items() if isinstance(part, leaf) or _parts(part)]
    return f"output can be {', '.join(keys)}" if keys else f"it returns {type(returned).__name__}, no tensor"
