"""``deconvolution``, ``guided_backprop``, ``guided_gradcam``: another way back through ReLU, by captum."""

from abc import ABC, abstractmethod
from collections.abc import Callable
from typing import Any

import torch
from captum.attr import Deconvolution as CaptumDeconvolution
from captum.attr import GuidedBackprop as CaptumGuidedBackprop
from captum.attr import GuidedGradCam as CaptumGuidedGradCam
from torch import Tensor, nn

from openbox.explainers.explanation import Maps, Receipt
from openbox.explainers.layered.modules import CONVOLUTIONS, POOLS, Add, Average, Elementwise, Selection
from openbox.explainers.layered.network import Layers
from openbox.explainers.layered.spatial import last_spatial
from openbox.explainers.method import Counted, ScoreOf
from openbox.explainers.turn import turn
from openbox.opening import capture

KNOWN = (nn.ReLU, nn.Linear, *CONVOLUTIONS, *POOLS, Add, Average, Elementwise, Selection)


class Reversed(ABC):
    """A method of captum on the network with each layer a module, so that no ReLU is passed over."""

    title: str

    def __init__(self, model: nn.Module, example: Tensor, seed: int, settings: None) -> None:
        del seed, settings
        self.network = Layers(capture(model, example), example.dtype)
        self.network.require(self.title, *KNOWN)
        self.model = Counted(self.network)
        self.example = example[:1]

    def maps(self, x: Tensor, coefficients: Tensor) -> Maps:
        with turn():
            before = self.model.passes
            method = self._method(ScoreOf(self.model))
            values = method(x.clone(), additional_forward_args=(coefficients,)).detach()
            calls = (self.model.passes - before) / len(x)
        return Maps(values, Receipt("makes no claim about the score", {}), calls)

    @abstractmethod
    def _method(self, score: nn.Module) -> Callable[..., Any]:
        """Captum's attribution of a score."""


class Deconvolution(Reversed):
    """Through a ReLU goes what is positive of what comes back (Zeiler, Fergus, ECCV 2014)."""

    title = "deconvolution"

    def _method(self, score: nn.Module) -> Callable[..., Any]:
        return CaptumDeconvolution(score).attribute


class GuidedBackprop(Reversed):
    """The same, and only where the ReLU is on (Springenberg et al., ICLR workshop 2015)."""

    title = "guided_backprop"

    def _method(self, score: nn.Module) -> Callable[..., Any]:
        return CaptumGuidedBackprop(score).attribute


class GuidedGradCam(Reversed):
    """Guided backpropagation times Grad-CAM of the last layer of 4x4 positions (Selvaraju et al. 2017)."""

    title = "guided_gradcam"

    def __init__(self, model: nn.Module, example: Tensor, seed: int, settings: None) -> None:
        super().__init__(model, example, seed, settings)
        self.layer, _ = last_spatial(self.network, self.example)

    def _method(self, score: nn.Module) -> Callable[..., Any]:
        with torch.enable_grad():
            return CaptumGuidedGradCam(score, self.layer).attribute
