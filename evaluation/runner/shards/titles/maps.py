"""``ComputedTitles``: the values of the words of a shard's titles, their costs and failures."""

import json
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

import torch
from safetensors import SafetensorError, safe_open
from safetensors.torch import save
from torch import Tensor

from openbox.text import TokenExplanation

from ....files import write_by_rename
from ..maps import described
from ..peak import peak_memory


@dataclass(frozen=True)
class ComputedTitles:
    """``values``: (T,) float64 for each title. ``numbers`` (n, 4): seconds, model calls, peak megabytes, and
    the error of ``TokenExplanation``, NaN where there is none.

    ``errors``: "" or why a title has no values; they and its numbers are NaN.
    """

    values: list[Tensor]
    numbers: Tensor
    errors: tuple[str, ...]


def compute(
    explain: Callable[[list[int]], list[TokenExplanation]], lengths: list[int], device: str
) -> ComputedTitles:
    """Ask for all titles together; if that fails, one by one, so that only the failing ones are lost.

    ``explain`` (places of titles). Values that are not finite are a failure. Seconds are those that this
    process was busy.
    """
    values = [torch.full((length,), torch.nan, dtype=torch.float64) for length in lengths]
    numbers = torch.full((len(lengths), 4), torch.nan, dtype=torch.float64)
    errors, groups = [""] * len(lengths), [list(range(len(lengths)))]
    with suppress(Exception):  # so that tracing is not timed; a failure will show again
        explain(groups[0][:1])
    while groups:
        group = groups.pop()
        try:
            started = time.process_time()
            with peak_memory(device) as peak:
                found = explain(group)
            busy = (time.process_time() - started) / len(group)
            if not all(bool(one.values.isfinite().all()) for one in found):
                raise ArithmeticError("the values of a title are NaN or infinite")
        except Exception as error:  # a method may fail in any way: its rows say how
            if len(group) > 1:
                groups += [[place] for place in group]
            else:
                errors[group[0]] = described(error)
            continue
        for place, one in zip(group, found, strict=True):
            values[place] = one.values
            error = torch.nan if one.error is None else one.error
            found_numbers = [busy, one.model_calls, peak.megabytes, error]
            numbers[place] = torch.tensor(found_numbers, dtype=torch.float64)
    return ComputedTitles(values, numbers, tuple(errors))


def kept(path: Path, make: Callable[[], ComputedTitles]) -> ComputedTitles:
    """The values in a file, or those that ``make`` computes, which are then written there."""
    found = _read(path)
    if found is None:
        found = make()
        about = {"errors": json.dumps(found.errors), "lengths": json.dumps([len(v) for v in found.values])}
        tensors = {"values": torch.cat(found.values), "numbers": found.numbers}
        write_by_rename("run", path, lambda partial: partial.write_bytes(save(tensors, about)))
    return found


def _read(path: Path) -> ComputedTitles | None:
    """None if there is no file, or one that cannot be read: it is then made anew."""
    try:
        with safe_open(path, "pt") as file:
            about = file.metadata() or {}
            values = list(file.get_tensor("values").split(json.loads(about["lengths"])))
            return ComputedTitles(values, file.get_tensor("numbers"), tuple(json.loads(about["errors"])))
    except (OSError, SafetensorError, KeyError, ValueError, RuntimeError):
        return None
