"""``deeplift``: DeepLIFT with the rescale rule (Shrikumar, Greenside, Kundaje, ICML 2017), by captum."""

import torch
from captum.attr import DeepLift as CaptumDeepLift
from torch import Tensor, nn

from openbox.explainers.additive import additive_receipt
from openbox.explainers.explanation import Maps
from openbox.explainers.layered.modules import CONVOLUTIONS, POOLS, Add, Average, Elementwise
from openbox.explainers.layered.network import Layers
from openbox.explainers.method import Counted, ScoreOf
from openbox.explainers.turn import turn
from openbox.opening import capture


class DeepLift:
    """Differences of each ReLU's output from that at the black image, shared out among its inputs.

    The package unpools its maxima by assignment: where windows overlap, the receipt's gap is what it loses.
    """

    def __init__(self, model: nn.Module, example: Tensor, seed: int, settings: None) -> None:
        del seed, settings
        layers = Layers(capture(model, example), example.dtype)
        layers.require(
            "deeplift", nn.ReLU, nn.LeakyReLU, nn.Linear, *CONVOLUTIONS, *POOLS, Add, Average, Elementwise
        )
        self.model = Counted(layers)

    def maps(self, x: Tensor, coefficients: Tensor) -> Maps:
        black = torch.zeros_like(x)
        with turn():
            before = self.model.passes
            values = CaptumDeepLift(ScoreOf(self.model)).attribute(
                x.clone(), baselines=black, additional_forward_args=(coefficients,)
            ).detach()  # fmt: skip
            calls = (self.model.passes - before) / len(x)
            with torch.no_grad():
                base = (self.model(black) * coefficients).sum(1)
            return Maps(values, additive_receipt(self.model, x, coefficients, values, base), calls)
