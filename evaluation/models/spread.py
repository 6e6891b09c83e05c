"""Sparsity of what is read in an image: decision features times how much each pixel varies.

A weight of a pixel that is black in every image is as large as it began unless something makes it small, and
changes no answer; so the Gini index of the weights alone cannot say whether fewer pixels decide.
"""

import torch
from torch import Tensor

from openbox.errors import named
from openbox.zoo.data import Images

from ..scores.sparsity import gini
from ..whole.facts import Fact, row
from ..whole.images import first
from .facts import MEASURES
from .image_training import TrainedOnImages
from .subject import ModelSubject

SPREAD = "gini of w x spread"
SEEN = 10_000  # training images whose pixels' spread is measured


def spread_facts(trained: TrainedOnImages) -> list[Fact]:
    """The mean Gini index of ``|w| s`` over test images, s the standard deviation of a pixel in training."""
    with named(trained.recipe.name):
        subject = ModelSubject(trained.checkpoint().model, trained.data(train=False), trained.study.sampling)
        features, _ = subject.features
        found = float(gini(features * pixel_spread(trained.data(train=True))).nanmean())
    return row(trained.entry.name, trained.setting, MEASURES, "", (SPREAD,), (found,))


def pixel_spread(images: Images) -> Tensor:
    """(D,) the standard deviation of each pixel and channel in the first ``SEEN`` images, float64."""
    seen = first(images, SEEN)
    batches = torch.arange(len(seen)).split(1000)
    x = torch.cat([seen.batch(some).flatten(1) for some in batches])
    return x.double().std(0, correction=0)
