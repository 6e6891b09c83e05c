"""``ModelSubject``: one trained network, captured, with the test images that it is asked about."""

from functools import cached_property

import torch
from torch import Tensor, nn

import openbox
from openbox.geometry.clusters.clustering import cluster
from openbox.geometry.clusters.clusters import Clusters
from openbox.zoo.data import Images

from ..whole.images import logits
from .study import Sampling


class ModelSubject:
    """What is dear is made once. ``model`` is in eval mode; ``images`` are the test images."""

    def __init__(self, model: nn.Module, images: Images, sampling: Sampling) -> None:
        self.model, self.images, self.sampling = model, images, sampling
        self.net = openbox.capture(model, images.batch(slice(0, 1)))

    def x(self, count: int) -> Tensor:
        """The first ``count`` test images (n, C, H, W) in [0, 1]."""
        return self.images.batch(slice(0, count))

    def logits(self, x: Tensor) -> Tensor:
        """(n, K), a batch at a time."""
        return logits(self.model, x)

    @cached_property
    def clusters(self) -> Clusters:
        """The first test images by the regions they lie in, with their labels."""
        count = min(self.sampling.regions, len(self.images))
        return cluster(self.net, self.x(count), self.images.labels[:count])

    @cached_property
    def features(self) -> tuple[Tensor, Tensor]:
        """Decision features (n, D), ``W_c`` less the mean of the others, and the predicted class c (n,)."""
        x = self.x(self.sampling.maps)
        decided = self.logits(x).argmax(1)
        others = 1 / (self.net.outputs - 1)
        rows = torch.full((len(x), 1, self.net.outputs), -others)
        rows.scatter_(2, decided[:, None, None], 1.0)
        return self.net.readout(x, rows).weight.flatten(1).double(), decided
