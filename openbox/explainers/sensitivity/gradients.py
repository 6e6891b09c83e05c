"""``sensitivity`` and ``gradient_x_input``: one gradient of the score, by captum."""

from captum.attr import InputXGradient, Saliency
from torch import Tensor, nn

from openbox.explainers.explanation import Maps, Receipt
from openbox.explainers.method import CountedModel, ScoreOf
from openbox.explainers.turn import turn


class Sensitivity:
    """The squared derivative of the score by each pixel (Gevrey et al. 2003; Simonyan et al. 2014).

    It says how strongly the score reacts to a pixel at this image, not what the pixel contributed.
    """

    claim = "sum(values) = squared length of the score's gradient"

    def __init__(self, model: nn.Module, example: Tensor, seed: int, settings: None) -> None:
        del example, seed, settings
        self.model = CountedModel(model)

    def maps(self, x: Tensor, coefficients: Tensor) -> Maps:
        with turn():
            before = self.model.passes
            values = self._values(ScoreOf(self.model), x, coefficients).detach()
            calls = (self.model.passes - before) / len(x)
        return Maps(values, Receipt(self.claim, {"sum": values.flatten(1).sum(1)}), calls)

    def _values(self, score: nn.Module, x: Tensor, rows: Tensor) -> Tensor:
        return Saliency(score).attribute(x, abs=False, additional_forward_args=(rows,)) ** 2


class GradientXInput(Sensitivity):
    """PyTorch's gradient times the pixel (Shrikumar et al. 2017), ties in its kernels' way."""

    claim = "sum(values) + what the biases add = score, where the network is piecewise linear"

    def _values(self, score: nn.Module, x: Tensor, rows: Tensor) -> Tensor:
        return InputXGradient(score).attribute(x, additional_forward_args=(rows,))
