"""``pattern_net`` and ``pattern_attribution`` (Kindermans et al., ICLR 2018)."""

from typing import Any

import torch
from torch import Tensor, nn

from openbox.explainers.explanation import Maps, Receipt
from openbox.explainers.layered.modules import POOLS, Add, Average, Elementwise, Selection
from openbox.explainers.layered.network import Layers
from openbox.explainers.method import Counted
from openbox.explainers.reversal.patterns import estimate
from openbox.explainers.turn import turn
from openbox.opening import capture


class PatternNet:
    """The signal in the image that the score is made of: on the way back, patterns in the place of weights.

    It starts with the score. The patterns are estimated from the example batch given to ``create``.
    """

    title = "pattern_net"
    attributes = False

    def __init__(self, model: nn.Module, example: Tensor, seed: int, settings: None) -> None:
        del seed, settings
        self.network = Layers(capture(model, example), example.dtype)
        self.network.require(
            self.title, nn.ReLU, nn.Linear, nn.Conv2d, *POOLS, Add, Average, Elementwise, Selection
        )
        self.patterns = estimate(self.network, example)
        self.model = Counted(self.network)

    def maps(self, x: Tensor, coefficients: Tensor) -> Maps:
        with turn(), torch.enable_grad():
            before = self.model.passes
            hooks = [
                layer.register_forward_hook(self._backwards(self.patterns.get(name)))
                for name, layer in self.network.layers.items()
                if name in self.patterns or isinstance(layer, Elementwise)
            ]
            try:
                inputs = x.clone().requires_grad_()
                logits = self.model(inputs)
                (values,) = torch.autograd.grad(logits, inputs, logits.detach() * coefficients)
            finally:
                for hook in hooks:
                    hook.remove()
            calls = (self.model.passes - before) / len(x)
        return Maps(values, Receipt("the signal in the image; adds up to nothing", {}), calls)

    def _backwards(self, pattern: Tensor | None) -> Any:
        """A hook by which a layer keeps its output and has the derivative of another one."""

        def hook(layer: nn.Module, inputs: tuple[Tensor, ...], output: Tensor) -> Tensor:
            (x,) = inputs
            if isinstance(layer, Elementwise):  # all that it reads is signal
                other = x * (1 if self.attributes else 1 / layer.per_value(layer.scale, x))
                return output.detach() + other - other.detach()
            assert isinstance(layer, nn.Linear | nn.Conv2d)
            assert pattern is not None
            weight = layer.weight * pattern if self.attributes else pattern
            if isinstance(layer, nn.Linear):
                other = nn.functional.linear(x, weight)
            else:
                other = nn.functional.conv2d(x, weight, None, layer.stride, layer.padding, layer.dilation)
            return output.detach() + other - other.detach()

        return hook


class PatternAttribution(PatternNet):
    """How much of the score the signal at each pixel makes: patterns times weights on the way back."""

    title = "pattern_attribution"
    attributes = True
