"""The one table of rules: which operation is affine, which is a gate, and what to do about the rest."""

import operator
from collections.abc import Callable
from typing import Any

import torch

from openbox.affine import Affine, identity
from openbox.gates import HARDTANH, LEAKY_RELU, MAX_POOL2D, RELU, Gate

aten = torch.ops.aten
Rule = Affine | Gate
Operation = Callable[..., Any]

_ANY = Affine()
_PRODUCT = Affine(product=(0, 1))

RULES: dict[Operation, Rule] = {
    # affine in one factor
    aten.convolution.default: _PRODUCT,
    aten.linear.default: _PRODUCT,
    aten.addmm.default: Affine(product=(1, 2)),
    aten.mm.default: _PRODUCT,
    aten.bmm.default: _PRODUCT,
    aten.mul.Tensor: _PRODUCT,
    aten.div.Tensor: Affine(constant=(1,)),
    aten._native_batch_norm_legit_no_training.default: Affine(constant=(1, 2, 3, 4)),
    # linear in everything
    aten.add.Tensor: _ANY,
    aten.sub.Tensor: _ANY,
    aten.neg.default: _ANY,
    aten.sum.dim_IntList: _ANY,
    aten.mean.dim: _ANY,
    aten.avg_pool2d.default: _ANY,
    aten.adaptive_avg_pool2d.default: _ANY,
    aten.cat.default: _ANY,
    aten.constant_pad_nd.default: _ANY,
    # the same numbers in another shape
    aten.view.default: _ANY,
    aten.permute.default: _ANY,
    aten.transpose.int: _ANY,
    aten.squeeze.dims: _ANY,
    aten.unsqueeze.default: _ANY,
    aten.select.int: _ANY,
    aten.slice.Tensor: _ANY,
    aten.expand.default: _ANY,
    aten.clone.default: _ANY,
    aten.detach.default: Affine(apply=identity),
    operator.getitem: _ANY,
    # gates
    aten.relu.default: RELU,
    aten.leaky_relu.default: LEAKY_RELU,
    aten.hardtanh.default: HARDTANH,
    aten.max_pool2d.default: MAX_POOL2D,
}

# operations that read the shape of a tensor and never its values
SHAPE_ONLY: frozenset[Operation] = frozenset(
    {
        aten.sym_size.int,
        aten.sym_numel.default,
        aten.sym_stride.int,
        aten.full_like.default,
        aten.zeros_like.default,
        aten.ones_like.default,
    }
)

_SMOOTH = "replace it by nn.ReLU, nn.LeakyReLU or nn.Hardtanh and fine-tune the network"
_TRAINING = "call model.eval() before openbox.capture"
_OUTPUT = "leave it out and open the logits: the order of the classes is the same"

ADVICE: dict[Operation, str] = {
    aten.gelu.default: _SMOOTH,
    aten.silu.default: _SMOOTH,
    aten.elu.default: _SMOOTH,
    aten.mish.default: _SMOOTH,
    aten.softplus.default: _SMOOTH,
    aten.tanh.default: "replace it by nn.Hardtanh and fine-tune the network",
    aten.sigmoid.default: "at the output: " + _OUTPUT + "; inside: use nn.Hardsigmoid and fine-tune",
    aten.softmax.int: _OUTPUT,
    aten._softmax.default: _OUTPUT,
    aten.log_softmax.int: _OUTPUT,
    aten._log_softmax.default: _OUTPUT,
    aten.layer_norm.default: "replace it by nn.BatchNorm in eval mode, whose scale is a constant",
    aten.native_layer_norm.default: "replace it by nn.BatchNorm in eval mode, whose scale is a constant",
    aten.dropout.default: _TRAINING,
    aten.native_dropout.default: _TRAINING,
    aten._native_batch_norm_legit.default: _TRAINING,
    aten._native_batch_norm_legit_functional.default: _TRAINING,
}
_NO_RULE = "express it by operations of openbox.rules.RULES, or open the part of the network before it"


def advice(operation: Operation) -> str:
    """What could replace an operation that no rule covers."""
    return ADVICE.get(operation, _NO_RULE)
