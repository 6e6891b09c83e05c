"""What every method of the table shares: its protocol, and the model copy it may do anything with."""

import copy
import hashlib
from typing import Protocol

import torch
from torch import Tensor, nn

from openbox.explainers.explanation import Maps


class Method(Protocol):
    """One way to explain: scores ``coefficients . f(x)`` for x (N, *input_shape), coefficients (N, K)."""

    def maps(self, x: Tensor, coefficients: Tensor) -> Maps: ...


class Counted(nn.Module):
    """A private network whose passes are counted, one for each image; logits (N, K)."""

    def __init__(self, model: nn.Module) -> None:
        super().__init__()
        self.model = model
        self.passes = 0

    def forward(self, x: Tensor) -> Tensor:
        self.passes += len(x)
        output = self.model(x)
        output = output.reshape(len(x), -1)
        if output.requires_grad:
            output.register_hook(self._count_backward)
        return output

    def _count_backward(self, gradient: Tensor) -> None:
        self.passes += len(gradient)


class CountedModel(Counted):
    """The same of a frozen copy of a user's model in eval mode."""

    def __init__(self, model: nn.Module) -> None:
        super().__init__(copy.deepcopy(model).eval().requires_grad_(False))
        for module in self.model.modules():
            if "inplace" in vars(module):
                vars(module)["inplace"] = False  # a hook would see what the activation overwrote


class ScoreOf(nn.Module):
    """``rows . model(x)``, (N,): what captum is given, with ``rows`` (N, K) as its additional argument."""

    def __init__(self, model: nn.Module) -> None:
        super().__init__()
        self.model = model

    def forward(self, x: Tensor, rows: Tensor) -> Tensor:
        return (self.model(x) * rows).sum(1)


class ScoreModule(nn.Module):
    """``coefficients . model(x)`` as a module (N, 1): what packages that want a classifier are given."""

    def __init__(self, model: nn.Module, coefficients: Tensor) -> None:
        super().__init__()
        self.model = model
        self.coefficients = coefficients

    def forward(self, x: Tensor) -> Tensor:
        return (self.model(x) * self.coefficients).sum(1, keepdim=True)


def image_seed(seed: int, method: str, image: Tensor) -> int:
    """A seed from the run's seed, the method and the pixels: the same image gets the same random
    numbers in any batch, at any position."""
    digest = hashlib.blake2b(f"{seed}/{method}/".encode(), digest_size=4)
    digest.update(image.detach().cpu().contiguous().numpy().tobytes())
    return int.from_bytes(digest.digest(), "big")


def text_seed(seed: int, method: str) -> int:
    """A seed from the run's seed and the method alone: all images get the same random numbers."""
    return int.from_bytes(hashlib.blake2b(f"{seed}/{method}".encode(), digest_size=4).digest(), "big")


def image_generator(seed: int, method: str, image: Tensor) -> torch.Generator:
    """A CPU generator seeded by ``image_seed``."""
    return torch.Generator().manual_seed(image_seed(seed, method, image))
