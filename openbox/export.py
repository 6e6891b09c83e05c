"""From a ``torch.nn.Module`` to a ``Program``: export, keep the operations that have rules, check each."""

import copy
import dataclasses

import torch
from torch import Tensor, nn
from torch._ops import OpOverload
from torch.export import Dim, ExportedProgram, export
from torch.export.graph_signature import InputKind
from torch.fx.node import Argument, Node
from torch.fx.operator_schemas import normalize_function

from openbox.affine import Affine
from openbox.errors import CaptureError, NotPiecewiseLinearError
from openbox.gates import Gate
from openbox.graph import Program, Step
from openbox.rules import ADVICE, RULES, SHAPE_ONLY, Operation, Rule, advice


def export_program(model: nn.Module, example: Tensor, call: str) -> Program:
    """Trace ``model`` on ``example`` (B, *input_shape) with a free batch size and look up every rule.

    Raises ``CaptureError`` if the module cannot be exported and ``NotPiecewiseLinearError`` for an
    operation between input and output without a rule; ``call`` opens the messages.
    """
    exported = _export(model, example, call)
    tensors, source = _placeholders(exported, call)
    output = _output(exported, call)
    needed = _ancestors(output)
    reached, dependent = {source}, {source}  # by any path; by a path of values, not only of sizes
    fixed: list[Step] = []
    steps: list[Step] = []
    for node in exported.graph.nodes:
        if node.op != "call_function" or node not in needed:
            continue
        if _operation(node) not in SHAPE_ONLY and not dependent.isdisjoint(node.all_input_nodes):
            dependent.add(node)
        if not reached.isdisjoint(node.all_input_nodes):
            reached.add(node)
        if torch.Tag.nondeterministic_seeded in getattr(node.target, "tags", ()):
            raise _refusal(node, "it draws random numbers, so there is no one function to open", call)
        rule = _rule(node, dependent, call) if node in dependent else None
        (steps if node in reached else fixed).append(_step(node, rule))
    for buffer in exported.graph_signature.buffers_to_mutate.values():
        raise CaptureError(f"{call}: forward writes into buffer {buffer!r}, so each call is another function")
    used = {node: tensor for node, tensor in tensors.items() if node in needed}
    return Program(source, output, used, tuple(fixed), _with_last_use(steps, output))


def _export(model: nn.Module, example: Tensor, call: str) -> ExportedProgram:
    batch = example if len(example) > 1 else torch.cat((example, example))  # a batch of one is specialised
    table = torch.export.default_decompositions()
    for operation in [*RULES, *ADVICE]:
        if isinstance(operation, OpOverload):
            table.pop(operation, None)  # keep what the user wrote, for the rules and for the messages
    shell = _shell(model, call)
    try:
        with torch.inference_mode(False), torch.no_grad(), torch.autocast(batch.device.type, enabled=False):
            exported = export(shell, (batch,), dynamic_shapes=({0: Dim.DYNAMIC},))
            return exported.run_decompositions(table)
    except Exception as error:
        reason = str(error).strip().splitlines()[0] if str(error).strip() else type(error).__name__
        raise CaptureError(
            f"{call}: torch.export cannot trace {type(model).__name__} on an input of shape "
            f"{tuple(batch.shape)} with a free batch size ({type(error).__name__}: {reason}); run the "
            "model on that input first, keep Python branches on tensor values out of forward, and take the "
            "batch size as x.shape[0], never len(x)"
        ) from error


def _shell(model: nn.Module, call: str) -> nn.Module:
    """The same modules around the same tensors: tracing swaps the tensors of what it traces, which
    another thread that uses the model must not see."""
    kept = {id(t): t for t in (*model.parameters(), *model.buffers())}
    try:
        return copy.deepcopy(model, kept)
    except Exception as error:
        raise CaptureError(
            f"{call}: the module cannot be copied by copy.deepcopy ({error}); instead of "
            "torch.nn.utils.weight_norm use torch.nn.utils.parametrizations.weight_norm"
        ) from error


def _placeholders(exported: ExportedProgram, call: str) -> tuple[dict[Node, Tensor], Node]:
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
    if len(inputs) != 1:
        raise CaptureError(f"{call}: forward takes {len(inputs)} tensors; wrap it to take exactly one")
    return tensors, inputs[0]


def _output(exported: ExportedProgram, call: str) -> Node:
    outputs = list(exported.graph_signature.user_outputs)
    node = next((n for n in exported.graph.nodes if len(outputs) == 1 and n.name == outputs[0]), None)
    if node is None:
        raise CaptureError(
            f"{call}: forward returns {len(outputs)} values {outputs}; wrap the module to return one tensor"
        )
    return node


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


def _rule(node: Node, dependent: set[Node], call: str) -> Rule:
    operation = _operation(node)
    rule = RULES.get(operation)
    positions = [i for i, arg in enumerate(node.args) if _mentions(arg, dependent)]
    reason = "no rule knows it as affine or piecewise linear"
    if isinstance(rule, Gate) and positions == [0]:
        return rule
    if isinstance(rule, Affine):
        refusal = rule.refusal(positions) or _cast(node, dependent)
        if refusal is None:
            return rule
        reason = refusal
    raise _refusal(node, reason, call)


def _cast(node: Node, dependent: set[Node]) -> str | None:
    """Why the result is not affine if the operation changes the dtype: rounding is no affine function."""
    before = {n.meta["val"].dtype for n in node.all_input_nodes if n in dependent and _is_tensor(n)}
    if _is_tensor(node) and before and before != {node.meta["val"].dtype}:
        return f"it rounds to {node.meta['val'].dtype}"
    return None


def _is_tensor(node: Node) -> bool:
    return isinstance(node.meta.get("val"), Tensor)


def _refusal(node: Node, reason: str, call: str) -> NotPiecewiseLinearError:
    operation = _operation(node)
    path, class_name = _module(node)
    return NotPiecewiseLinearError(
        call, str(operation), path, class_name, _source(node), reason, advice(operation)
    )


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


def _step(node: Node, rule: Rule | None) -> Step:
    operation = _operation(node)
    args, kwargs = node.args, dict(node.kwargs)
    if isinstance(rule, Gate):  # gates are our own functions: give them every argument by position
        normal = normalize_function(operation, args, kwargs, normalize_to_only_use_kwargs=True)
        assert normal is not None
        args, kwargs = tuple(normal.kwargs.values()), {}
    return Step(node, operation, args, kwargs, rule, _module(node)[0])


def _with_last_use(steps: list[Step], output: Node) -> tuple[Step, ...]:
    """Tell each step which values nobody reads after it, so that the interpreter can let them go."""
    seen = {output}
    result: list[Step] = []
    for step in reversed(steps):
        last_use = tuple(node for node in step.node.all_input_nodes if node not in seen)
        seen.update(last_use)
        result.append(dataclasses.replace(step, last_use=last_use))
    return tuple(reversed(result))
