"""``ShardImages``: the images of a shard, the class that is explained and the seeds of their scores."""

from dataclasses import dataclass

import torch
from torch import Tensor

from ...case import forward
from ..plan.shard import Shard, image_seeds
from ..plan.study import Study
from .testbed import Testbed


@dataclass(frozen=True)
class ShardImages:
    """``index`` (n,) in the test set, on the CPU; ``x`` (n, C, H, W), ``label`` and ``target`` (n,)."""

    index: Tensor
    x: Tensor
    label: Tensor
    target: Tensor
    seeds: tuple[int, ...]

    def take(self, places: Tensor) -> "ShardImages":
        """Some of them."""
        at = places.to(self.x.device)
        seeds = tuple(self.seeds[place] for place in places.tolist())
        return ShardImages(self.index[places], self.x[at], self.label[at], self.target[at], seeds)


def draw(study: Study, bed: Testbed, shard: Shard, device: str) -> ShardImages:
    """The shard's images; its target is what the network predicts for each, or the label."""
    index = bed.order[shard.first : shard.first + shard.count]
    x = bed.images.batch(index).to(device).contiguous(memory_format=torch.channels_last)
    label = bed.images.labels[index].to(device)
    predicted = torch.cat([forward(bed.model, part).argmax(1) for part in x.split(study.batch)])
    target = predicted if study.target == "predicted" else label
    return ShardImages(index, x, label, target, image_seeds(study, shard.dataset, index.tolist()))
