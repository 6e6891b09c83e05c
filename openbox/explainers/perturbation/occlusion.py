"""``occlusion``: what the score loses when a window is hidden (Zeiler, Fergus, ECCV 2014), by captum."""

from dataclasses import dataclass

import torch
from captum.attr import Occlusion as CaptumOcclusion
from torch import Tensor, nn

from openbox.errors import InputError
from openbox.explainers.explanation import Maps, Receipt
from openbox.explainers.method import CountedModel, ScoreOf
from openbox.explainers.turn import turn
from openbox.shapes import check_count


@dataclass(frozen=True)
class OcclusionSettings:
    """A window of ``window`` pixels squared moves by ``stride`` and is hidden by the value ``fill``."""

    window: int = 4
    stride: int = 2
    fill: float = 0.0
    batch_size: int = 50

    def __post_init__(self) -> None:
        for name in ("window", "stride", "batch_size"):
            check_count(name, getattr(self, name), 1)


class Occlusion:
    """For each pixel the mean loss of score over the windows that cover it."""

    def __init__(self, model: nn.Module, example: Tensor, seed: int, settings: OcclusionSettings) -> None:
        del seed
        if example.ndim != 4 or min(example.shape[2:]) < settings.window:
            raise InputError(
                f"inputs of shape {tuple(example.shape[1:])} have no window of {settings.window} pixels"
            )
        self.model = CountedModel(model)
        self.settings = settings

    def maps(self, x: Tensor, coefficients: Tensor) -> Maps:
        options, channels = self.settings, x.shape[1]
        with turn():
            before = self.model.passes
            found = [
                CaptumOcclusion(ScoreOf(self.model)).attribute(
                    image[None], (channels, options.window, options.window),
                    strides=(channels, options.stride, options.stride), baselines=options.fill,
                    perturbations_per_eval=options.batch_size, additional_forward_args=(row[None],),
                )
                for image, row in zip(x, coefficients, strict=True)
            ]  # fmt: skip
            calls = (self.model.passes - before) / len(x)
        claim = "the mean loss of score over the windows that hide a pixel; adds up to nothing"
        return Maps(torch.cat(found).detach().to(x), Receipt(claim, {}), calls)
