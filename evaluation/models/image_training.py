"""Training one network of a study on images, and how many regions are around the test images meanwhile."""

import copy

import torch
from torch import nn

import openbox
from openbox.zoo.data import Images, load
from openbox.zoo.networks import Shape
from openbox.zoo.training.command import accuracy
from openbox.zoo.training.constrained import ConstrainedRecipe, ConstrainedRun

from .training import CPU, Trained

LENGTH = 1.0  # of the segments around images, in the l2 norm of pixels in [0, 1]


class TrainedOnImages(Trained[Images]):
    """A network of ``openbox.zoo.family``."""

    def data(self, train: bool) -> Images:
        return load(self.study.data, train, self.data_root)

    def begin(self, train_set: Images) -> ConstrainedRun:
        recipe = self.recipe
        assert isinstance(recipe, ConstrainedRecipe)
        recipe.check_batch(len(train_set))
        return ConstrainedRun(recipe, train_set, CPU)

    def watch(self, model: nn.Module, test_set: Images) -> tuple[float, float | None]:
        return accuracy(model, test_set, CPU), density(model, test_set, self.study.sampling.density)

    def shape(self, model: nn.Module, train_set: Images) -> Shape:
        del model
        return train_set.shape


def density(model: nn.Module, images: Images, count: int) -> float | None:
    """Borders of regions per unit of length on segments through the first ``count`` images, exactly.

    Each is centred on its image and ``LENGTH`` long, in a direction drawn by the number of the image
    (Patel, Montufar, ICML 2025, count on such segments, too). None for no images.
    """
    if not count:
        return None
    x = images.batch(slice(0, count)).double()
    net = openbox.capture(copy.deepcopy(model).to(memory_format=torch.contiguous_format), x[:1].float())
    borders = 0
    for number, one in enumerate(x):
        generator = torch.Generator().manual_seed(number)
        direction = torch.randn(one.shape, generator=generator, dtype=torch.float64)
        step = direction / direction.norm() * LENGTH / 2
        borders += len(net.segment(one - step, one + step).region_ids) - 1
    return borders / (LENGTH * len(x))
