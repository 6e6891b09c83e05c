"""``ComputedMaps``: the explanations of a shard, their costs and failures, computed once for all scores."""

import json
import logging
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import torch
from safetensors import SafetensorError, safe_open
from safetensors.torch import save
from torch import Tensor

from openbox.explainers.explanation import Explanation

from ...files import write_by_rename
from .method import Bound
from .peak import peak_memory


@dataclass(frozen=True)
class ComputedMaps:
    """``values`` (n, C, H, W) float32, ``costs`` (n, 3): seconds, model calls, peak megabytes of each image.

    ``errors``: "" or why an image has no map; its values and costs are NaN.
    """

    values: Tensor
    costs: Tensor
    errors: tuple[str, ...]


def compute(method: Bound, x: Tensor, target: Tensor) -> ComputedMaps:
    """Explain all images together; if that fails, one by one, so that only the failing ones are lost.

    A map that is not finite is a failure. Seconds on a CPU are those that this process was busy, so that
    other processes do not count; on a GPU those of the clock.
    """
    values, costs = torch.full_like(x, float("nan")).cpu(), torch.full((len(x), 3), float("nan"))
    errors = [""] * len(x)
    groups = [torch.arange(len(x))]
    method.warm_up(x, target)
    while groups:
        group = groups.pop()
        try:
            started = time.process_time()
            with peak_memory(str(x.device)) as peak:
                found = method(x[group], target[group])
            busy = time.process_time() - started
            check(found, x[group])
        except Exception as error:  # a method may fail in any way: its rows say how
            if len(group) > 1:
                groups += [group[i : i + 1] for i in range(len(group))]
            else:
                errors[int(group)] = described(error)
            continue
        values[group] = found.values.cpu()
        seconds = found.seconds if x.is_cuda else busy
        costs[group] = torch.tensor([seconds / len(group), found.model_calls, peak.megabytes])
    return ComputedMaps(values, costs, tuple(errors))


def check(explanation: Explanation, x: Tensor) -> None:
    """Raises ``ValueError`` for maps of another shape than x, ``ArithmeticError`` for NaN or infinity."""
    if explanation.values.shape != x.shape:
        raise ValueError(
            f"the maps have shape {tuple(explanation.values.shape)}, the images {tuple(x.shape)}"
        )
    bad = ~explanation.values.flatten(1).isfinite().all(1)
    if bool(bad.any()):
        raise ArithmeticError(f"the map of {int(bad.sum())} of {len(bad)} images is NaN or infinite")


def described(error: Exception) -> str:
    """An error in one line; the whole of it goes to the log."""
    logging.getLogger(__name__).info("failed", exc_info=error)
    return f"{type(error).__name__}: {error}".splitlines()[0][:300]


def kept(path: Path, make: Callable[[], ComputedMaps]) -> ComputedMaps:
    """The maps in a file, or those that ``make`` computes, which are then written there."""
    found = _read(path)
    if found is None:
        found = make()
        tensors = {"values": found.values.contiguous(), "costs": found.costs}
        about = {"errors": json.dumps(found.errors)}
        # not save_file, whose error on a full disk is no OSError
        write_by_rename("run", path, lambda partial: partial.write_bytes(save(tensors, about)))
    return found


def _read(path: Path) -> ComputedMaps | None:
    """None if there is no file, or one that cannot be read: it is then made anew."""
    try:
        with safe_open(path, "pt") as file:
            about = file.metadata() or {}
            return ComputedMaps(
                file.get_tensor("values"), file.get_tensor("costs"), tuple(json.loads(about["errors"]))
            )
    except (OSError, SafetensorError, KeyError, ValueError):
        return None
