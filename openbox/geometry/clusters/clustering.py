"""``cluster``: which inputs of a data set share a region of a network."""

from collections.abc import Iterator
from typing import Protocol, runtime_checkable

import numpy as np
import torch
from numpy.typing import ArrayLike, NDArray
from torch import Tensor

from openbox.errors import InputError, named, shown
from openbox.geometry.clusters.clusters import Clusters
from openbox.geometry.clusters.groups import GateLayer, group
from openbox.geometry.clusters.packed import Packed, join, pack
from openbox.module.precision import exact_math
from openbox.program.patterns import UnitRows, decisions, tree_ids
from openbox.program.program import Program
from openbox.progress import OnCount
from openbox.shapes import check_batch


@runtime_checkable
class Openable(Protocol):
    """What is asked of a captured network: what ``openbox.capture`` returns has it."""

    @property
    def program(self) -> Program: ...
    @property
    def input_shape(self) -> tuple[int, ...]: ...
    @property
    def outputs(self) -> int: ...
    @property
    def device(self) -> torch.device: ...
    def open_rows(self, x: Tensor, readout: Tensor) -> object: ...
    def inputs_at_once(self, dtype: torch.dtype) -> int: ...


_BATCH = 64  # always as many at once, as kernels for one input round differently from those for more


@named("cluster")
def cluster(
    net: Openable,
    inputs: Tensor,
    labels: ArrayLike | Tensor | None = None,
    progress: OnCount | None = None,
) -> Clusters:
    """Group inputs by the decisions of the gates: alike after one gate layer, after two, ..., in all.

    ``inputs`` (N, *input_shape), float32 or float64, in which the gates then decide; ``labels`` (N,)
    whole numbers or words, to say how pure the clusters are. ``progress(done, N)`` is called after each
    batch. Holds the decisions as bits: units / 8 bytes an input, some more for pooling windows.

    The ids of an input do not depend on the others: every batch has the same shape, the last one filled
    up. They are those of ``net.linearize(inputs).region_ids``, except that a unit within rounding of a
    border may be decided otherwise by the kernels of another device, or, in float32, by those for a
    batch of a single input (in 13 of 500 images of CIFAR-10 in a resnet20; never seen in float64).
    Costs one forward pass. Raises ``InputError``.
    """
    if not isinstance(net, Openable):
        raise InputError(f"got {type(net).__name__}; pass what openbox.capture(model, x) returns")
    check_batch(inputs, net.input_shape, net.device, "inputs")
    numbers, names = _labels(labels, len(inputs))
    net.open_rows(
        inputs[:1], inputs.new_zeros(1, 1, net.outputs)
    )  # it says what is wrong with the module, if something is
    gates = net.program.gates
    tree: list[list[str]] = [[] for _ in range(len(gates) + 1)]
    alone: list[list[str]] = [[] for _ in gates]
    packed: list[list[Packed]] = [[] for _ in gates]
    done = 0
    for found, count in _batches(net, inputs):
        for level, ids in zip(tree, tree_ids(found, count), strict=True):
            level += ids
        for rows, ids, parts in zip(found, alone, packed, strict=True):
            ids += tree_ids([rows], count)[-1]
            parts.append(pack(rows))
        done += count
        if progress is not None:
            progress(done, len(inputs))
    levels = tuple(group(ids) for ids in tree)
    layers = tuple(
        GateLayer(step.module, step.gate.kind, parts[0].units, group(ids), level, join(parts))
        for step, ids, level, parts in zip(gates, alone, levels[1:], packed, strict=True)
    )
    return Clusters(levels, layers, numbers, names)


def _batches(net: Openable, inputs: Tensor) -> Iterator[tuple[list[UnitRows], int]]:
    """What the gates decide, batch by batch, and for how many inputs."""
    size = max(2, min(_BATCH, net.inputs_at_once(inputs.dtype)))
    with torch.inference_mode(False):
        constants = net.program.constants(inputs.dtype)
    for start in range(0, len(inputs), size):
        count = min(size, len(inputs) - start)
        filled = torch.arange(start, start + size, device=inputs.device) % len(inputs)
        with exact_math(), torch.inference_mode(False), torch.no_grad():
            outputs, pattern = net.program.record(inputs[filled], constants)
        if not bool(outputs.isfinite().all()):
            raise InputError(
                f"the network's output is NaN or infinite at one of the inputs {start} to "
                f"{start + count - 1}; leave it out"
            )
        yield [rows[:count] for rows in decisions(net.program.layouts, pattern, size)], count


def _labels(
    labels: ArrayLike | Tensor | None, count: int
) -> tuple[NDArray[np.int64] | None, tuple[object, ...]]:
    """The labels as numbers from 0, and their names."""
    if labels is None:
        return None, ()
    try:
        found = labels.detach().cpu().numpy() if isinstance(labels, Tensor) else np.asarray(labels)
    except (TypeError, ValueError, RuntimeError) as error:  # rows of different lengths
        raise InputError(
            f"labels are {shown(labels)}; pass one whole number or word for each input"
        ) from error
    if found.shape != (count,):
        raise InputError(f"labels have shape {found.shape}, expected ({count},), one for each input")
    if found.dtype.kind not in "iubU":
        raise InputError(f"labels are {found.dtype}; pass whole numbers or words")
    names, numbers = np.unique(found, return_inverse=True)
    return numbers.astype(np.int64), tuple(names.tolist())
