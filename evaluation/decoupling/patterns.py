"""How far the decisions of all gates at an image are from those at training images of its class."""

from collections.abc import Callable

import numpy as np
import torch
from torch import Tensor, nn

from openbox.geometry.clusters.clustering import cluster
from openbox.network import PiecewiseLinearNetwork

from ..whole.images import logits

REFERENCES = 500  # training images at most


def hamming_features(
    net: PiecewiseLinearNetwork, model: nn.Module, known: Tensor
) -> Callable[[Tensor], Tensor]:
    """From images (N, C, H, W) to (N, 2 gate layers): the mean and the least share of each layer's units
    that decide otherwise than at those of the images ``known`` that the network puts into the same class.
    """
    known = known[:REFERENCES]
    classes = logits(model, known).argmax(1)

    def look(x: Tensor) -> Tensor:
        found = cluster(net, torch.cat((known, x)))
        columns, rows = range(len(known)), range(len(known), len(known) + len(x))
        same = (logits(model, x).argmax(1)[:, None] == classes[None]).numpy()
        same |= ~same.any(1, keepdims=True)  # of a class that no known image has: as far as from all
        features = []
        for place, layer in enumerate(found.layers):
            far = found.distances(rows, columns, place) / layer.units
            features.append(np.where(same, far, 0).sum(1) / same.sum(1))
            features.append(np.where(same, far, np.inf).min(1))
        return torch.from_numpy(np.stack(features, 1))

    return look
