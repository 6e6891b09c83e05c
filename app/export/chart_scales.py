"""From a chart's values to places and colours on the paper, as Vega-Lite has them. No Streamlit."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from openbox.display.colours import coloured

Row = Mapping[str, Any]
Channel = Mapping[str, Any]
Use = tuple[Channel, Sequence[Row]]  # a channel of one layer, and the rows that it is read off
CATEGORIES = (
    "#4c78a8", "#f58518", "#e45756", "#72b7b2", "#54a24b", "#eeca3b", "#b279a2", "#ff9da6", "#9d755d",
    "#bab0ac",
)  # fmt: skip
SCHEMES = {"blues": np.array([(207, 225, 242), (111, 163, 207), (10, 74, 144)], dtype=float)}
PLAIN_COLOUR = "#4c78a8"
STEP = 20  # pixels of a band


@dataclass(frozen=True)
class BandScale:
    """Names one after the other, each ``step`` pixels wide."""

    names: tuple[Any, ...]
    step: float

    def at(self, value: Any) -> float:
        """The middle of a name's band."""
        return (self.names.index(value) + 0.5) * self.step


@dataclass(frozen=True)
class LinearScale:
    """Numbers from ``low`` at ``start`` to ``high`` at ``end``, in pixels."""

    low: float
    high: float
    start: float
    end: float

    def at(self, value: Any) -> float:
        """The place of a number."""
        return self.start + (value - self.low) / (self.high - self.low) * (self.end - self.start)


def ticks(low: float, high: float, count: int = 5) -> list[float]:
    """Round numbers between the two, about so many."""
    rough = (high - low) / max(1, count)
    size = 10.0 ** math.floor(math.log10(rough))
    step = next(size * part for part in (1, 2, 5, 10) if size * part >= rough * 0.7)
    first, last = math.ceil(low / step - 1e-9), math.floor(high / step + 1e-9)
    return [round(place * step, 12) for place in range(first, last + 1)]


def is_band(uses: Sequence[Use]) -> bool:
    """Whether a channel has names, not numbers."""
    return any(use.get("type") in ("nominal", "ordinal") for use, _ in uses)


def names(uses: Sequence[Use]) -> tuple[Any, ...]:
    """The names of a channel: in the order that is asked for, of the rows if it is None, else sorted."""
    use = next(use for use, _ in uses if "field" in use)
    found = dict.fromkeys(row[use["field"]] for use, rows in uses if "field" in use for row in rows)
    asked = use.get("sort", ())
    if asked is None:
        return tuple(found)
    given = [name for name in asked if name in found]
    return (*given, *sorted(name for name in found if name not in given))


def domain(uses: Sequence[Use]) -> tuple[float, float]:
    """The numbers of a channel from the least to the greatest, with zero and rounded unless told not to."""
    asked = setting(uses, "scale") or {}
    if "domain" in asked:
        return float(asked["domain"][0]), float(asked["domain"][1])
    values = [row[use["field"]] for use, rows in uses if "field" in use for row in rows]
    known = [float(value) for value in values if value is not None]
    if asked.get("zero", True):
        known.append(0.0)
    low, high = min(known, default=0.0), max(known, default=1.0)
    high = high if high > low else low + 1
    if not asked.get("nice", True):
        return low, high
    marks = ticks(low, high)
    step = marks[1] - marks[0] if len(marks) > 1 else high - low
    return math.floor(low / step + 1e-9) * step, math.ceil(high / step - 1e-9) * step


def setting(uses: Sequence[Use], name: str) -> Any:
    """What the first layer that says something says of a channel."""
    return next((use[name] for use, _ in uses if use.get(name) is not None), None)


def colour(use: Channel | None, row: Row, rows: Sequence[Row]) -> str:
    """The colour of a row."""
    if use is None:
        return PLAIN_COLOUR
    if "field" not in use:
        return str(use["value"])
    value, scale = row[use["field"]], use.get("scale", {})
    if scale is None:
        return str(value)
    if "scheme" in scale:
        low, high = scale["domain"]
        return "#{:02x}{:02x}{:02x}".format(*painted(scale["scheme"], (value - low) / (high - low)))
    return str(chosen(scale, value, names([(use, rows)]), CATEGORIES))


def painted(scheme: str, share: float) -> list[int]:
    """A colour of a scheme at a share in [0, 1]."""
    return coloured(np.array(share), SCHEMES[scheme]).tolist()


def chosen(scale: Mapping[str, Any], value: Any, known: Sequence[Any], usual: Sequence[Any]) -> Any:
    """What a scale of names gives for one of them."""
    domain, given = list(scale.get("domain", known)), list(scale.get("range", usual))
    return given[domain.index(value) % len(given)]
