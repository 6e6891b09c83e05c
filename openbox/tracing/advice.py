"""What to do about an operation without a rule: the nearest piecewise-linear replacement."""

import torch

from openbox.program.rules import Operation

aten = torch.ops.aten

_SMOOTH = "replace it by nn.ReLU, nn.LeakyReLU or nn.Hardtanh and fine-tune the network"
_TRAINING = "call model.eval() before openbox.capture"
_NORM = "replace it by nn.BatchNorm in eval mode, whose scale is a constant"
_OUTPUT = "leave it out and open the logits: the order of the classes is the same"
_SCORES = (
    "its scores multiply values that depend on the input; replace attention by convolution, pooling or an "
    "MLP over the tokens and fine-tune the network"
)
_CELL = (
    "its gates multiply values that depend on the input, so around no input is it affine; train "
    "nn.RNN(nonlinearity='relu') in its place"
)
_CURVED_CELL = (
    "tanh is curved, so around no input is it affine; use nn.RNN(nonlinearity='relu') and fine-tune"
)
_FACTOR = (
    "make one factor constant: leave out gating, attention or squeeze-and-excitation, or replace it by an "
    "addition or torch.maximum, and fine-tune the network"
)
_POWER = f"where only the size counts, use torch.abs; where it normalises, {_NORM}"

ADVICE: dict[Operation, str] = {
    **dict.fromkeys((aten.bmm.default, aten.mm.default, aten.baddbmm.default), _SCORES),
    **dict.fromkeys(
        (
            aten.linear.default,
            aten.convolution.default,
            aten.addmm.default,
            aten.mv.default,
            aten.addcmul.default,
        ),
        _FACTOR,
    ),
    aten._native_batch_norm_legit.no_stats: f"it divides by a statistic of the batch: {_NORM}",
    aten._to_copy.default: "keep to one dtype: cast the module and the input, not inside forward",
    aten.fmax.default: "use torch.maximum",
    aten.fmin.default: "use torch.minimum",
    aten.gelu.default: _SMOOTH,
    aten.silu.default: _SMOOTH,
    aten.elu.default: _SMOOTH,
    aten.celu.default: _SMOOTH,
    aten.mish.default: _SMOOTH,
    aten.softplus.default: _SMOOTH,
    aten.log_sigmoid_forward.default: _SMOOTH,
    aten.hardswish.default: "it multiplies x by a gate of x: use nn.ReLU6 or nn.ReLU and fine-tune",
    aten.glu.default: "it multiplies x by a gate of x: use torch.maximum of the two halves (maxout)",
    aten.tanh.default: "replace it by nn.Hardtanh and fine-tune the network",
    aten.sigmoid.default: "inside a network use nn.Hardsigmoid and fine-tune; multiplied with another value "
    "(squeeze-and-excitation) it must go",
    aten.softmax.int: f"at the end return its input, the logits; inside a network {_SCORES}",
    aten._softmax.default: f"inside a network: {_SCORES}",
    aten.log_softmax.int: _OUTPUT,
    aten._log_softmax.default: _OUTPUT,
    aten.scaled_dot_product_attention.default: _SCORES,
    aten.lstm.input: _CELL,
    aten.gru.input: _CELL,
    aten.rnn_tanh.input: _CURVED_CELL,
    aten.rnn_relu.input: _TRAINING,
    aten.layer_norm.default: _NORM,
    aten.native_layer_norm.default: _NORM,
    aten.rms_norm.default: _NORM,
    aten.group_norm.default: f"it divides by a statistic of the input: {_NORM}",
    aten.native_group_norm.default: f"it divides by a statistic of the input: {_NORM}",
    aten.instance_norm.default: f"it divides by a statistic of the input: {_NORM}, or give it "
    "track_running_stats=True",
    aten.pow.Tensor_Scalar: _POWER,
    aten.var.correction: _NORM,
    aten.mul.Tensor: _FACTOR,
    aten.div.Tensor: "divide by a constant only: " + _NORM,
    aten.dropout.default: _TRAINING,
    aten.native_dropout.default: _TRAINING,
    aten._native_batch_norm_legit.default: _TRAINING,
    aten._native_batch_norm_legit_functional.default: _TRAINING,
    aten.embedding.default: "open the network from the embedded sequence: wrap it to take that",
}
_NO_RULE = (
    "express it by operations of openbox.program.rules.RULES, or open the part of the network before it"
)


def advice(operation: Operation) -> str:
    """What could replace an operation that no rule covers."""
    return ADVICE.get(operation, _NO_RULE)
