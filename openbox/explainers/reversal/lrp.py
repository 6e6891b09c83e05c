"""``lrp`` and ``excitation_backprop``: relevance that is handed back layer by layer, by zennit."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import torch
from torch import Tensor, nn
from zennit.core import Composite, Hook
from zennit.rules import AlphaBeta, Epsilon, Norm, Pass, ZBox, ZPlus

from openbox.errors import InputError, named, shown
from openbox.explainers.explanation import Maps, Receipt
from openbox.explainers.layered.modules import (
    CONVOLUTIONS,
    POOLS,
    Add,
    Average,
    Clamp,
    Elementwise,
    Selection,
)
from openbox.explainers.layered.network import Layers
from openbox.explainers.method import Counted
from openbox.explainers.turn import turn
from openbox.opening import capture

KNOWN = (
    nn.ReLU, nn.LeakyReLU, Clamp, nn.Linear, *CONVOLUTIONS, *POOLS, Add, Average, Elementwise, Selection
)  # fmt: skip
COMPOSITES = ("epsilon", "epsilon_plus", "epsilon_alpha2_beta1")


@dataclass(frozen=True)
class LrpSettings:
    """``composite``: what a convolution does, "epsilon_plus" (z+), "epsilon_alpha2_beta1" or "epsilon"; a
    linear layer does epsilon. ``z_box``: the layers that read the image do z-box for pixels in [0, 1]."""

    composite: str = "epsilon_plus"
    epsilon: float = 1e-6
    z_box: bool = True

    @named("lrp")
    def __post_init__(self) -> None:
        if self.composite not in COMPOSITES:
            raise InputError(f"composite is {shown(self.composite)}; pass one of {COMPOSITES}")


class Handed:
    """What both share: the network with each layer a module, and rules by kind of layer."""

    title: str

    def __init__(self, model: nn.Module, example: Tensor) -> None:
        self.network = Layers(capture(model, example), example.dtype)
        self.network.require(self.title, *KNOWN)
        self.model = Counted(self.network)

    def handed_back(self, x: Tensor, start: Callable[[Tensor], Tensor]) -> tuple[Tensor, Tensor, float]:
        """Relevance of the pixels for ``start(logits)``, the logits (N, K), and passes an image."""
        with turn(), torch.enable_grad():
            before = self.model.passes
            inputs = x.clone().requires_grad_()
            with Composite(lambda *found: self._rule(found[2])).context(self.model) as network:
                logits = network(inputs)
                (values,) = torch.autograd.grad(logits, inputs, start(logits.detach()))
            calls = (self.model.passes - before) / len(x)
        return values, logits.detach(), calls

    def _rule(self, module: nn.Module) -> Hook | None:
        if isinstance(module, nn.ReLU | nn.LeakyReLU | Clamp | Elementwise):
            return Pass()
        return Norm() if isinstance(module, Add | Average) else None


class Lrp(Handed):
    """Layer-wise relevance propagation (Bach et al. 2015; Montavon et al. 2019), batch normalisation folded.

    It starts with the score, and each layer hands on what it gets, but for what its bias and the
    stabiliser keep: that is the receipt's gap.
    """

    title = "lrp"

    def __init__(self, model: nn.Module, example: Tensor, seed: int, settings: LrpSettings) -> None:
        del seed
        super().__init__(model, example)
        self.settings = settings
        self.boxes = self._boxes(example) if settings.z_box else {}

    def maps(self, x: Tensor, coefficients: Tensor) -> Maps:
        values, logits, calls = self.handed_back(x, lambda logits: logits * coefficients)
        score, total = (logits * coefficients).sum(1), values.flatten(1).sum(1)
        claim = "sum(values) = score, but for the gap that biases and stabilisers keep"
        return Maps(values, Receipt(claim, {"sum": total, "score": score, "gap": score - total}), calls)

    def _rule(self, module: nn.Module) -> Hook | None:
        if module in self.boxes:
            return ZBox(*self.boxes[module])
        if isinstance(module, CONVOLUTIONS) and self.settings.composite != "epsilon":
            return ZPlus() if self.settings.composite == "epsilon_plus" else AlphaBeta(2, 1)
        if isinstance(module, (nn.Linear, *CONVOLUTIONS)):
            return Epsilon(self.settings.epsilon)
        return super()._rule(module)

    def _boxes(self, example: Tensor) -> dict[nn.Module, tuple[Tensor, Tensor]]:
        """What the first layers read at the black and at the white image: the ends of their box."""
        read: dict[nn.Module, list[Tensor]] = {}

        def note(module: nn.Module, inputs: Any) -> None:
            read.setdefault(module, []).append(inputs[0].detach())

        first = [layer for layer in self.network.first if isinstance(layer, (nn.Linear, *CONVOLUTIONS))]
        hooks = [layer.register_forward_pre_hook(note) for layer in first]
        with torch.no_grad():
            for image in (torch.zeros_like(example[:1]), torch.ones_like(example[:1])):
                self.network(image)
        for hook in hooks:
            hook.remove()
        return {layer: (torch.minimum(*ends), torch.maximum(*ends)) for layer, ends in read.items()}


class ExcitationBackprop(Handed):
    """Probabilities of winning, handed back along positive weights (Zhang et al., ECCV 2016, equation 4).

    They start with 1 at the class; a contrast keeps where its first class wins by more.
    """

    title = "excitation_backprop"

    def __init__(self, model: nn.Module, example: Tensor, seed: int, settings: None) -> None:
        del seed, settings
        super().__init__(model, example)

    def maps(self, x: Tensor, coefficients: Tensor) -> Maps:
        values, _, calls = self.handed_back(x, lambda _: coefficients)
        values = values.clamp(min=0)
        claim = "sum(values) = 1 for a class, but for units without any positive input"
        return Maps(values, Receipt(claim, {"sum": values.flatten(1).sum(1)}), calls)

    def _rule(self, module: nn.Module) -> Hook | None:
        if isinstance(module, (nn.Linear, *CONVOLUTIONS)):
            return ZPlus(zero_params="bias")
        return super()._rule(module)
