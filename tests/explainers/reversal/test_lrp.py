"""LRP and excitation backpropagation: conserved, LRP-0 is gradient x input, zennit's own composites."""

import pytest
import torch
from explainer_cases import in_place_net, noise
from plain_nets import gradient, plain_cnn
from torch import nn
from torch.testing import assert_close
from zennit.composites import EpsilonAlpha2Beta1, EpsilonPlus
from zennit.composites import ExcitationBackprop as Excitation

from openbox.errors import InputError
from openbox.explainers import create
from openbox.explainers.reversal.lrp import LrpSettings


@pytest.mark.parametrize(
    ("settings", "composite"),
    [
        (LrpSettings("epsilon_plus", z_box=False), EpsilonPlus),
        (LrpSettings("epsilon_alpha2_beta1", z_box=False), EpsilonAlpha2Beta1),
    ],
    ids=["plus", "alpha-beta"],
)
def test_it_is_zennit_s_own_composite_on_a_network_of_modules(
    settings: LrpSettings, composite: type[EpsilonPlus]
) -> None:
    x = noise(3, (1, 8, 8))
    found = create("lrp", plain_cnn(), x, settings=settings).explain(x, 4)
    inputs = x.clone().requires_grad_()
    with composite().context(plain_cnn()) as network:
        logits = network(inputs)
        (expected,) = torch.autograd.grad(logits, inputs, torch.eye(10)[[4] * 3] * logits.detach())
    assert_close(found.values, expected, rtol=1e-4, atol=1e-6)


def test_with_epsilon_alone_it_is_gradient_x_input() -> None:
    model, x = plain_cnn(bias=False), noise(3, (1, 8, 8))
    settings = LrpSettings("epsilon", epsilon=1e-9, z_box=False)
    found = create("lrp", model, x, settings=settings).explain(x, 4)
    assert_close(found.values, gradient(model, x, 4) * x, rtol=1e-3, atol=1e-5)


@pytest.mark.parametrize("composite", ["epsilon", "epsilon_plus", "epsilon_alpha2_beta1"])
@pytest.mark.parametrize("z_box", [False, True])
def test_without_biases_it_is_conserved(composite: str, z_box: bool) -> None:
    model, x = plain_cnn(bias=False).double(), noise(3, (1, 8, 8)).double()
    settings = LrpSettings(composite, epsilon=1e-12, z_box=z_box)
    numbers = create("lrp", model, x, settings=settings).explain(x, 4).receipt.numbers
    assert bool((numbers["score"].abs() > 1e-3).all())
    assert_close(numbers["sum"], numbers["score"], rtol=1e-2, atol=1e-3)


def test_a_residual_shares_out_what_it_adds() -> None:
    """``relu(a x) + x`` at x > 0, without biases: conserved through the addition."""
    x = noise(3, (3, 12, 12)).double()
    model = in_place_net().double()
    found = create("lrp", model, x, settings=LrpSettings("epsilon", epsilon=1e-12, z_box=False)).explain(x, 4)
    inputs = x.clone().requires_grad_()
    biases = create("full_grad", model, x).explain(x, 4)
    assert_close(biases.receipt.numbers["sum"], model(inputs)[:, 4].detach(), rtol=1e-6, atol=1e-8)
    assert bool(found.values.isfinite().all())


def test_excitation_is_a_probability_and_zennit_s_own() -> None:
    x = noise(3, (1, 8, 8))
    found = create("excitation_backprop", plain_cnn(), x).explain(x, 4)
    inputs = x.clone().requires_grad_()
    with Excitation(zero_params="bias").context(plain_cnn()) as network:
        (expected,) = torch.autograd.grad(network(inputs), inputs, torch.eye(10)[[4] * 3])
    assert_close(found.values, expected, rtol=1e-4, atol=1e-6)
    assert_close(found.receipt.numbers["sum"], torch.ones(3), rtol=1e-3, atol=1e-3)


def test_the_box_of_a_normalised_input_is_normalised_as_well() -> None:
    """z-box by hand for one layer: ``z_ij = x_i w_ij - l_i w_ij+ - h_i w_ij-`` (Montavon et al. 2017)."""

    class Normalised(nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.linear = nn.Linear(5, 1, bias=False)

        def forward(self, x: torch.Tensor) -> torch.Tensor:
            return self.linear((x - 0.25) / 0.5)

    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(0)
        model = Normalised().double().eval()
    x = noise(3, (5,)).double()
    found = create("lrp", model, x).explain(x, 0).values
    w, y, low, high = model.linear.weight[0].detach(), (x - 0.25) / 0.5, -0.5, 1.5
    shares = y * w - low * w.clamp(min=0) - high * w.clamp(max=0)
    expected = shares / shares.sum(1, keepdim=True) * model(x).detach()
    assert_close(found, expected, rtol=1e-4, atol=1e-5)


def test_an_unknown_composite_lists_those_that_there_are() -> None:
    with pytest.raises(InputError, match=r"lrp: composite is 'z'; pass one of .*epsilon_plus"):
        LrpSettings("z")
