"""Methods that hide parts of the image: models whose answer is known."""

import pytest
import torch
from captum.attr import Occlusion as Theirs
from explainer_cases import linear_net, noise
from plain_nets import gradient, plain_cnn
from torch import Tensor, nn
from torch.testing import assert_close

from openbox.errors import InputError
from openbox.explainers import create
from openbox.explainers.perturbation.kernel_shap import KernelSettings
from openbox.explainers.perturbation.meaningful import MeaningfulSettings
from openbox.explainers.perturbation.occlusion import OcclusionSettings
from openbox.explainers.perturbation.rise import RiseSettings


def test_occlusion_of_a_linear_model_is_its_contributions() -> None:
    model, x = linear_net(), noise(2, (1, 8, 8))
    found = create("occlusion", model, x, settings=OcclusionSettings(window=1, stride=1)).explain(x, 4)
    assert_close(found.values, gradient(model, x, 4) * x, rtol=1e-3, atol=1e-5)


def test_occlusion_is_captum_s_own_call() -> None:
    x = noise(2, (1, 8, 8))
    theirs = Theirs(plain_cnn()).attribute(x, (1, 4, 4), strides=(1, 2, 2), baselines=0, target=4)
    assert_close(
        create("occlusion", plain_cnn(), x).explain(x, 4).values, theirs.detach(), rtol=1e-4, atol=1e-6
    )


def test_shapley_values_of_a_linear_model_are_its_patches() -> None:
    model, x = linear_net(), noise(2, (1, 8, 8))
    found = create("kernel_shap", model, x, settings=KernelSettings(samples=400, grid=4)).explain(x, 4)
    parts = (gradient(model, x, 4) * x)[:, 0]
    assert found.segments is not None
    for values, part, patches in zip(found.values[:, 0], parts, found.segments, strict=True):
        for number in patches.unique():
            inside = patches == number
            assert_close(values[inside].sum(), part[inside].sum(), rtol=1e-3, atol=1e-4)
    assert bool((found.receipt.numbers["gap"].abs() < 1e-4).all())


class _Product(nn.Module):
    """The two halves of the image multiplied: Shapley gives each one half of the answer."""

    def forward(self, x: Tensor) -> Tensor:
        return (x[..., :4].mean((1, 2, 3)) * x[..., 4:].mean((1, 2, 3)))[:, None]


def test_shapley_values_share_an_interaction_evenly() -> None:
    x = torch.ones(1, 1, 8, 8)
    found = create(
        "kernel_shap", _Product().eval(), x, settings=KernelSettings(samples=2000, grid=2)
    ).explain(x, 0)
    left, right = (float(half.sum()) for half in found.values[0, 0].split(4, 1))
    assert left == pytest.approx(0.5, abs=1e-3)
    assert right == pytest.approx(0.5, abs=1e-3)


def test_rise_is_the_mean_over_its_masks() -> None:
    """One pixel decides: where it is shown, the score is its brightness."""
    model = linear_net()
    head = model[1]  # pyright: ignore[reportIndexIssue]
    with torch.no_grad():
        head.weight.zero_()
        head.weight[4, 27] = 1.0
        head.bias.zero_()
    x = torch.ones(1, 1, 8, 8)
    explainer = create("rise", model, x, settings=RiseSettings(samples=4000, cells=8))
    values = explainer.explain(x, 4).values[0, 0]
    assert int(values.argmax()) == 27
    masks = explainer._method.masks[:, 0].flatten(1)  # pyright: ignore[reportAttributeAccessIssue]
    scores = masks[:, 27]
    expected = (scores[:, None] * masks).sum(0) / masks.sum(0) - scores.mean()
    assert_close(values.flatten(), expected, rtol=1e-3, atol=1e-5)
    assert float(masks.mean()) == pytest.approx(0.5, abs=0.02)


def test_the_smallest_blur_lies_where_the_score_comes_from() -> None:
    """A bright spot on the left decides, one on the right does not."""
    model = linear_net()
    head = model[1]  # pyright: ignore[reportIndexIssue]
    with torch.no_grad():
        head.weight.zero_()
        head.weight[4].view(8, 8)[2:4, 1:3] = 1.0
        head.bias.zero_()
    x = torch.zeros(1, 1, 8, 8)
    x[..., 2:4, 1:3] = 1.0
    x[..., 2:4, 5:7] = 1.0
    found = create("meaningful_perturbation", model, x, settings=MeaningfulSettings(cells=8)).explain(x, 4)
    values, numbers = found.values[0, 0], found.receipt.numbers
    assert float(values[2:4, 1:3].mean()) > 0.9
    assert float(values[:, 4:].mean()) < 0.1
    assert float(numbers["left"]) < 0.5 * float(numbers["score"])


@pytest.mark.parametrize("shown", [0.0, 1.0])
def test_masks_that_show_nothing_or_all_are_refused(shown: float) -> None:
    with pytest.raises(InputError, match=r"shown is .*; pass a probability between 0 and 1"):
        RiseSettings(shown=shown)
