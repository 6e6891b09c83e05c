"""``table``: a result as a short HTML table for a notebook, whatever its size."""

from html import escape
from typing import Any

import numpy as np
from torch import Tensor

_SCANNED = 10_000_000  # numbers; of larger tensors no range is given, which would take a while
_LONG = 120  # characters of a value


def table(result: object, units: dict[str, str]) -> str:
    """The line that ``result`` prints, and a row for each attribute in ``units``: what it is, in which unit.

    A tensor is shown by its shape and range, a list by its length; nothing grows with their size.
    """
    rows = "".join(
        f"<tr><td><code>{escape(name)}</code></td><td>{escape(_short(getattr(result, name)))}</td>"
        f"<td>{escape(unit)}</td></tr>"
        for name, unit in units.items()
    )
    head = "<tr><th>attribute</th><th>value</th><th>unit or meaning</th></tr>"
    return f"<p>{escape(repr(result)[:300])}</p><table>{head}{rows}</table>"


def _short(value: Any) -> str:
    if isinstance(value, Tensor):
        return _array(tuple(value.shape), value.numel(), value)
    if isinstance(value, np.ndarray):
        return _array(value.shape, value.size, value)
    if isinstance(value, list | tuple):
        return f"{len(value):,} entries"
    text = f"{value:.6g}" if isinstance(value, float) else str(value)
    return text if len(text) <= _LONG else text[: _LONG - 1] + "…"


def _array(shape: tuple[int, ...], count: int, values: Any) -> str:
    if count == 1:
        return f"{float(values.reshape(-1)[0]):.6g}"
    if count == 0 or count > _SCANNED:
        return f"{shape}"
    return f"{shape}, {float(values.min()):.4g} to {float(values.max()):.4g}"
