"""The one table of explainers, and ``create``; the app, the harness and the tests read the same one.

A method's file is imported when it is created, so that the core never needs LIME or SHAP.
"""

import time
from collections.abc import Callable
from dataclasses import dataclass
from importlib import import_module
from types import ModuleType, NoneType
from typing import Literal

import torch
from torch import Tensor, nn

from openbox.errors import InputError, UnknownNameError, named, shown
from openbox.explainers.explanation import Explanation, Target, coefficients
from openbox.explainers.method import Method
from openbox.module.lock import computing
from openbox.shapes import check_batch


@dataclass(frozen=True)
class Entry:
    """One explainer: its title, what its values are, and where its code is.

    ``signed`` maps have negative values where something opposes the target. ``implementation`` is
    "module:name" below this package, ``settings`` the name of its settings class there, if any.
    ``revision`` is raised when its maps change, so that stored maps are not taken for new ones.
    ``family``: "exact" is made of exact pieces, a "rival" is a published method that they are measured
    against, a "baseline" knows nothing of the model. ``against_others``: its maps explain the logit of a
    class minus the mean of the others (``exact.pieces.decision_rows``), otherwise the logit.
    """

    title: str
    summary: str
    signed: bool
    unit: str
    implementation: str
    family: Literal["exact", "rival", "baseline"]
    settings: str | None = None
    revision: int = 1
    against_others: bool = False


CONTRIBUTION = "logits"
SLOPE = "logits per unit of the pixel"

EXPLAINERS: dict[str, Entry] = {
    "openbox": Entry(
        "OpenBox", "exact contributions w*x", True, CONTRIBUTION, "exact.contributions:Contributions",
        family="exact",
    ),
    "openbox_weights": Entry(
        "OpenBox weights", "exact slope w", True, SLOPE, "exact.weights:Weights", family="exact",
    ),
    "decision_features": Entry(
        "Decision features", "exact slope against the mean of the other classes", True, SLOPE,
        "exact.decision_features:DecisionFeatures", family="exact", against_others=True,
    ),
    "openbox_reference": Entry(
        "OpenBox against the mean", "exact contributions w*(x - z) against the mean reference image", True,
        CONTRIBUTION, "exact.reference:Reference", family="exact",
    ),
    "integrated_gradients": Entry(
        "Integrated gradients, exact", "slope w times (x - z), integrated on the way from a baseline z",
        True, CONTRIBUTION, "exact.integrated_gradients:IntegratedGradients", settings="IntegratedSettings",
        family="exact",
    ),
    "openbox_noise": Entry(
        "OpenBox, noise average", "contributions w*x, averaged over the pieces around the image", True,
        CONTRIBUTION, "exact.noise_average:NoiseAverage", settings="NoiseSettings", family="exact",
    ),
    "openbox_expected": Entry(
        "OpenBox, expected", "contributions w*(x - z), averaged on the way from reference images", True,
        CONTRIBUTION, "exact.expected:Expected", settings="ExpectedSettings", family="exact",
    ),
    "openbox_neighbourhood": Entry(
        "OpenBox neighbourhood",
        "the same for the target against the mean of the others, over places and neighbouring pixels", True,
        CONTRIBUTION, "exact.neighbourhood:Neighbourhood", settings="NeighbourhoodSettings", family="exact",
        against_others=True,
    ),
    "lime": Entry(
        "LIME", "local surrogate on patches", True, "logits per patch", "rivals.lime:Lime",
        settings="LimeSettings", family="rival",
    ),
    "shap": Entry(
        "SHAP (gradient)", "gradients against reference images", True, CONTRIBUTION,
        "rivals.gradient_shap:GradientShap", settings="GradientSettings", family="rival",
    ),
    "shap_partition": Entry(
        "SHAP (partition)", "Owen values against the blurred image", True, CONTRIBUTION,
        "rivals.partition_shap:PartitionShap", settings="PartitionSettings", family="rival",
    ),
    "gradcam": Entry(
        "Grad-CAM", "weighted activations of a late layer", False, "share of its maximum",
        "rivals.gradcam:GradCam", family="rival",
    ),
    "random": Entry(
        "Random", "standard normal noise", True, "arbitrary", "baselines.random:Random", family="baseline"
    ),
    "edges": Entry(
        "Edges", "Sobel magnitude of the image", False, "arbitrary", "baselines.edges:Edges",
        family="baseline",
    ),
}  # fmt: skip


class Explainer:
    """A named method bound to one model; safe to share between threads, and it never touches the model."""

    def __init__(self, name: str, model: nn.Module, method: Method, example: Tensor) -> None:
        self.name = name
        self.entry = EXPLAINERS[name]
        self._model = model
        self._method = method
        self._input_shape = tuple(example.shape[1:])
        self._dtype = example.dtype
        self._device = example.device

    def explain(self, x: Tensor, target: Target = None) -> Explanation:
        """Explain a batch x (N, *input_shape) with pixels in [0, 1].

        ``target``: a class, a class per image (N,), a ``Contrast``, or None for the predicted class.
        Raises ``InputError``.
        """
        with named(f"{self.name}.explain"):
            return self._explain(x, target)

    def _explain(self, x: Tensor, target: Target) -> Explanation:
        _check_eval(self._model)
        check_batch(x, self._input_shape, self._device)
        if x.dtype != self._dtype:
            raise InputError(f"x is {x.dtype}, the explainer was created for {self._dtype}; convert x")
        with computing(), torch.inference_mode(False):  # gradients are needed, whatever mode the caller is in
            x = x.detach().clone()
            with torch.no_grad():
                logits = self._model(x).reshape(len(x), -1)
            row = coefficients(target, logits)
            started = time.perf_counter()
            maps = self._method.maps(x, row)
            if x.is_cuda:
                torch.cuda.synchronize(x.device)
            seconds = time.perf_counter() - started
        return Explanation(
            maps.values.detach().contiguous(), self.entry.signed, self.entry.unit, maps.model_calls, seconds,
            maps.receipt, maps.segments, maps.grid, maps.surrogate, self.entry.against_others,
        )  # fmt: skip


def _check_eval(model: nn.Module) -> None:
    if any(module.training for module in model.modules()):
        raise InputError("the model is in train mode; call model.eval() first")


def settings_type(name: str) -> type:
    """The settings class of an explainer; ``NoneType`` for one without settings."""
    entry = EXPLAINERS[name]
    return getattr(_module(entry), entry.settings) if entry.settings else NoneType


def _module(entry: Entry) -> ModuleType:
    return import_module(f"openbox.explainers.{entry.implementation.partition(':')[0]}")


def create(name: str, model: nn.Module, example: Tensor, seed: int = 0, settings: object = None) -> Explainer:
    """Bind the explainer ``name`` of the table to a model in eval mode.

    ``example``: a batch (B, *input_shape) of float32 pixels in [0, 1]; SHAP and the averages of exact
    pieces use it as their reference images if B > 1. ``seed`` decides every random number, together
    with the image where a method asks for other numbers for each. ``settings`` is the method's own
    frozen dataclass (``LimeSettings``, ``GradientSettings``, ``NeighbourhoodSettings``, ...).
    Raises ``UnknownNameError``, ``InputError``, ``NotPiecewiseLinearError``.
    """
    with named(f"create({shown(name)})"):
        return _create(name, model, example, seed, settings)


def _create(name: str, model: nn.Module, example: Tensor, seed: int, settings: object) -> Explainer:
    if name not in EXPLAINERS:
        raise UnknownNameError("explainer", name, EXPLAINERS)
    _check_eval(model)
    if not isinstance(example, Tensor):
        raise InputError(f"example is a {type(example).__name__}, expected a batch of images")
    check_batch(example, tuple(example.shape[1:]), example.device, "example")
    wanted = next((p.dtype for p in model.parameters()), example.dtype)
    if example.dtype != wanted:
        raise InputError(f"example is {example.dtype}, the model {wanted}; convert one")
    entry = EXPLAINERS[name]
    attribute = entry.implementation.partition(":")[2]
    build: Callable[[nn.Module, Tensor, int, object], Method] = getattr(_module(entry), attribute)
    kind = settings_type(name)
    settings = kind() if settings is None else settings
    if not isinstance(settings, kind):
        expected = entry.settings or "no settings"
        raise InputError(f"settings are {shown(settings)}, expected {expected}")
    with torch.inference_mode(False):  # a private copy made in that mode would refuse gradients for ever
        method = build(model, example.detach().clone(), seed, settings)
    return Explainer(name, model, method, example)
