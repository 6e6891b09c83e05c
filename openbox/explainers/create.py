"""``create`` binds a method of the table to a model; the app, the harness and the tests call it.

A method's file is imported when it is created, so that the core never needs LIME or SHAP.
"""

import time
from collections.abc import Callable
from importlib import import_module
from types import ModuleType, NoneType
from typing import Literal

import torch
from torch import Tensor, nn

from openbox.errors import InputError, UnknownNameError, named, shown
from openbox.explainers.entry import Entry
from openbox.explainers.explanation import Explanation, Target, coefficients
from openbox.explainers.method import Method
from openbox.explainers.table import EXPLAINERS
from openbox.module.headless import Headless, before_head
from openbox.module.lock import computing
from openbox.shapes import check_batch

Score = Literal["logits", "output"]
SCORES: tuple[Score, ...] = ("logits", "output")


class Explainer:
    """A named method bound to one model; safe to share between threads, and it never touches the model."""

    def __init__(
        self,
        name: str,
        model: nn.Module,
        scored: nn.Module,
        method: Method,
        example: Tensor,
        head: Headless | None,
        output: str | None,
    ) -> None:
        self.name = name
        self.entry = EXPLAINERS[name]
        self._model = model
        self._scored = scored  # the function that is explained
        self._unit = self.entry.unit if output is None else self.entry.unit.replace("logits", output)
        self._head = head  # where that is behind a head, and the method sees what is before it
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
                outputs = self._scored(x).reshape(len(x), -1)
            row = coefficients(target, outputs)
            if self._head is not None:
                row = self._head.tangent(x, row)
            started = time.perf_counter()
            maps = self._method.maps(x, row)
            if x.is_cuda:
                torch.cuda.synchronize(x.device)
            seconds = time.perf_counter() - started
        return Explanation(
            maps.values.detach().contiguous(), self.entry.signed, self._unit, maps.model_calls, seconds,
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


def create(
    name: str,
    model: nn.Module,
    example: Tensor,
    seed: int = 0,
    settings: object = None,
    score: Score = "logits",
) -> Explainer:
    """Bind the explainer ``name`` of the table to a model in eval mode.

    ``example``: a batch (B, *input_shape) of float32 pixels in [0, 1]; SHAP, patterns and the averages of
    exact pieces use it as their reference images if B > 1. ``seed`` decides every random number, together
    with the image where a method asks for other numbers for each. ``settings`` is the method's own
    frozen dataclass (``LimeSettings``, ``GradientSettings``, ``NeighbourhoodSettings``, ...).
    ``score``: of a model that ends in softmax, log_softmax or sigmoid every method explains the "logits"
    before it, or every method its "output"; those that open the network then explain the head's tangent
    at the image, ``J W x``, which no certificate extends beyond it.
    Raises ``UnknownNameError``, ``InputError``, ``NotPiecewiseLinearError``.
    """
    with named(f"create({shown(name)})"):
        return _create(name, model, example, seed, settings, score)


def _create(
    name: str, model: nn.Module, example: Tensor, seed: int, settings: object, score: Score
) -> Explainer:
    if name not in EXPLAINERS:
        raise UnknownNameError("explainer", name, EXPLAINERS)
    if score not in SCORES:
        raise InputError(f"score is {shown(score)}; pass one of {SCORES}")
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
        with computing():
            bare = before_head(model, example)
        scored = bare if score == "logits" else model
        method = build(model if entry.opens else scored, example.detach().clone(), seed, settings)
    after = bare if isinstance(bare, Headless) and score == "output" else None
    head, output = after if entry.opens else None, after.head if after else None
    return Explainer(name, model, scored, method, example, head, output)
