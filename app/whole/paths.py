"""What a worker computes for the page Whole network about paths of filters, and about cutting one."""

from dataclasses import dataclass
from functools import lru_cache

import torch
from torch import Tensor, nn
from work.digits import digits, pixels

from openbox.decoupling.classes import SHARE, class_contrast, strongest
from openbox.decoupling.gated import gated_layers
from openbox.decoupling.paths import cut_path, joined, paths
from openbox.decoupling.shipped import load_shipped


@dataclass(frozen=True, eq=False)
class Followed:
    """The filters that a test digit uses, bool (N, filters), of the whole path."""

    used: Tensor
    labels: Tensor


def followed() -> Followed:
    """Raises ``CheckpointError``."""
    return Followed(joined(paths(_shipped()[1], pixels(False))), digits(False).labels)


@torch.no_grad()
def cut_accuracy(label: int) -> tuple[float, float, float, float]:
    """Test accuracy of the class and of the others, before and after its path is cut. Raises
    ``CheckpointError``."""
    model, truth, x = _shipped()[1], digits(False).labels, pixels(False)
    contrast = class_contrast(joined(paths(model, pixels(True))), digits(True).labels)
    off = strongest(contrast[label], SHARE)
    sizes = {name: layer.filters for name, layer in gated_layers(model).items()}
    parts = dict(zip(sizes, off.split(list(sizes.values())), strict=True))
    own = truth == label
    right = [one(x).argmax(1) == truth for one in (model, cut_path(model, parts))]
    shares = [float(one[of].double().mean()) for of in (own, ~own) for one in right]
    return shares[0], shares[1], shares[2], shares[3]


@lru_cache(maxsize=1)
def _shipped() -> tuple[nn.Module, nn.Module]:
    return load_shipped()
