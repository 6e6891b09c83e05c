"""Two maps that every comparison needs: random relevance, and edges that never look at the network."""

import torch
from skimage.filters import sobel
from torch import Tensor, nn

from openbox.errors import InputError
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


class Edges:
    """The Sobel magnitude of the image, averaged over channels."""

    def __init__(self, model: nn.Module, example: Tensor, seed: int, settings: None) -> None:
        if example.ndim != 4:
            raise InputError(f"edges: inputs of shape {tuple(example.shape[1:])} are no images (C, H, W)")
        del model, seed, settings

    def maps(self, x: Tensor, coefficients: Tensor) -> Maps:
        del coefficients
        values = [torch.from_numpy(sobel(image.mean(0).cpu().double().numpy())) for image in x]
        maps = torch.stack(values).to(x)[:, None].expand(x.shape)
        return Maps(maps, Receipt("sees the image, never the network", {}), 0)
