"""The few operations of an exported graph that rules name otherwise, rewritten one by one.

``run_decompositions`` traces a network twice more, which takes longer than the export itself, and most
networks need no more of it than this. What needs more, such as writing into a part of a tensor, is left to
it.
"""

import torch
from torch._ops import OpOverload
from torch.fx import Graph
from torch.fx.node import Node, map_arg

from openbox.program.rules import RULES, SHAPE_ONLY, SHAPES, UNROLLED
from openbox.tracing.advice import ADVICE
from openbox.tracing.rewrites import CONDITIONS, IDENTITIES, REWRITTEN, WRITTEN

aten = torch.ops.aten
_KEPT = frozenset((*RULES, *SHAPE_ONLY, *UNROLLED, *ADVICE))
_KNOWN = frozenset((*_KEPT, *REWRITTEN))
_VIEWS = frozenset(SHAPES) - {aten.clone.default, aten.cat.default, aten.stack.default}


def lowered(graph: Graph, source: Node) -> bool:
    """Rewrite the graph in place if all that ``source`` goes through is known here; else leave it as it is
    and return False."""
    nodes = [node for node in graph.nodes if node.op != "placeholder"]
    owner = _owners(nodes, source)
    if owner is None:
        return False
    now: dict[Node, Node] = {}  # what the memory of a node holds, once something was rewritten

    def current(old: Node) -> Node:
        first = owner.get(old, old)
        return now.get(first, first)

    for node in nodes:
        node.args, node.kwargs = map_arg(node.args, current), map_arg(node.kwargs, current)
        if node.target in REWRITTEN:
            with graph.inserting_before(node):
                now[owner[node]] = REWRITTEN[node.target](node)
    for node in reversed(nodes):
        if node.target in REWRITTEN or node.target in IDENTITIES:
            graph.erase_node(node)
    return True


def _owners(nodes: list[Node], source: Node) -> dict[Node, Node] | None:
    """For each result the node in whose memory it lies, as far as that is known; None where the graph does
    what is not known here, or writes into memory that something else may read."""
    owner: dict[Node, Node] = {}
    made, shared, dependent = set[Node](), set[Node](), {source}
    for node in nodes:
        operation, inputs = node.target, node.all_input_nodes
        if node.op != "call_function":
            return owner if node.op == "output" else None
        depends = operation not in SHAPE_ONLY and not dependent.isdisjoint(inputs)
        if depends:
            dependent.add(node)
        if operation in CONDITIONS and not CONDITIONS[operation](node):
            return None
        if operation in IDENTITIES:
            owner[node] = owner.get(inputs[0], inputs[0])
            continue
        if operation in WRITTEN:
            first = owner.get(inputs[0], inputs[0])
            if first not in made or first in shared:
                return None
            owner[node] = first
            continue
        if operation not in REWRITTEN and (_writes(operation) or (depends and operation not in _KEPT)):
            return None
        owner[node] = node
        if _is_view(operation):
            shared.update(owner.get(one, one) for one in inputs)
        else:
            made.add(node)
    return None


def _writes(operation: object) -> bool:
    return isinstance(operation, OpOverload) and operation._schema.is_mutable


def _is_view(operation: object) -> bool:
    """Whether the result may share memory with what it is made of; not every schema says so."""
    if not isinstance(operation, OpOverload) or operation in _VIEWS or operation not in _KNOWN:
        return True
    return any(result.alias_info is not None for result in operation._schema.returns)
