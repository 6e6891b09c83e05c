"""Grad-CAM's relatives: their papers' formulas, their package's own call, and what adds up."""

import warnings
from typing import Any

import numpy as np
import pytest
import torch
from explainer_cases import noise
from plain_nets import plain_cnn
from pytorch_grad_cam import GradCAMPlusPlus, HiResCAM, LayerCAM, ScoreCAM
from pytorch_grad_cam.utils.model_targets import ClassifierOutputTarget
from torch import Tensor, nn
from torch.testing import assert_close

from openbox.explainers import create

PACKAGE: dict[str, Any] = {
    "gradcam_plusplus": GradCAMPlusPlus, "layer_cam": LayerCAM, "score_cam": ScoreCAM,
}  # fmt: skip


@pytest.mark.parametrize("name", PACKAGE)
def test_it_is_the_package_s_own_call_on_a_fresh_model(name: str) -> None:
    x, model = noise(3, (1, 8, 8)), plain_cnn()
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        layer = model[4]  # pyright: ignore[reportIndexIssue]
        theirs = PACKAGE[name](model, [layer])(x, [ClassifierOutputTarget(4)] * 3)
    ours = create(name, plain_cnn(), x).explain(x, 4)
    assert_close(ours.values[:, 0], torch.from_numpy(np.asarray(theirs)), rtol=1e-4, atol=1e-5)


def activations(model: nn.Module, x: Tensor) -> tuple[Tensor, Tensor]:
    """Of the last ReLU, with the derivative of logit 4 by them."""
    layers = list(model)  # pyright: ignore[reportArgumentType]
    with torch.no_grad():
        for layer in layers[:5]:
            x = layer(x)
    x = x.requires_grad_()
    logits = x
    for layer in layers[5:]:
        logits = layer(logits)
    return x.detach(), torch.autograd.grad(logits[:, 4].sum(), x)[0]


def test_hires_cam_of_a_linear_head_adds_up_to_the_logit() -> None:
    model, x = plain_cnn(), noise(3, (1, 8, 8))
    found = create("hires_cam", model, x).explain(x, 4)
    read, slope = activations(model, x)
    assert found.grid is not None
    assert_close(found.grid, (read * slope).sum(1), rtol=1e-4, atol=1e-6)
    bias = float(model[6].bias[4].detach())  # pyright: ignore[reportIndexIssue]
    assert_close(found.grid.sum((1, 2)) + bias, model(x)[:, 4].detach(), rtol=1e-4, atol=1e-5)
    grid = HiResCAM(plain_cnn(), []).get_cam_image(x, None, None, read.numpy(), slope.numpy(), False)  # pyright: ignore[reportArgumentType]
    assert_close(found.grid, torch.from_numpy(np.asarray(grid)), rtol=1e-4, atol=1e-6)


def test_full_grad_is_complete() -> None:
    model, x = plain_cnn().double(), noise(3, (1, 8, 8)).double()
    found = create("full_grad", model, x).explain(x, 4)
    assert_close(found.receipt.numbers["sum"], model(x)[:, 4].detach(), rtol=1e-10, atol=1e-12)
    assert_close(found.receipt.numbers["gap"], torch.zeros(3).double(), rtol=0, atol=1e-12)


def test_full_grad_without_biases_is_the_size_of_gradient_x_input() -> None:
    model, x = plain_cnn(bias=False), noise(2, (1, 8, 8))
    sizes = create("gradient_x_input", model, x).explain(x, 4).values.abs()
    low, high = sizes.amin((2, 3), keepdim=True), sizes.amax((2, 3), keepdim=True)
    assert_close(create("full_grad", model, x).explain(x, 4).values, (sizes - low) / (high - low))
