"""Captum's input times gradient, for every class in turn. Captum is imported here only."""

from collections.abc import Sequence

import torch
from captum.attr import InputXGradient
from torch import Tensor, nn


def input_times_gradient(model: nn.Module, x: Tensor, classes: Sequence[int]) -> Tensor:
    """(N, K, *input_shape): one attribution for each class, weight times x."""
    method = InputXGradient(model)
    inputs = x.clone().requires_grad_()  # Captum warns if it has to do that itself
    return torch.stack([method.attribute(inputs, target=k).detach() for k in classes], 1)
