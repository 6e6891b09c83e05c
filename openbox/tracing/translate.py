"""From a traced graph to a ``Program``: look up the rule of every operation, refuse what has none."""

from typing import Any

import torch
from torch import Tensor
from torch.fx.node import Argument, Node
from torch.fx.operator_schemas import normalize_function

from openbox.errors import CaptureError, NotPiecewiseLinearError
from openbox.module.head import final_head
from openbox.program.gates.gate import Gate
from openbox.program.program import Program
from openbox.program.ref import Ref
from openbox.program.rules import RULES, SHAPE_ONLY, UNROLLED, Operation, Rule
from openbox.program.step import Step, needed
from openbox.tracing.advice import advice
from openbox.tracing.fold import fold_batch_norm
from openbox.tracing.trace import Traced


def translate(traced: Traced) -> tuple[Program, Program, str | None]:
    """The program of a graph, the same with batch normalisation folded, and the name of its head.

    The head is the softmax or sigmoid at the end, which was left off. Gates decide in the first program,
    whose arithmetic is the module's own; what is decided is replayed in the second, which is faster.
    Raises ``NotPiecewiseLinearError`` for an operation between input and output that no rule covers, and
    ``CaptureError`` for a forward that changes a buffer.
    """
    head, output = final_head(traced.output)
    program = _program(traced, output)
    folded = fold_batch_norm(traced.graph, traced.input, output)  # changes the graph, not the program
    return program, _program(traced, folded), head


def _program(traced: Traced, output: Node) -> Program:
    ancestors = _ancestors(output)
    reached = {traced.input}  # by any path
    dependent = {traced.input}  # by a path of values: neither sizes nor what a gate decided
    fixed: list[Node] = []
    run: list[Node] = []
    rules: dict[Node, Rule | None] = {}
    for node in traced.graph.nodes:
        if node.op != "call_function" or node not in ancestors:
            continue
        if not reached.isdisjoint(node.all_input_nodes):
            reached.add(node)
        rules[node] = None
        if _operation(node) not in SHAPE_ONLY and not dependent.isdisjoint(node.all_input_nodes):
            rules[node] = _rule(node, dependent)
            if not _is_decided(node):
                dependent.add(node)
        elif _is_random(node):
            raise _refusal(node, "it draws random numbers, so there is no one function to open")
        (run if node in reached else fixed).append(node)
    for buffer in traced.written:
        raise CaptureError(f"forward writes into buffer {buffer!r}, so each call is another function")
    inputs = _hint(traced.input.meta["val"].shape[0])
    refs = {node: _ref(node, inputs) for node in (traced.input, *ancestors)}
    used = {refs[node]: tensor for node, tensor in traced.tensors.items() if node in ancestors}
    dtype = traced.input.meta["val"].dtype
    prepared, steps = (tuple(_step(node, rules[node], refs, dtype) for node in some) for some in (fixed, run))
    return Program(refs[traced.input], refs[output], used, prepared, needed(steps, refs[output]))


def _ref(node: Node, inputs: int) -> Ref:
    value = node.meta.get("val")
    if not isinstance(value, Tensor):
        return Ref(node.name)
    shape = tuple(size if isinstance(size, int) else str(size) for size in value.shape)
    return Ref(node.name, shape, value.dtype, _hint(value.numel()) // inputs)


def _hint(size: int | torch.SymInt) -> int:
    """The size in the traced batch; 0 for one that only a constant's values tell."""
    return int(size.node.hint or 0) if isinstance(size, torch.SymInt) else size


def _ancestors(output: Node) -> set[Node]:
    found, waiting = {output}, [output]
    while waiting:
        for node in waiting.pop().all_input_nodes:
            if node not in found:
                found.add(node)
                waiting.append(node)
    return found


def _operation(node: Node) -> Operation:
    assert callable(node.target)
    return node.target


def _rule(node: Node, dependent: set[Node]) -> Rule:
    operation = _operation(node)
    rule = RULES.get(operation) or UNROLLED.get(operation)
    positions = [i for i, arg in enumerate(node.args) if _mentions(arg, dependent)]
    if rule is None:
        raise _refusal(node, "no rule knows it as affine or piecewise linear")
    refusal = rule.refusal(node.args, positions) or _cast(node, dependent, rule)
    if refusal is not None:
        raise _refusal(node, refusal)
    return rule


def _cast(node: Node, dependent: set[Node], rule: Rule) -> str | None:
    """Why the result is not affine if the operation changes the dtype: rounding is no affine function."""
    if isinstance(rule, Gate):
        return None
    before = {n.meta["val"].dtype for n in node.all_input_nodes if n in dependent and _is_tensor(n)}
    if _is_tensor(node) and before and before != {node.meta["val"].dtype}:
        return f"it changes the dtype to {node.meta['val'].dtype}"
    return None


def _is_random(node: Node) -> bool:
    return torch.Tag.nondeterministic_seeded in getattr(node.target, "tags", ())


def _is_tensor(node: Node) -> bool:
    return isinstance(node.meta.get("val"), Tensor)


def _is_decided(node: Node) -> bool:
    """Whether the result is a mask or an index, which only a gate makes of x: constant on a region."""
    return _is_tensor(node) and not node.meta["val"].is_floating_point()


def _refusal(node: Node, reason: str) -> NotPiecewiseLinearError:
    operation = _operation(node)
    path, class_name = _module(node)
    return NotPiecewiseLinearError(str(operation), path, class_name, _source(node), reason, advice(operation))


def _mentions(argument: Argument, nodes: set[Node]) -> bool:
    if isinstance(argument, list | tuple):
        return any(_mentions(item, nodes) for item in argument)
    return isinstance(argument, Node) and argument in nodes


def _module(node: Node) -> tuple[str, str]:
    """Path and class of the submodule that a node came from; the path of the model itself is empty."""
    stack = list((node.meta.get("nn_module_stack") or {}).values())
    return (stack[-1][0], str(stack[-1][1]).rpartition(".")[2]) if stack else ("", "unknown class")


def _source(node: Node) -> str:
    """The innermost recorded line outside torch itself, else the innermost line."""
    lines = [line.strip() for line in (node.meta.get("stack_trace") or "").splitlines()]
    frames = [
        f"{line.removeprefix('File ')}: {lines[i + 1] if i + 1 < len(lines) else ''}"
        for i, line in enumerate(lines)
        if line.startswith("File ")
    ]
    own = [frame for frame in frames if "/torch/" not in frame]
    return (own or frames or ["an unrecorded line"])[-1]


def _step(node: Node, rule: Rule | None, refs: dict[Node, Ref], dtype: torch.dtype) -> Step:
    operation = _operation(node)
    args, kwargs = node.args, dict(node.kwargs)
    if operation is torch.ops.aten.squeeze.dims:  # of all axes: a batch of one must not lose its own
        args = (args[0], _axes_of_one(node))
    if isinstance(rule, Gate):  # gates are our own functions: give them every argument by position
        normal = normalize_function(operation, args, kwargs, normalize_to_only_use_kwargs=True)
        assert normal is not None
        args, kwargs = tuple(normal.kwargs.values()), {}
    follows_dtype = kwargs.get("dtype") is dtype  # written as dtype=x.dtype; a literal looks the same
    return Step(
        refs[node], operation, _referring(args, refs), _referring(kwargs, refs), rule, _module(node)[0],
        follows_dtype=follows_dtype,
    )  # fmt: skip


def _referring(arguments: Any, refs: dict[Node, Ref]) -> Any:
    """Plain Python arguments with refs in the place of the nodes."""
    if isinstance(arguments, Node):
        return refs[arguments]
    if isinstance(arguments, slice):
        return slice(*(_referring(one, refs) for one in (arguments.start, arguments.stop, arguments.step)))
    if isinstance(arguments, dict):
        return {key: _referring(one, refs) for key, one in arguments.items()}
    if isinstance(arguments, list):  # torch.fx keeps its own kind of list
        return [_referring(one, refs) for one in arguments]
    return tuple(_referring(one, refs) for one in arguments) if isinstance(arguments, tuple) else arguments


def _axes_of_one(node: Node) -> list[int]:
    x, axes = node.args
    assert isinstance(x, Node)
    assert isinstance(axes, list | tuple)
    sizes = x.meta["val"].shape
    return [a for a in axes if isinstance(a, int) and isinstance(sizes[a], int) and sizes[a] == 1]
