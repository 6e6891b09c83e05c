"""Which operations of an exported graph are rewritten, and into what: one table, and when it may be used."""

import operator
from collections.abc import Callable
from functools import partial
from typing import Any

import torch
from torch import Tensor
from torch._ops import OpOverload
from torch.fx.node import Node

aten = torch.ops.aten


def _arguments(node: Node) -> list[Any]:
    """All arguments of an operation by position, those that were left out with their defaults."""
    assert isinstance(node.target, OpOverload)
    rest = node.target._schema.arguments[len(node.args) :]
    return [*node.args, *(node.kwargs.get(one.name, one.default_value) for one in rest)]


def _call(node: Node, operation: Callable[..., Any], *arguments: Any) -> Node:
    """The operation in the place of ``node``, with the same result."""
    new = node.graph.call_function(operation, arguments)
    new.meta = dict(node.meta)
    return new


def _renamed(node: Node, operation: OpOverload) -> Node:
    new = _call(node, operation, *node.args)
    new.kwargs = node.kwargs
    return new


def _convolution(node: Node) -> Node:
    x, kernel, bias, stride, padding, dilation, groups = _arguments(node)
    axes = kernel.meta["val"].ndim - 2
    stride, padding, dilation = (_each(one, axes) for one in (stride, padding, dilation))
    operands = x, kernel, bias, stride, padding, dilation, False, [0] * axes, groups
    return _call(node, aten.convolution.default, *operands)


def _transposed(node: Node) -> Node:
    x, kernel, bias, stride, padding, outer, groups, dilation = _arguments(node)
    axes = kernel.meta["val"].ndim - 2
    stride, padding, dilation, outer = (_each(one, axes) for one in (stride, padding, dilation, outer))
    operands = x, kernel, bias, stride, padding, dilation, True, outer, groups
    return _call(node, aten.convolution.default, *operands)


def _each(sizes: Any, axes: int) -> list[Any]:
    return list(sizes) * axes if len(sizes) == 1 else list(sizes)


def _batch_norm(node: Node) -> Node:
    x, scale, shift, mean, variance, _, momentum, epsilon, _ = _arguments(node)
    operands = x, scale, shift, mean, variance, momentum, epsilon
    norm = _call(node, aten._native_batch_norm_legit_no_training.default, *operands)
    del norm.meta["val"]  # it has three results
    return _call(node, operator.getitem, norm, 0)


def _flatten(node: Node) -> Node:
    sizes = [size if isinstance(size, int) else -1 for size in node.meta["val"].shape]
    return _call(node, aten.view.default, node.args[0], sizes)


def _is_off(node: Node, flag: int) -> bool:
    return not _arguments(node)[flag]


def _is_contiguous(node: Node) -> bool:
    """The input of ``node`` lies in memory in the order of its axes, so ``view`` can read it in any shape."""
    x = node.all_input_nodes[0].meta["val"]
    return x.is_contiguous()


def _stays(node: Node) -> bool:
    """``contiguous`` has nothing to do."""
    return _is_contiguous(node) and _arguments(node)[1] in (None, torch.contiguous_format)


def _is_flat(node: Node) -> bool:
    sizes = node.meta["val"].shape
    return _is_contiguous(node) and 0 not in sizes and sum(not isinstance(size, int) for size in sizes) <= 1


def _is_batched(node: Node) -> bool:
    x, kernel = node.all_input_nodes[:2]
    return x.meta["val"].ndim == kernel.meta["val"].ndim


def _is_of_one_dtype(node: Node) -> bool:
    """What is written has the dtype of what it is written into; otherwise it would be rounded there."""
    return len({one.meta["val"].dtype for one in node.all_input_nodes if _is_tensor(one)}) == 1


def _is_tensor(node: Node) -> bool:
    return isinstance(node.meta["val"], Tensor)


def _are_matrices(node: Node) -> bool:
    return all(one.meta["val"].ndim == 2 for one in node.all_input_nodes)


IDENTITIES: frozenset[object] = frozenset((  # what they return is their input
    aten.dropout.default, aten.dropout_.default, aten.feature_dropout.default, aten.alpha_dropout.default,
    aten.feature_alpha_dropout.default, aten.contiguous.default,
))  # fmt: skip

WRITTEN: dict[object, Callable[[Node], Node]] = {
    written: partial(_renamed, operation=operation)
    for written, operation in (
        (aten.relu_.default, aten.relu.default),
        (aten.leaky_relu_.default, aten.leaky_relu.default),
        (aten.hardtanh_.default, aten.hardtanh.default),
        (aten.threshold_.default, aten.threshold.default),
        (aten.hardsigmoid_.default, aten.hardsigmoid.default),
        (aten.clamp_.default, aten.clamp.default),
        (aten.clamp_max_.default, aten.clamp_max.default),
        (aten.abs_.default, aten.abs.default),
        (aten.neg_.default, aten.neg.default),
        (aten.add_.Tensor, aten.add.Tensor),
        (aten.sub_.Tensor, aten.sub.Tensor),
        (aten.mul_.Tensor, aten.mul.Tensor),
        (aten.div_.Tensor, aten.div.Tensor),
    )
}

_CONVOLUTIONS: dict[object, Callable[[Node], Node]] = {
    aten.conv1d.default: _convolution,
    aten.conv2d.default: _convolution,
    aten.conv3d.default: _convolution,
    aten.conv_transpose1d.default: _transposed,
    aten.conv_transpose2d.input: _transposed,
    aten.conv_transpose3d.input: _transposed,
}

REWRITTEN: dict[object, Callable[[Node], Node]] = {
    **WRITTEN,
    **_CONVOLUTIONS,
    aten.batch_norm.default: _batch_norm,
    aten.flatten.using_ints: _flatten,
    aten.reshape.default: partial(_renamed, operation=aten.view.default),
    aten.matmul.default: partial(_renamed, operation=aten.mm.default),
}

CONDITIONS: dict[object, Callable[[Node], bool]] = {  # without them, it is something else
    **dict.fromkeys(WRITTEN, _is_of_one_dtype),
    aten.dropout.default: partial(_is_off, flag=2),
    aten.dropout_.default: partial(_is_off, flag=2),
    aten.feature_dropout.default: partial(_is_off, flag=2),
    aten.alpha_dropout.default: partial(_is_off, flag=2),
    aten.feature_alpha_dropout.default: partial(_is_off, flag=2),
    **dict.fromkeys(_CONVOLUTIONS, _is_batched),
    aten.contiguous.default: _stays,
    aten.batch_norm.default: partial(_is_off, flag=5),
    aten.flatten.using_ints: _is_flat,
    aten.reshape.default: _is_contiguous,
    aten.matmul.default: _are_matrices,
}
