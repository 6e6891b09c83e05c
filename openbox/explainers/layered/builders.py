"""The one table of layers: which operation of a program becomes which module."""

from collections.abc import Callable, Sequence
from typing import Any

import torch
from torch import Tensor, nn
from torch.nn.utils import skip_init  # drawing first weights would use up random numbers of the user's

from openbox.explainers.layered.modules import Average, Clamp, Elementwise, PerChannel

aten = torch.ops.aten
BATCH_NORM = aten._native_batch_norm_legit_no_training.default  # returns (values, ...)
Builder = Callable[..., nn.Module]  # of the operation's arguments, with None for the value that depends on x

_CONVOLUTIONS = {
    (1, False): nn.Conv1d, (2, False): nn.Conv2d, (3, False): nn.Conv3d,
    (1, True): nn.ConvTranspose1d, (2, True): nn.ConvTranspose2d, (3, True): nn.ConvTranspose3d,
}  # fmt: skip


def _convolution(
    x: None, weight: Tensor, bias: Tensor | None, stride: Sequence[int], padding: Sequence[int],
    dilation: Sequence[int], transposed: bool, output_padding: Sequence[int], groups: int,
) -> nn.Module:  # fmt: skip
    del x
    kind = _CONVOLUTIONS[len(stride), transposed]
    around, within = (1, 0) if transposed else (0, 1)  # the axes of the numbers of channels in and out
    channels = [weight.shape[0], weight.shape[1]]
    channels[1] *= groups
    options: dict[str, Any] = {"output_padding": tuple(output_padding)} if transposed else {}
    layer = skip_init(
        kind, channels[within], channels[around], tuple(weight.shape[2:]), tuple(stride), tuple(padding),
        dilation=tuple(dilation), groups=groups, bias=bias is not None, **options,
    )  # fmt: skip
    return _with(layer, weight, bias)


def _linear(x: None, weight: Tensor, bias: Tensor | None = None) -> nn.Module:
    del x
    outputs, inputs = weight.shape
    return _with(skip_init(nn.Linear, inputs, outputs, bias is not None), weight, bias)


def _with(layer: nn.Module, weight: Tensor, bias: Tensor | None) -> nn.Module:
    layer.register_parameter("weight", nn.Parameter(weight.clone()))
    layer.register_parameter("bias", None if bias is None else nn.Parameter(bias.clone()))
    return layer


def _batch_norm(
    x: None, weight: Tensor | None, bias: Tensor | None, mean: Tensor, variance: Tensor, momentum: float,
    epsilon: float,
) -> nn.Module:  # fmt: skip
    del x, momentum
    scale = torch.rsqrt(variance + epsilon)
    scale = scale if weight is None else scale * weight
    shift = -mean * scale if bias is None else bias - mean * scale
    return PerChannel(scale, shift)


def _scaled(one: Tensor | float | None, other: Tensor | float | None) -> nn.Module:
    return _elementwise(other if one is None else one, 0)


def _divided(x: None, other: Tensor | float) -> nn.Module:
    del x
    return _elementwise(1 / _constant(other), 0)


def _added(one: Tensor | float | None, other: Tensor | float | None, alpha: float = 1) -> nn.Module:
    return _elementwise(1, _constant(other) * alpha) if one is None else _elementwise(alpha, one)


def _subtracted(one: Tensor | float | None, other: Tensor | float | None, alpha: float = 1) -> nn.Module:
    return _elementwise(1, -_constant(other) * alpha) if one is None else _elementwise(-alpha, one)


def _subtracted_from(one: Tensor | float | None, other: Tensor | float | None, alpha: float = 1) -> nn.Module:
    return _subtracted(other, one, alpha)


def _elementwise(scale: Any, shift: Any) -> nn.Module:
    return Elementwise(_constant(scale), _constant(shift))


def _constant(value: Any) -> Tensor:
    """A number keeps its 64 bits, which a product with a tensor of 32 does not make longer."""
    return value if isinstance(value, Tensor) else torch.tensor(value, dtype=torch.float64)


def _max_pool(kind: Callable[..., nn.Module]) -> Builder:
    def build(
        x: None, kernel: Any, stride: Any = (), padding: Any = 0, dilation: Any = 1, ceil_mode: bool = False
    ) -> nn.Module:
        del x
        kernel, stride, padding, dilation = (
            tuple(one) if isinstance(one, list) else one for one in (kernel, stride, padding, dilation)
        )
        return kind(kernel, stride or kernel, padding, dilation, ceil_mode=ceil_mode)

    return build


def _average(operation: Callable[..., Tensor]) -> Builder:
    return lambda _, *arguments: Average(operation, arguments)


BUILDERS: dict[Callable[..., Any], Builder] = {
    aten.convolution.default: _convolution,
    aten.linear.default: _linear,
    BATCH_NORM: _batch_norm,
    aten.relu.default: lambda _: nn.ReLU(),
    aten.leaky_relu.default: lambda _, slope=0.01: nn.LeakyReLU(slope),
    aten.hardtanh.default: lambda _, low=-1.0, high=1.0: Clamp(low, high),
    aten.max_pool1d.default: _max_pool(nn.MaxPool1d),
    aten.max_pool2d.default: _max_pool(nn.MaxPool2d),
    aten.max_pool3d.default: _max_pool(nn.MaxPool3d),
    aten.mul.Tensor: _scaled,
    aten.mul.Scalar: _scaled,
    aten.div.Tensor: _divided,
    aten.neg.default: lambda _: _elementwise(-1, 0),
    aten.add.Tensor: _added,
    aten.sub.Tensor: _subtracted,
    aten.rsub.Tensor: _subtracted_from,
    aten.rsub.Scalar: _subtracted_from,
    **{
        operation: _average(operation)
        for operation in (
            aten.mean.dim, aten.sum.dim_IntList, aten.avg_pool1d.default, aten.avg_pool2d.default,
            aten.avg_pool3d.default, aten.adaptive_avg_pool1d.default, aten.adaptive_avg_pool2d.default,
            aten.adaptive_avg_pool3d.default,
        )
    },
}  # fmt: skip

SELECTIONS = frozenset(
    {
        aten.max_pool1d_with_indices.default, aten.max_pool2d_with_indices.default,
        aten.max_pool3d_with_indices.default, aten.adaptive_max_pool1d.default,
        aten.adaptive_max_pool2d.default, aten.adaptive_max_pool3d.default,
        aten.maximum.default, aten.minimum.default, aten.amax.default, aten.amin.default, aten.max.dim,
        aten.min.dim,
    }
)  # fmt: skip
