"""``Ref``: the place of one value in a run, by which the steps of a program speak of it."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import torch


@dataclass(frozen=True, eq=False)
class Ref:
    """``name`` in the trace; of a tensor ``shape`` there, with sizes that depend on the batch as text,
    and ``dtype``.

    ``numbers``: how many of them it holds for each input, where it depends on the input.
    Compared by identity: the steps of one program share theirs, also after a copy of all of it.
    """

    name: str
    shape: tuple[int | str, ...] = ()
    dtype: torch.dtype | None = None
    numbers: int = 0

    def __str__(self) -> str:
        return self.name


def mapped(arguments: Any, function: Callable[[Ref], Any]) -> Any:
    """Arguments with ``function(ref)`` in place of each ref, also in tuples, lists, dicts and slices."""
    kind = type(arguments)
    if kind is Ref:
        return function(arguments)
    if kind is tuple or kind is list:
        return kind([mapped(one, function) for one in arguments])
    if kind is dict:
        return {key: mapped(one, function) for key, one in arguments.items()}
    if kind is slice:
        return slice(*(mapped(one, function) for one in (arguments.start, arguments.stop, arguments.step)))
    return arguments
