"""The one table of rules: which operation is affine in x, a gate, or made of both. All others are refused."""

import operator
from collections.abc import Callable
from typing import Any

import torch

from openbox.program.affine import Affine, assigned, copied, identity
from openbox.program.gates import bands, comparisons, maxima, thresholds, windows
from openbox.program.gates.gate import Gate
from openbox.program.gates.naming import Naming
from openbox.program.recurrent import RNN_RELU, Recurrent
from openbox.program.shrinks import SURVIVING

aten = torch.ops.aten
Rule = Affine | Gate | Recurrent
Operation = Callable[..., Any]

_ANY = Affine()
_PRODUCT = Affine(product=(0, 1))
_SUM_OF_PRODUCT = Affine(product=(1, 2))

PRODUCTS: dict[Operation, Rule] = {  # affine in one factor
    aten.convolution.default: _PRODUCT,
    aten.linear.default: _PRODUCT,
    aten.mm.default: _PRODUCT,
    aten.bmm.default: _PRODUCT,
    aten.mv.default: _PRODUCT,
    aten.mul.Tensor: _PRODUCT,
    aten.mul.Scalar: _PRODUCT,
    aten.addmm.default: _SUM_OF_PRODUCT,
    aten.addmv.default: _SUM_OF_PRODUCT,
    aten.baddbmm.default: _SUM_OF_PRODUCT,
    aten.addcmul.default: _SUM_OF_PRODUCT,
    aten.div.Tensor: Affine(constant=(1,)),
    aten.lerp.Scalar: _ANY,
    aten.lerp.Tensor: Affine(constant=(2,)),
    aten._native_batch_norm_legit_no_training.default: Affine(constant=(1, 2, 3, 4)),
    aten.instance_norm.default: Affine(constant=(1, 2, 3, 4), off=(5,)),
}

SUMS: dict[Operation, Rule] = dict.fromkeys(  # linear in everything
    (
        aten.add.Tensor, aten.sub.Tensor, aten.rsub.Tensor, aten.rsub.Scalar,
        aten.neg.default, aten.sum.dim_IntList, aten.mean.dim, aten.cumsum.default,
        aten.avg_pool1d.default, aten.avg_pool2d.default, aten.avg_pool3d.default,
        aten.adaptive_avg_pool1d.default, aten.adaptive_avg_pool2d.default, aten.adaptive_avg_pool3d.default,
        aten.upsample_linear1d.vec, aten.upsample_bilinear2d.vec, aten.upsample_trilinear3d.vec,
        aten.upsample_bicubic2d.vec,
        aten.col2im.default,
    ),
    _ANY,
)  # fmt: skip

SHAPES: dict[Operation, Rule] = dict.fromkeys(  # the same numbers in another place
    (
        aten.view.default, aten.permute.default, aten.transpose.int, aten.squeeze.dims, aten.squeeze.dim,
        aten.unsqueeze.default, aten.select.int, aten.slice.Tensor, aten.expand.default, aten.clone.default,
        aten.cat.default, aten.stack.default,
        aten.split.Tensor, aten.split_with_sizes.default, aten.unbind.int, aten.repeat.default,
        aten.flip.default, aten.roll.default, aten.tril.default, aten.triu.default, aten.diagonal.default,
        aten.unfold.default, aten.im2col.default, aten.pad.default, aten.constant_pad_nd.default,
        aten.pixel_shuffle.default, aten.pixel_unshuffle.default, aten.channel_shuffle.default,
        aten.upsample_nearest1d.vec, aten.upsample_nearest2d.vec, aten.upsample_nearest3d.vec,
        aten._upsample_nearest_exact1d.vec, aten._upsample_nearest_exact2d.vec,
        aten._upsample_nearest_exact3d.vec, aten.slice_scatter.default, aten.select_scatter.default,
        operator.getitem,
    ),
    _ANY,
)  # fmt: skip

CHOICES: dict[Operation, Rule] = {  # which number goes where must not depend on x, except through a gate
    aten.detach.default: Affine(apply=identity),
    aten.alias.default: Affine(apply=identity),
    aten.copy.default: Affine(apply=copied),
    aten.index.Tensor: Affine(constant=(1,)),
    aten.index_put.default: Affine(constant=(1,), apply=assigned),
    aten.index_select.default: Affine(constant=(2,)),
    aten.gather.default: Affine(constant=(2,)),
    aten.index_add.default: Affine(constant=(2,)),
    aten.grid_sampler.default: Affine(constant=(1,)),
    aten.where.self: Affine(constant=(0,)),
    aten.where.ScalarSelf: Affine(constant=(0,)),
    aten.where.ScalarOther: Affine(constant=(0,)),
    aten.masked_fill.Scalar: Affine(constant=(1,)),
    aten.masked_fill.Tensor: Affine(constant=(1,)),
}

GATES: dict[Operation, Gate] = {
    aten.relu.default: thresholds.RELU,
    aten.leaky_relu.default: thresholds.LEAKY_RELU,
    aten.rrelu.default: thresholds.RRELU,
    aten.prelu.default: thresholds.PRELU,
    aten.abs.default: thresholds.ABS,
    aten.threshold.default: thresholds.THRESHOLD,
    aten.hardtanh.default: bands.HARDTANH,  # ReLU6 as well
    aten.clamp.default: bands.CLAMP,
    aten.clamp.Tensor: bands.CLAMP,
    aten.clamp_max.default: bands.CLAMP_MAX,
    aten.hardsigmoid.default: bands.HARDSIGMOID,
    SURVIVING[aten.softshrink.default]: bands.SOFTSHRINK,
    SURVIVING[aten.hardshrink.default]: bands.HARDSHRINK,
    aten.max_pool1d.default: windows.MAX_POOL1D,
    aten.max_pool2d.default: windows.MAX_POOL2D,
    aten.max_pool3d.default: windows.MAX_POOL3D,
    aten.max_pool1d_with_indices.default: windows.MAX_POOL1D_WITH_INDICES,
    aten.max_pool2d_with_indices.default: windows.MAX_POOL2D_WITH_INDICES,
    aten.max_pool3d_with_indices.default: windows.MAX_POOL3D_WITH_INDICES,
    aten.adaptive_max_pool1d.default: windows.ADAPTIVE_MAX_POOL1D,
    aten.adaptive_max_pool2d.default: windows.ADAPTIVE_MAX_POOL2D,
    aten.adaptive_max_pool3d.default: windows.ADAPTIVE_MAX_POOL3D,
    aten.maximum.default: maxima.MAXIMUM,
    aten.minimum.default: maxima.MINIMUM,
    aten.amax.default: maxima.AMAX,
    aten.amin.default: maxima.AMIN,
    aten.max.dim: maxima.MAX_DIM,
    aten.min.dim: maxima.MIN_DIM,
    aten.gt.Scalar: comparisons.GREATER,
    aten.gt.Tensor: comparisons.GREATER,
    aten.ge.Scalar: comparisons.GREATER_EQUAL,
    aten.ge.Tensor: comparisons.GREATER_EQUAL,
    aten.lt.Scalar: comparisons.LESS,
    aten.lt.Tensor: comparisons.LESS,
    aten.le.Scalar: comparisons.LESS_EQUAL,
    aten.le.Tensor: comparisons.LESS_EQUAL,
}

NAMINGS: dict[str, Naming] = {rule.kind: rule.naming for rule in GATES.values()}  # gates of a kind agree

RULES: dict[Operation, Rule] = {**PRODUCTS, **SUMS, **SHAPES, **CHOICES, **GATES}

# operations of a trace that a program runs as several of those above
UNROLLED: dict[Operation, Rule] = {aten.rnn_relu.input: RNN_RELU}

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
