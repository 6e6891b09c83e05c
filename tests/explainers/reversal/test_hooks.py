"""Deconvolution, guided backpropagation, DeepLIFT: captum's plain call, however a network is written."""

import warnings
from collections.abc import Callable
from typing import Any

import pytest
import torch
from captum.attr import Deconvolution, DeepLift, GuidedBackprop, GuidedGradCam
from explainer_cases import digits, in_place_net, noise
from plain_nets import gradient, plain_cnn
from torch import Tensor, nn
from torch.testing import assert_close

from openbox.errors import InputError
from openbox.explainers import create
from openbox.zoo.checkpoints import load_checkpoint

THEIRS: dict[str, Callable[[nn.Module], Any]] = {
    "deconvolution": Deconvolution,
    "guided_backprop": GuidedBackprop,
    "deeplift": DeepLift,
    "guided_gradcam": lambda model: GuidedGradCam(model, model[4]),  # pyright: ignore[reportIndexIssue]
}


def theirs(name: str, model: nn.Module, x: Tensor, target: int) -> Tensor:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # that it sets hooks
        return THEIRS[name](model).attribute(x.clone().requires_grad_(), target=target).detach()


@pytest.mark.parametrize("name", THEIRS)
def test_it_is_captum_s_own_call_on_a_network_of_modules(name: str) -> None:
    x = noise(3, (1, 8, 8))
    ours = create(name, plain_cnn(), x).explain(x, 4).values
    assert_close(ours, theirs(name, plain_cnn(), x, 4), rtol=1e-4, atol=1e-6)
    assert not torch.allclose(ours, gradient(plain_cnn(), x, 4), atol=1e-3)


def test_batch_normalisation_that_is_folded_changes_nothing() -> None:
    model, x = load_checkpoint("digits-cnn-seed0").model, digits(0, 3)
    for name in ("deconvolution", "guided_backprop", "deeplift"):
        assert_close(
            create(name, model, x).explain(x, 4).values,
            theirs(name, load_checkpoint("digits-cnn-seed0").model, x, 4), rtol=1e-3, atol=1e-4,
        )  # fmt: skip


@pytest.mark.parametrize("name", ["deconvolution", "guided_backprop"])
def test_functional_in_place_and_reused_activations_are_no_trap(name: str) -> None:
    """Guided by hand: a ReLU whose backward is the method's, in the same forward."""
    x = noise(3, (3, 12, 12))
    ours = create(name, in_place_net(), x).explain(x, 4).values

    class Way(torch.autograd.Function):
        @staticmethod
        def forward(ctx: Any, z: Tensor) -> Tensor:
            ctx.save_for_backward(z)
            return z.relu()

        @staticmethod
        def backward(ctx: Any, back: Tensor) -> Tensor:  # pyright: ignore[reportIncompatibleMethodOverride]
            (z,) = ctx.saved_tensors
            return back.relu() * (z > 0 if name == "guided_backprop" else 1)

    net: Any = in_place_net(False)
    inputs = x.clone().requires_grad_()
    h = Way.apply(net.conv1(inputs))
    k = net.norm(net.conv2(h)) + h
    h = nn.functional.max_pool2d(Way.apply(k), 2)
    logits = net.head(Way.apply(net.conv3(h)).flatten(1))
    (expected,) = torch.autograd.grad(logits[:, 4].sum(), inputs)
    assert_close(ours, expected, rtol=1e-4, atol=1e-6)


@pytest.mark.parametrize("name", ["deconvolution", "guided_backprop", "guided_gradcam", "lrp", "full_grad"])
def test_an_activation_without_a_rule_is_refused_by_name(name: str) -> None:
    model = nn.Sequential(nn.Conv2d(1, 4, 3), nn.Softshrink(), nn.Flatten(), nn.Linear(144, 3)).eval()
    with pytest.raises(InputError, match=f"{name} has no rule for .*shrink"):
        create(name, model, noise(2, (1, 8, 8)))


def test_deeplift_is_complete_where_no_maximum_is() -> None:
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(1)
        model = nn.Sequential(nn.Flatten(), nn.Linear(64, 20), nn.ReLU(), nn.Linear(20, 10)).eval()
    x = noise(4, (1, 8, 8))
    found = create("deeplift", model, x).explain(x)
    assert bool((found.receipt.numbers["gap"].abs() < 1e-5).all())
    assert bool((found.receipt.numbers["sum"].abs() > 1e-2).any())
