"""Weights that are not negative, and few: the constraints NS of OpenBox (Chu et al. 2018, section 5)."""

import torch
from torch import Tensor, nn

HIDDEN, ALL = "hidden", "all"


def project(rows: Tensor, budget: float) -> Tensor:
    """The nearest rows (n, d) with no negative weight and, if ``budget`` is above 0, a sum of at most that.

    The bound makes weights 0 (Duchi et al., ICML 2008, figure 1: sort, and subtract one threshold).
    """
    positive = rows.clamp(min=0)
    if budget <= 0:
        return positive
    ordered = rows.sort(1, descending=True).values
    over = ordered.cumsum(1) - budget
    count = torch.arange(1, rows.shape[1] + 1, device=rows.device)
    kept = (ordered * count > over).sum(1, keepdim=True).clamp(min=1)
    threshold = over.gather(1, kept - 1) / kept
    within = positive.sum(1, keepdim=True) <= budget
    return torch.where(within, positive, (rows - threshold).clamp(min=0))


def constrained_weights(model: nn.Module, layers: str) -> list[Tensor]:
    """The weights of convolutions and linear layers: of ``all``, or of ``hidden`` ones, without the last."""
    found = [m.weight for m in model.modules() if isinstance(m, nn.Linear | nn.Conv2d)]
    return found if layers == ALL else found[:-1]


@torch.no_grad()
def constrain(model: nn.Module, layers: str, budget: float) -> None:
    """``project`` the weights of each unit, in place."""
    for weight in constrained_weights(model, layers):
        weight.copy_(project(weight.flatten(1), budget).view_as(weight))
