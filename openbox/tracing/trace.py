"""From a ``torch.nn.Module`` to a graph of operations, with the names that the rules know."""

import copy
import gc
import traceback
import warnings
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import torch
from torch import Tensor, nn
from torch._C import _dispatch_get_registrations_for_dispatch_key
from torch._ops import OperatorBase, OpOverload
from torch.export import Dim, ExportedProgram, export
from torch.export.graph_signature import InputKind, OutputKind, TensorArgument
from torch.fx import Graph
from torch.fx.node import Node
from torch.nn.utils import rnn
from torch.utils import _pytree as pytree

from openbox.errors import CaptureError
from openbox.module.outputs import OutputKey, choose_output
from openbox.program.rules import RULES, UNROLLED
from openbox.program.shrinks import SURVIVING
from openbox.tracing.advice import ADVICE
from openbox.tracing.lower import lowered


@dataclass(frozen=True)
class Traced:
    """A graph from ``input`` to ``output``; ``tensors`` are the module's own, shared, by graph node.

    ``written`` are the names of the buffers that forward writes into.
    """

    graph: Graph
    input: Node
    output: Node
    tensors: dict[Node, Tensor]
    written: tuple[str, ...]


def trace(model: nn.Module, example: Tensor, output: OutputKey) -> Traced:
    """Export ``model`` on ``example`` (B, *input_shape) with a free batch size, and a free length if it has
    recurrent layers, which stay one operation each.

    ``output`` says which of several outputs to open. Raises ``CaptureError``.
    """
    exported = _export_longer(model, example) or _export(model, example)
    tensors, source = _placeholders(exported)
    written = tuple(exported.graph_signature.buffers_to_mutate.values())
    return Traced(exported.graph, source, _output(exported, output), tensors, written)


def _export_longer(model: nn.Module, example: Tensor) -> ExportedProgram | None:
    """The export where sequences of the example have a length of 1, specialised as a batch of one is."""
    if example.ndim != 3 or example.shape[1] != 1 or not _is_recurrent(model):
        return None
    try:
        return _export(model, torch.cat((example, example), 1))
    except CaptureError:
        return None


def _is_recurrent(model: nn.Module) -> bool:
    return any(isinstance(module, nn.RNN) for module in model.modules())


def _export(model: nn.Module, example: Tensor) -> ExportedProgram:
    batch = example if len(example) > 1 else torch.cat((example, example))  # a batch of one is specialised
    shell, sizes = _shell(model), {0: Dim.DYNAMIC}
    if _is_recurrent(model):
        # as free as forward leaves them; one of size 1 would be specialised, with a line in the log
        sizes |= {axis: Dim.AUTO for axis in range(1, batch.ndim) if batch.shape[axis] > 1}
    try:
        with _quiet(), torch.autocast(batch.device.type, enabled=False):
            exported = export(shell, (batch,), dynamic_shapes=(sizes,))
            for node in exported.graph.nodes:
                node.target = SURVIVING.get(node.target, node.target)
            if lowered(exported.graph, _placeholders(exported)[1]):
                return exported
            table = _decompositions(
                len(_dispatch_get_registrations_for_dispatch_key("CompositeImplicitAutograd"))
            )
            return exported.run_decompositions(table)
    except Exception as error:
        if _packs(error):
            raise CaptureError(_PACKED) from error
        reason = str(error).strip().splitlines()[0] if str(error).strip() else type(error).__name__
        raise CaptureError(
            f"torch.export cannot trace {type(model).__name__} on an input of shape "
            f"{tuple(batch.shape)} with a free batch size ({type(error).__name__}: {reason}); run the "
            "model on that input first; forward must take exactly one tensor, whose first axis is the batch "
            "(nn.RNN: batch_first=True), without Python branches on its values, and with the batch size as "
            "x.shape[0], never len(x)"
        ) from error


_PACKED = (
    "forward packs its sequences (torch.nn.utils.rnn.pack_padded_sequence), which cannot be traced; run the "
    "recurrent layer on the sequence as it is and pass inputs of one length at a time: nothing is padded "
    "then, and packing changes nothing"
)


def _packs(error: Exception) -> bool:
    frames = [frame for frame, _ in traceback.walk_tb(error.__traceback__)]
    held = [value for frame in frames for value in frame.f_locals.values()]
    packing = any(frame.f_code.co_filename == rnn.__file__ for frame in frames)
    return packing or any(isinstance(value, rnn.PackedSequence) for value in held)


@lru_cache(maxsize=1)
def _decompositions(registered: int) -> dict[OperatorBase, Callable[..., Any]]:
    """What dissolves which operation; ``registered`` counts PyTorch's composite operations, and a library
    that adds one makes the table anew, which takes a fifth of a small capture."""
    del registered  # only the key of the cache
    table = torch.export.default_decompositions()
    for operation in [*RULES, *UNROLLED, *ADVICE]:
        if isinstance(operation, OpOverload):
            table.pop(operation, None)  # keep what the user wrote, for the rules and for the messages
    return dict(table)


@contextmanager
def _quiet() -> Iterator[None]:
    """No gradients, whatever mode the caller is in, no warnings, which are about exporting, and no
    collection of garbage: looking through all objects again and again takes a third of a small capture."""
    collects = gc.isenabled()
    gc.disable()
    try:
        with warnings.catch_warnings(), torch.inference_mode(False), torch.no_grad():
            warnings.simplefilter("ignore")
            yield
    finally:
        if collects:
            gc.enable()


def _shell(model: nn.Module) -> nn.Module:
    """The same modules around the same tensors: tracing swaps the tensors of what it traces, which
    another thread that uses the model must not see."""
    own = [
        value for module in model.modules() for value in vars(module).values() if isinstance(value, Tensor)
    ]
    kept = {id(t): t for t in (*model.parameters(), *model.buffers(), *own)}
    try:
        return copy.deepcopy(model, kept)
    except Exception as error:
        raise CaptureError(
            f"the module cannot be copied by copy.deepcopy ({error}); instead of "
            "torch.nn.utils.weight_norm use torch.nn.utils.parametrizations.weight_norm"
        ) from error


def _placeholders(exported: ExportedProgram) -> tuple[dict[Node, Tensor], Node]:
    """The graph's tensors by node, and the node of the user's input."""
    nodes = {node.name: node for node in exported.graph.nodes if node.op == "placeholder"}
    tensors: dict[Node, Tensor] = {}
    inputs: list[Node] = []
    for spec in exported.graph_signature.input_specs:
        node = nodes[spec.arg.name]
        if spec.kind == InputKind.USER_INPUT:
            inputs.append(node)
        elif spec.target in exported.state_dict:
            tensors[node] = exported.state_dict[spec.target]
        else:
            constant = exported.constants[spec.target or ""]
            assert isinstance(constant, Tensor)
            tensors[node] = constant
    return tensors, inputs[0]


def _output(exported: ExportedProgram, output: OutputKey) -> Node:
    structure = exported.call_spec.out_spec
    assert structure is not None
    values = exported.graph.output_node().args[0]
    assert isinstance(values, list | tuple)
    specs = zip(exported.graph_signature.output_specs, values, strict=True)  # names may have been rewritten
    pairs = [(spec, node) for spec, node in specs if spec.kind == OutputKind.USER_OUTPUT]
    tensors = [node if isinstance(spec.arg, TensorArgument) else None for spec, node in pairs]
    return choose_output(pytree.tree_unflatten(tensors, structure), output, Node)
