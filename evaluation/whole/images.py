"""Some of a set of images, and what a network says of them."""

import dataclasses

import torch
from torch import Tensor, nn

from openbox.zoo.data import Images


def first(images: Images, count: int) -> Images:
    """So many of them; 0 is all."""
    some = slice(0, count or None)
    return dataclasses.replace(images, pixels=images.pixels[some], labels=images.labels[some])


def pixels(images: Images) -> Tensor:
    """All of them as a network reads them: (N, C, H, W) in [0, 1]."""
    return images.batch(slice(None))


@torch.no_grad()
def logits(model: nn.Module, x: Tensor, batch_size: int = 500) -> Tensor:
    """(N, K), batch by batch."""
    return torch.cat([model(some) for some in x.split(batch_size)])
