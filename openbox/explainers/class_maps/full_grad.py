"""``full_grad``: the gradient of the input and of every bias (Srinivas, Fleuret, NeurIPS 2019)."""

from collections.abc import Callable

import torch
from torch import Tensor, nn
from torch.nn import functional

from openbox.explainers.explanation import Maps, Receipt
from openbox.explainers.layered.modules import CONVOLUTIONS, POOLS, Add, Average, Elementwise, Selection
from openbox.explainers.layered.network import Layers
from openbox.explainers.method import Counted
from openbox.explainers.turn import turn
from openbox.opening import capture


class FullGrad:
    """``x * gradient`` and, for each layer, ``bias * gradient``: together they are the score (equation 5).

    The map adds their sizes, each scaled to [0, 1] and enlarged to the image (equation 8), so it is
    unsigned; the receipt has the exact sum. Batch normalisation is folded, its shift is a bias.
    """

    def __init__(self, model: nn.Module, example: Tensor, seed: int, settings: None) -> None:
        del seed, settings
        self.network = Layers(capture(model, example), example.dtype)
        self.network.require(
            "full_grad", nn.ReLU, nn.LeakyReLU, nn.Linear, *CONVOLUTIONS, *POOLS, Add, Average, Elementwise,
            Selection,
        )  # fmt: skip
        self.model = Counted(self.network)

    def maps(self, x: Tensor, coefficients: Tensor) -> Maps:
        outputs: list[tuple[Tensor, Tensor]] = []
        with turn(), torch.enable_grad():  # one thread at a time: the hooks are everybody's
            before = self.model.passes
            hooks = [layer.register_forward_hook(_note(outputs)) for layer in self.network.layers.values()]
            try:
                inputs = x.clone().requires_grad_()
                score = (self.model(inputs) * coefficients).sum(1)
            finally:
                for hook in hooks:
                    hook.remove()
            read = [output for output, _ in outputs]
            slope, *others = torch.autograd.grad(score.sum(), (inputs, *read))
            calls = (self.model.passes - before) / len(x)
        biases = [bias * other for (_, bias), other in zip(outputs, others, strict=True)]
        total = (x * slope).flatten(1).sum(1) + sum(bias.flatten(1).sum(1) for bias in biases)
        values = _scaled(x * slope).sum(1, keepdim=True)
        if x.ndim == 4:
            spatial = [_scaled(bias) for bias in biases if bias.ndim == 4]
            large = [functional.interpolate(one, x.shape[-2:], mode="bilinear") for one in spatial]
            values = values + sum(one.sum(1, keepdim=True) for one in large)
        score = score.detach()
        claim = "sum(x * gradient) + sum(bias * gradient) over all layers = score, up to the gap"
        receipt = Receipt(claim, {"sum": total, "score": score, "gap": score - total})
        return Maps(values.expand(x.shape), receipt, calls)


def _note(outputs: list[tuple[Tensor, Tensor]]) -> Callable[..., None]:
    def hook(layer: nn.Module, inputs: object, output: Tensor) -> None:
        del inputs
        if isinstance(layer, Elementwise):
            outputs.append((output, layer.per_value(layer.shift, output)))
        elif isinstance(layer, nn.Linear) and layer.bias is not None:
            outputs.append((output, layer.bias))
        elif isinstance(layer, CONVOLUTIONS) and layer.bias is not None:
            outputs.append((output, layer.bias.view(-1, *(1,) * (output.ndim - 2))))

    return hook


def _scaled(values: Tensor) -> Tensor:
    """Sizes scaled to [0, 1] for each image, and for each channel of it."""
    sizes = values.abs()
    axes = tuple(range(2, sizes.ndim)) if sizes.ndim > 2 else (1,)
    low, high = sizes.amin(axes, keepdim=True), sizes.amax(axes, keepdim=True)
    return (sizes - low) / (high - low).where(high > low, 1)
