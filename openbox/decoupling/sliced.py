"""The decoupled network as a computer should run it: what a path leaves out is not computed."""

import copy

from torch import Tensor, nn
from torch.nn.functional import batch_norm, conv2d

from openbox.decoupling.gated import GatedConvolution, gated_layers
from openbox.errors import InputError


class SlicedConvolution(nn.Module):
    """A ``GatedConvolution`` for one input at a time: only filters that are used, only maps that are not 0.

    A map is 0 where the layer before did not use its filter, so a path saves twice. The result is that of
    the gated layer, but for the order of its sums.
    """

    def __init__(self, layer: GatedConvolution) -> None:
        super().__init__()
        self.layer = layer

    def forward(self, x: Tensor) -> Tensor:
        if len(x) != 1:
            raise InputError(
                f"sliced: {len(x)} inputs; every input has a path of its own: pass one at a time"
            )
        convolution, norm = self.layer.convolution, self.layer.norm
        used = self.layer.controller(x)[0].nonzero().flatten()
        there = x.abs().amax((0, 2, 3)).nonzero().flatten()
        z = conv2d(
            x[:, there], convolution.weight[used][:, there],
            None if convolution.bias is None else convolution.bias[used],
            convolution.stride, convolution.padding, convolution.dilation,
        )  # fmt: skip
        mean, variance, scale, shift = (
            None if constant is None else constant[used]
            for constant in (norm.running_mean, norm.running_var, norm.weight, norm.bias)
        )
        z = batch_norm(z, mean, variance, scale, shift, eps=norm.eps)
        out = z.new_zeros(1, convolution.out_channels, *z.shape[2:])
        return out.index_copy(1, used, z)


def sliced(model: nn.Module) -> nn.Module:
    """A copy of a decoupled network that computes only what the path of its one input uses."""
    faster = copy.deepcopy(model).eval()
    for name, layer in gated_layers(faster).items():
        if layer.convolution.groups != 1 or isinstance(layer.convolution.padding, str):
            raise InputError(f"sliced: {name} has groups or named padding; only plain convolutions are cut")
        if layer.convolution.padding_mode != "zeros":
            raise InputError(f"sliced: {name} pads with {layer.convolution.padding_mode}; only zeros are cut")
        faster.set_submodule(name, SlicedConvolution(layer))
    return faster
