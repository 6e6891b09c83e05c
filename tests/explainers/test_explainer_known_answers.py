"""Models whose every attribution is known: a linear one, a constant one, one pixel that counts."""

import numpy as np
import pytest
import torch
from explainer_cases import BLIND, CAMS, DRAWS, NAMES, digits, linear_net, make, noise
from torch import Tensor, nn
from torch.testing import assert_close

from openbox.errors import InputError
from openbox.explainers import create
from openbox.explainers.paths.gradient_shap import GradientSettings
from openbox.explainers.perturbation.lime import LimeSettings


def weight_of(model: nn.Module, target: int, x: Tensor) -> Tensor:
    head = model[1]  # pyright: ignore[reportIndexIssue]
    return head.weight[target].detach().reshape(x.shape[1:]).expand(x.shape)


def test_openbox_is_w_times_x_on_a_linear_model() -> None:
    model, x = linear_net(), digits(0, 3)
    w = weight_of(model, 6, x)
    assert torch.equal(create("openbox", model, x).explain(x, 6).values, w * x)
    assert torch.equal(create("openbox_weights", model, x).explain(x, 6).values, w)


def test_shap_against_black_is_w_times_x_on_a_linear_model() -> None:
    model, x = linear_net(), digits(0, 3)
    explainer = create("shap", model, torch.zeros_like(x[:1]), settings=GradientSettings(samples=20))
    found = explainer.explain(x, 6)
    assert_close(found.values, weight_of(model, 6, x) * x, rtol=1e-4, atol=1e-6)
    assert bool((found.receipt.numbers["gap"].abs() < 1e-5).all())


def test_a_single_example_means_a_black_reference() -> None:
    model, x = linear_net(), digits(0, 3)
    bright = create("shap", model, x[:1], settings=GradientSettings(samples=20)).explain(x, 6)
    assert_close(bright.values, weight_of(model, 6, x) * x, rtol=1e-4, atol=1e-6)


def test_shap_on_a_linear_model_is_w_times_x_minus_a_mean_of_references() -> None:
    """``values / w = x - sum_j p_j r_j`` with shares ``p`` of the sampled references."""
    model, x, references = linear_net(), noise(2, (1, 8, 8)), noise(4, (1, 8, 8), 7)
    found = create("shap", model, references, settings=GradientSettings(samples=50)).explain(x, 6)
    for image, values, w in zip(x, found.values, weight_of(model, 6, x), strict=True):
        reference = (image - values / w).flatten().double().numpy()
        shares, *_ = np.linalg.lstsq(references.flatten(1).T.double().numpy(), reference, rcond=None)
        assert shares.sum() == pytest.approx(1, abs=1e-2)
        assert shares.min() > -1e-2
        counts = shares * 50
        assert np.abs(counts - counts.round()).max() < 0.2, "each of 50 samples takes one reference"


def test_shap_partition_on_a_linear_model_adds_up_and_hides_nothing_on_a_flat_image() -> None:
    model = linear_net()
    flat = torch.full((1, 1, 8, 8), 0.5)
    found = make("shap_partition", model, flat).explain(flat, 6)
    border = found.values.clone()
    border[..., 2:-2, 2:-2] = 0
    assert_close(
        found.values, border, atol=1e-5, rtol=0
    )  # blurring changes a flat image at most at its border


@pytest.mark.parametrize("shape", [(1, 8, 8), (3, 8, 8)])
def test_lime_recovers_a_linear_model(shape: tuple[int, ...]) -> None:
    model, x = linear_net(shape), noise(2, shape) * 0.5 + 0.5
    settings = LimeSettings(samples=1000, grid=4)
    found = create("lime", model, x, settings=settings).explain(x, 6)
    assert bool((found.receipt.numbers["R^2"] > 0.9).all())
    assert found.segments is not None
    parts = (weight_of(model, 6, x) * x).sum(1)  # (N, H, W)
    for values, part, patches in zip(found.values, parts, found.segments, strict=True):
        numbers = patches.unique()
        true = torch.tensor([float(part[patches == n].sum()) for n in numbers])
        read = torch.tensor([float(values[0][patches == n][0]) for n in numbers])
        clear = true.abs() > 0.3 * true.abs().max()
        assert torch.equal(true[clear].sign(), read[clear].sign())
        assert float(torch.corrcoef(torch.stack((true, read)))[0, 1]) > 0.95


class _Corner(nn.Module):
    """The red top left pixel alone decides, through a convolution so that Grad-CAM has a layer."""

    def __init__(self) -> None:
        super().__init__()
        self.convolution = nn.Conv2d(3, 2, 1, bias=False)
        nn.init.zeros_(self.convolution.weight)
        self.convolution.weight.data[0, 0] = 1.0  # channel 0 is red
        self.convolution.weight.data[1, 2] = 1.0  # channel 1 is blue
        self.head = nn.Linear(2 * 8 * 8, 2, bias=False)
        nn.init.zeros_(self.head.weight)
        self.head.weight.data[0, 0] = 3.0

    def forward(self, x: Tensor) -> Tensor:
        return self.head(self.convolution(x).flatten(1))


@pytest.mark.parametrize("name", ["openbox", "openbox_weights", "decision_features", "shap"])
def test_one_pixel_of_one_channel_gets_everything(name: str) -> None:
    x = noise(1, (3, 8, 8)) + 0.5
    explainer = create(name, _Corner().eval(), torch.zeros_like(x))
    values = explainer.explain(x, 0).values[0]
    assert float(values[0, 0, 0]) > 0.5
    rest = values.clone()
    rest[0, 0, 0] = 0
    assert bool((rest.abs() < 1e-6).all())


@pytest.mark.parametrize("name", ["lime", "shap_partition"])
def test_a_method_of_patches_finds_the_pixel_s_patch(name: str) -> None:
    x = noise(1, (3, 8, 8)) + 0.5
    x[0, 0, 0, 0] = 3.0  # far from its blurred surroundings
    values = make(name, _Corner().eval(), x).explain(x, 0).values[0]
    best = int(values.sum(0).argmax())
    assert best // 8 < 2
    assert best % 8 < 2


@pytest.mark.parametrize(
    "name", sorted(set(NAMES) - CAMS - BLIND - {"meaningful_perturbation", "excitation_backprop"})
)
def test_a_constant_model_gets_an_empty_map(name: str) -> None:
    model = linear_net()
    head = model[1]  # pyright: ignore[reportIndexIssue]
    nn.init.zeros_(head.weight)
    x = digits(0, 2)
    found = make(name, model, x).explain(x, 3)
    assert bool((found.values.abs() < 1e-6).all())
    assert bool(found.values.isfinite().all())


@pytest.mark.parametrize("name", NAMES)
def test_a_black_image_gets_a_finite_map(name: str) -> None:
    model, x = linear_net(), torch.zeros(2, 1, 8, 8)
    if name in CAMS:
        model = nn.Sequential(nn.Conv2d(1, 2, 3, padding=1), model[0], nn.Linear(128, 10)).eval()  # pyright: ignore[reportIndexIssue]
    found = make(name, model, x).explain(x, 3)
    assert bool(found.values.isfinite().all())
    for numbers in found.receipt.numbers.values():
        assert bool(numbers.isfinite().all())
    if name not in DRAWS:
        assert torch.equal(found.values[0], found.values[1]), "the same image, the same map"


def test_edges_are_where_the_brightness_changes() -> None:
    x = torch.zeros(1, 1, 8, 8)
    x[..., 4:] = 1.0
    values = create("edges", linear_net(), x).explain(x).values[0, 0]
    assert bool((values[:, 3:5] > 0).all())
    assert bool((values[:, :3] == 0).all())
    assert bool((values[:, 5:] == 0).all())


def test_random_values_are_standard_normal_and_know_the_image() -> None:
    x = noise(40, (1, 16, 16))
    values = create("random", linear_net((1, 16, 16)), x).explain(x, 0).values
    assert float(values.mean()) == pytest.approx(0, abs=0.03)
    assert float(values.std()) == pytest.approx(1, abs=0.03)
    assert len({row.numpy().tobytes() for row in values}) == 40, "another image, other numbers"


@pytest.mark.parametrize("name", sorted(CAMS))
def test_a_class_map_refuses_a_model_without_convolution(name: str) -> None:
    with pytest.raises(InputError, match=rf"create\('{name}'\): no layer .* at least 4x4 .* convolutional"):
        create(name, linear_net(), digits(0, 2))
