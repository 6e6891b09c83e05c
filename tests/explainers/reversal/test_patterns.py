"""PatternNet and PatternAttribution: the paper's toy in two dimensions, and the estimator by hand."""

import pytest
import torch
from explainer_cases import noise
from plain_nets import plain_cnn
from torch import Tensor, nn
from torch.testing import assert_close

import openbox
from openbox.errors import InputError
from openbox.explainers import create
from openbox.explainers.layered.network import Layers
from openbox.explainers.reversal.patterns import estimate

SIGNAL, DISTRACTOR = torch.tensor([1.0, 0.0]), torch.tensor([1.0, 1.0])


def toy(count: int) -> tuple[Tensor, Tensor]:
    """``x = y a_s + e a_d``: the label y in the direction of the signal, noise in that of the distractor."""
    generator = torch.Generator().manual_seed(0)
    y, e = torch.randn(2, count, 1, generator=generator)
    return y * SIGNAL + e * DISTRACTOR, y


def linear_filter() -> nn.Module:
    """w = (1, -1) reads y off x: w . a_s = 1, w . a_d = 0; so w does not point in the signal's direction."""
    model = nn.Sequential(nn.Linear(2, 1, bias=False)).eval()
    with torch.no_grad():
        model[0].get_parameter("weight").copy_(torch.tensor([[1.0, -1.0]]))
    return model


def test_pattern_net_recovers_the_direction_of_the_signal() -> None:
    x, y = toy(4000)
    found = create("pattern_net", linear_filter(), x).explain(x[:5], 0).values
    assert_close(found, y[:5] * SIGNAL, rtol=0, atol=0.08)
    gradient = create("openbox_weights", linear_filter(), x).explain(x[:5], 0).values
    assert bool((gradient[:, 1] == -1).all()), "the weight itself points elsewhere"


def test_pattern_attribution_gives_the_signal_s_pixel_everything() -> None:
    x, y = toy(4000)
    found = create("pattern_attribution", linear_filter(), x).explain(x[:5], 0).values
    assert_close(found[:, :1], y[:5], rtol=0.05, atol=0.05)
    assert bool((found[:, 1].abs() < 0.05 * y[:5, 0].abs() + 1e-3).all())


def test_the_estimator_is_the_formula_over_the_inputs_that_switch_a_unit_on() -> None:
    model, x = plain_cnn(), noise(12, (1, 8, 8))
    patterns = list(estimate(Layers(openbox.capture(model, x), torch.float32), x).values())
    layer = model[0]  # pyright: ignore[reportIndexIssue]
    assert isinstance(layer, nn.Conv2d)
    patches = nn.functional.unfold(x, 3, padding=1).movedim(1, 2).reshape(-1, 9).double()
    outputs = layer(x).movedim(1, -1).reshape(-1, 6).double().detach()
    for unit in range(6):
        on = outputs[:, unit] > 0
        read, answer = patches[on], outputs[on, unit]
        covariance = (read * answer[:, None]).mean(0) - read.mean(0) * answer.mean()
        expected = covariance / (layer.weight[unit].flatten().double() @ covariance)
        assert_close(patterns[0][unit].flatten().double(), expected.detach(), rtol=1e-3, atol=1e-4)


def test_one_image_is_no_sample() -> None:
    with pytest.raises(InputError, match="patterns are estimated from images: pass several"):
        create("pattern_net", plain_cnn(), noise(1, (1, 8, 8)))
