"""``random``: relevance that knows nothing, the floor of every comparison."""

import torch
from torch import Tensor, nn

from openbox.explainers.explanation import Maps, Receipt
from openbox.explainers.method import image_generator


class Random:
    """Independent standard normal values, the same for the same seed and image."""

    def __init__(self, model: nn.Module, example: Tensor, seed: int, settings: None) -> None:
        del model, example, settings
        self.seed = seed

    def maps(self, x: Tensor, coefficients: Tensor) -> Maps:
        del coefficients
        values = [
            torch.randn(image.shape, generator=image_generator(self.seed, "random", image)) for image in x
        ]
        return Maps(torch.stack(values).to(x), Receipt("knows nothing", {}), 0)
