"""``Material``: a network, one of its layers, and what both say about training and test images."""

from dataclasses import dataclass
from functools import cached_property

import torch
from torch import Tensor, nn

import openbox
from openbox.cnn_inte.factors import Numbers, Values
from openbox.cnn_inte.hidden import activations
from openbox.geometry.clusters.clustering import cluster
from openbox.geometry.clusters.clusters import Clusters
from openbox.zoo import Checkpoint
from openbox.zoo.data import Images

from ..whole.images import logits, pixels

_GATED = 10_000  # training images whose gates are looked at: all their decisions are held


@dataclass(frozen=True)
class Material:
    """``train`` and ``test`` are the images that are used."""

    checkpoint: Checkpoint
    layer: str
    train: Images
    test: Images

    @property
    def name(self) -> str:
        """The checkpoint's."""
        return self.checkpoint.card.name

    @property
    def model(self) -> nn.Module:
        """The network, in eval mode."""
        return self.checkpoint.model

    @cached_property
    def hidden(self) -> tuple[Values, Values]:
        """(N, D) of training and of test images."""
        train, test = (activations(self.model, self.layer, self._pixels(split)) for split in (True, False))
        return train.numpy(), test.numpy()

    @cached_property
    def pixels(self) -> tuple[Values, Values]:
        """(N, C H W) of both."""
        return self._pixels(True).flatten(1).numpy(), self._pixels(False).flatten(1).numpy()

    @cached_property
    def decided(self) -> tuple[Numbers, Numbers]:
        """(N,) the classes that the network gives to both."""
        train, test = (logits(self.model, self._pixels(split)).argmax(1) for split in (True, False))
        return train.numpy(), test.numpy()

    def _pixels(self, train: bool) -> Tensor:
        return pixels(self.train if train else self.test)

    @property
    def gated(self) -> int:
        """How many training images ``regions`` has, before all test images."""
        return min(_GATED, len(self.train))

    @cached_property
    def regions(self) -> Clusters:
        """The exact regions of training and test images together."""
        x = torch.cat((self._pixels(True)[: self.gated], self._pixels(False)))
        return cluster(openbox.capture(self.model, x[:1]), x)
