"""Gradients: what autograd says, and what noise makes of it."""

import torch
from explainer_cases import linear_net, noise
from plain_nets import gradient, plain_cnn
from torch.testing import assert_close

from openbox.explainers import create
from openbox.explainers.sensitivity.noise_tunnel import TunnelSettings


def test_sensitivity_is_the_squared_gradient_and_the_other_its_product_with_the_image() -> None:
    model, x = plain_cnn(), noise(3, (1, 8, 8))
    slope = gradient(model, x, 4)
    assert_close(create("sensitivity", model, x).explain(x, 4).values, slope * slope)
    assert_close(create("gradient_x_input", model, x).explain(x, 4).values, slope * x)


def test_noise_changes_nothing_where_the_slope_is_the_same_everywhere() -> None:
    model, x = linear_net(), noise(2, (1, 8, 8))
    settings = TunnelSettings(samples=20, noise=0.5)
    slope = gradient(model, x, 4)
    assert_close(create("smoothgrad", model, x, settings=settings).explain(x, 4).values, slope)
    assert bool((create("vargrad", model, x, settings=settings).explain(x, 4).values < 1e-7).all())


def test_mean_and_variance_are_those_of_gradients_at_noisy_images() -> None:
    """A unit that is on with the probability of a normal number beyond its border."""
    model = torch.nn.Sequential(torch.nn.Linear(1, 1), torch.nn.ReLU()).eval()
    with torch.no_grad():
        model[0].get_parameter("weight").fill_(2.0)
        model[0].get_parameter("bias").fill_(-1.0)  # on beyond x = 0.5
    x = torch.tensor([[0.4]])
    settings = TunnelSettings(samples=20_000, noise=0.2, batch_size=20_000)
    share = 1 - torch.distributions.Normal(0.4, 0.2).cdf(torch.tensor(0.5))
    mean = create("smoothgrad", model, x, settings=settings).explain(x, 0).values
    variance = create("vargrad", model, x, settings=settings).explain(x, 0).values
    assert_close(mean[0, 0], 2 * share, rtol=0.03, atol=0)
    assert_close(variance[0, 0], 4 * share * (1 - share), rtol=0.03, atol=0)
