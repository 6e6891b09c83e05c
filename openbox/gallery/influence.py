"""Which training images helped a decision, and which spoke against it."""

from dataclasses import dataclass

import torch
from captum.influence import TracInCPFast
from torch import Tensor, nn
from torch.utils.data import TensorDataset

from openbox.errors import InputError, named
from openbox.explainers.turn import turn
from openbox.zoo.data.images import Images


@dataclass(frozen=True, eq=False)
class Influence:
    """``values`` (M,) of the training images, in squared units of the loss's gradient; ``helpful`` and
    ``harmful`` are their positions, the strongest first."""

    values: Tensor
    helpful: Tensor
    harmful: Tensor


@named("influence")
def influence(
    model: nn.Module, last: nn.Linear, train: Images, x: Tensor, label: int, most: int = 5
) -> Influence:
    """How much a step on each training image would lower the loss of x (1, C, H, W) with ``label``.

    TracIn (Pruthi et al., NeurIPS 2020, equation 1) of the last layer's weights, without its bias, at the end
    of training alone, by captum: the product of two gradients. It does not say what retraining without an
    image would do. ``last`` is the model's final layer. Raises ``InputError``.
    """
    if last not in set(model.modules()):
        raise InputError("last is no layer of the model; pass its final nn.Linear")
    labels = train.labels.long()
    dataset = TensorDataset(train.batch(slice(0, len(train))).to(x), labels)
    with turn():
        tracer = TracInCPFast(
            model, last, dataset, checkpoints=["the trained weights"],
            checkpoints_load_func=lambda _model, _path: 1.0, loss_fn=nn.CrossEntropyLoss(reduction="sum"),
            batch_size=500,
        )  # fmt: skip
        found = tracer.influence((x, torch.tensor([label])), show_progress=False)
    assert isinstance(found, Tensor)
    order = found[0].argsort(descending=True)
    return Influence(found[0].detach(), order[:most], order.flip(0)[:most])
