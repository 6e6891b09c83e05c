"""Batch normalisation folded into the convolution or linear layer before it, which alone feeds it.

Both are affine with constants, so one operation does for two, in every pass. The folded weights are
made from the module's own tensors in each run, like every constant.
"""

import torch
from torch import Tensor
from torch.fx import Graph
from torch.fx.node import Node

FUNCTIONS = ("folded_factor", "folded_kernel", "folded_bias")  # that a folded program computes with

aten = torch.ops.aten
_BATCH_NORM = aten._native_batch_norm_legit_no_training.default


def fold_batch_norm(graph: Graph, source: Node, output: Node) -> Node:
    """Rewrite ``graph`` in place and return the node that now is ``output``.

    Only layers whose weights do not depend on ``source`` are touched.
    """
    reached = _descendants(graph, source)
    for norm in list(graph.nodes):
        if norm.target == _BATCH_NORM and isinstance(norm.args[0], Node):
            layer = norm.args[0]
            alone = len(layer.users) == 1 and all(item.args[1] == 0 for item in norm.users)
            if alone and _foldable(layer) and reached.isdisjoint(_constants(layer, norm)):
                output = layer if output in norm.users else output
                _fold(graph, layer, norm)
    return output


def _descendants(graph: Graph, source: Node) -> set[Node]:
    reached = {source}
    for node in graph.nodes:
        if not reached.isdisjoint(node.all_input_nodes):
            reached.add(node)
    return reached


def _constants(layer: Node, norm: Node) -> list[Node]:
    return [argument for argument in (*layer.args[1:3], *norm.args[1:5]) if isinstance(argument, Node)]


def _foldable(layer: Node) -> bool:
    if layer.target == aten.convolution.default:
        return not layer.args[6]  # a transposed kernel has its outputs on another axis
    if layer.target != aten.linear.default:
        return False
    kernel = layer.args[1]
    return isinstance(kernel, Node) and kernel.meta["val"].ndim == layer.meta["val"].ndim == 2


def _fold(graph: Graph, layer: Node, norm: Node) -> None:
    _, scale, shift, mean, variance, _, epsilon = norm.args
    x, kernel, *others = layer.args
    bias, rest = (others[0], others[1:]) if others else (None, [])
    with graph.inserting_before(layer):
        factor = graph.call_function(folded_factor, (scale, variance, epsilon))
        new_kernel = graph.call_function(folded_kernel, (kernel, factor))
        new_bias = graph.call_function(folded_bias, (bias, shift, mean, factor))
    layer.args = (x, new_kernel, new_bias, *rest)
    for item in list(norm.users):
        item.replace_all_uses_with(layer)
        graph.erase_node(item)
    graph.erase_node(norm)


def folded_factor(scale: Tensor | None, variance: Tensor, epsilon: float) -> Tensor:
    """What the layer's numbers are multiplied by: (C,)."""
    factor = torch.rsqrt(variance + epsilon)
    return factor if scale is None else factor * scale


def folded_kernel(kernel: Tensor, factor: Tensor) -> Tensor:
    """The layer's kernel (C, ...) with the norm in it."""
    return kernel * factor.view(-1, *(1,) * (kernel.ndim - 1))


def folded_bias(bias: Tensor | None, shift: Tensor | None, mean: Tensor, factor: Tensor) -> Tensor:
    """The layer's bias (C,) with the norm in it."""
    moved = -mean * factor if bias is None else (bias - mean) * factor
    return moved if shift is None else moved + shift
