"""``Measurement``: what a score answers, and ``Score``: one entry of the table of scores."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Literal

from torch import Tensor


@dataclass(frozen=True)
class Measurement:
    """One number an image, ``values`` (n,); NaN where the score is not defined for an image.

    ``metric`` is one of the score's ``metrics``. ``order``, ``fill`` and ``space`` are its conditions,
    empty where they mean nothing; ``curves`` (n, L + 1) is what the number was read off.
    """

    metric: str
    values: Tensor
    order: str = ""
    fill: str = ""
    space: str = ""
    curves: Tensor | None = None


@dataclass(frozen=True)
class Metric:
    """One column of numbers: which direction is better ("" if neither), and its unit."""

    title: str
    better: Literal["higher", "lower", ""]
    unit: str = ""


@dataclass(frozen=True)
class Score:
    """One entry of the table: ``measure(case, settings)`` with the score's own frozen ``settings``.

    ``revision`` is raised when the numbers change, so that older shards are not taken for new ones.
    A score that is not defined for a method answers with an empty list. ``of``: what it asks about; one of
    titles is given a ``TitleCase``.
    """

    summary: str
    settings: type
    measure: Callable[[Any, Any], list[Measurement]]
    metrics: dict[str, Metric]
    revision: int = 1
    of: Literal["images", "titles"] = "images"
