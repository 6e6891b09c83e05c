"""Explainers and scores made for a test and entered into the tables for as long as it runs."""

import itertools
import sys
from collections.abc import Callable
from types import SimpleNamespace

import pytest
import torch
from torch import Tensor, nn

from evaluation.case import Case
from evaluation.measurement import Measurement, Metric, Score
from evaluation.scores.sparsity import SparsitySettings
from evaluation.scores.table import SCORES
from openbox.explainers.entry import Entry
from openbox.explainers.explanation import Maps, Receipt
from openbox.explainers.table import EXPLAINERS

_NUMBERS = itertools.count()


def enter_method(
    monkeypatch: pytest.MonkeyPatch,
    name: str,
    maps: Callable[[Tensor], Tensor],
    create: Callable[[], None] = lambda: None,
) -> None:
    """Enter an explainer whose maps of x (n, C, H, W) are ``maps(x)``; ``create`` is called before."""

    class StandIn:
        def __init__(self, model: nn.Module, example: Tensor, seed: int, settings: object) -> None:
            create()

        def maps(self, x: Tensor, coefficients: Tensor) -> Maps:
            return Maps(maps(x), Receipt("made for a test", {}), 1)

    module = f"stand_in_{next(_NUMBERS)}"
    monkeypatch.setitem(sys.modules, f"openbox.explainers.{module}", SimpleNamespace(StandIn=StandIn))  # pyright: ignore[reportArgumentType]
    monkeypatch.setitem(EXPLAINERS, name, Entry(name, "", True, "", f"{module}:StandIn", "rival"))


def enter_score(
    monkeypatch: pytest.MonkeyPatch,
    name: str,
    measure: Callable[[Case], list[Measurement]],
    settings: type = SparsitySettings,
) -> None:
    """Enter a score with the one metric ``number``."""
    metrics = {"number": Metric("a number", "")}
    score = Score("made for a test", settings, lambda case, _: measure(case), metrics)
    monkeypatch.setitem(SCORES, name, score)


def seeds_as_values(case: Case) -> list[Measurement]:
    """What a score may draw: one number from each image's seed."""
    values = [torch.rand((), generator=torch.Generator().manual_seed(seed)) for seed in case.seeds]
    return [Measurement("number", torch.stack(values))]
