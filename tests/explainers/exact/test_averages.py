"""Averages of exact pieces where they have a closed form, and the parts they are made of."""

import math
from collections.abc import Iterator
from typing import Any

import pytest
import torch
from explainer_cases import digits, linear_net, noise
from torch import Tensor, nn
from torch.testing import assert_close

import openbox
from openbox.errors import InputError
from openbox.explainers import Contrast, create
from openbox.explainers.exact.average import Points, average
from openbox.explainers.exact.expected import ExpectedSettings
from openbox.explainers.exact.neighbourhood import NeighbourhoodSettings
from openbox.explainers.exact.noise_average import NoiseSettings
from openbox.explainers.exact.points import draw, moved, moved_back
from openbox.explainers.exact.spread import correlation_width, kernel


def weights(model: nn.Module, x: Tensor) -> Tensor:
    """(K, *input_shape) of a linear model."""
    return model.get_parameter("1.weight").detach().reshape(-1, *x.shape[1:])


def test_on_a_linear_model_the_expected_map_is_against_the_mean_reference() -> None:
    model, x, references = linear_net(), digits(0, 3), digits(10, 4)
    expected = weights(model, x)[6] * (x - references.mean(0))
    found = create("openbox_expected", model, references, settings=ExpectedSettings(samples=20))
    assert_close(found.explain(x, 6).values, expected)
    assert_close(create("openbox_reference", model, references).explain(x, 6).values, expected)


def test_on_a_linear_model_noise_changes_nothing() -> None:
    model, x = linear_net(), digits(0, 3)
    found = create("openbox_noise", model, x, settings=NoiseSettings(samples=70)).explain(x, 6)
    assert_close(found.values, weights(model, x)[6] * x)


def test_an_average_tells_the_largest_error_of_all_its_pieces() -> None:
    """The model left its capture where a value is negative, as in the first of two batches of points."""
    model, x = nn.Sequential(nn.Flatten(), nn.LeakyReLU(0.1), nn.Linear(4, 2)).eval(), torch.ones(1, 1, 2, 2)
    net = openbox.capture(model, x)
    vars(model[1])["negative_slope"] = 0.7

    def points(image: Tensor, n: int) -> Iterator[Points]:
        for at in (-image, image):
            yield Points(at[None], image[None], torch.zeros_like(image[None]), ((0, 0),))

    row = torch.tensor([[1.0, -1.0]])
    numbers = average(net, x, row, points).receipt.numbers
    assert numbers["points"].tolist() == [2]
    assert numbers["error"].tolist() == net.readout(-x, row).error.tolist()
    assert float(numbers["error"]) > 1e-2


@pytest.mark.parametrize("name", ["openbox_expected", "openbox_reference", "openbox_neighbourhood"])
def test_a_single_example_means_a_black_baseline(name: str) -> None:
    model, x = linear_net(), digits(0, 3)
    still = NeighbourhoodSettings(samples=4, shift=0, blurred=0, spread=0)
    settings = still if name == "openbox_neighbourhood" else None
    found = create(name, model, x[:1], settings=settings).explain(x, Contrast(6, 2)).values
    assert_close(found, (weights(model, x)[6] - weights(model, x)[2]) * x)


@pytest.mark.parametrize("blurred", [0.0, 1.0])
def test_on_a_linear_model_the_neighbourhood_is_the_decision_feature_spread_over_pixels(
    blurred: float,
) -> None:
    """Whatever the masks: the weights are the same everywhere, only the baseline counts."""
    model, x, references = linear_net(), digits(0, 3), digits(10, 4)
    w = weights(model, x)
    feature = (w[6] - w.mean(0)) * 10 / 9
    rows = kernel(8, 1.5 * correlation_width(references)).float()
    blur = kernel(8, 1.0).T.float()
    baseline = blur @ x @ blur.T if blurred else references.mean(0)
    settings = NeighbourhoodSettings(samples=40, shift=0, blurred=blurred, spread=1.5)
    found = create("openbox_neighbourhood", model, references, settings=settings).explain(x, 6)
    expected = rows @ (feature * (x - baseline)) @ rows.T
    assert_close(found.values, expected, rtol=1e-4, atol=1e-5)


def test_masked_points_show_whole_pixels_of_the_image_or_of_the_baseline() -> None:
    references = noise(4, (2, 5, 5))
    found = draw(references, 40, 0, seed=0, method="a", way=(0.2, 0.8), blurred=0.25, masked=0.5)
    of_pixels = ((found.share == 0) | (found.share == 1)).flatten(1).all(1)
    assert int(of_pixels.sum()) == 20
    assert 0.2 < float(found.share[of_pixels].mean()) < 0.8
    assert int(found.blurred.sum()) == 10
    assert 0 < int((found.blurred & of_pixels).sum()) < 10, "neither always nor never together"


@pytest.mark.parametrize("wrong", [{"samples": 0}, {"spread": -1.0}, {"masked": 1.5}, {"way": (0.2, 1.2)}])
def test_settings_that_mean_nothing_are_refused(wrong: dict[str, Any]) -> None:
    with pytest.raises(InputError, match="openbox_neighbourhood: NeighbourhoodSettings"):
        NeighbourhoodSettings(**wrong)


@pytest.mark.parametrize("wrong", [{"samples": 0}, {"noise": -0.1}, {"noise": float("nan")}])
def test_an_average_of_nothing_is_refused(wrong: dict[str, Any]) -> None:
    with pytest.raises(InputError, match="openbox_noise: NoiseSettings"):
        NoiseSettings(**wrong)
    with pytest.raises(InputError, match="openbox_expected: ExpectedSettings"):
        ExpectedSettings(samples=0)


class _Pointwise(nn.Module):
    """Each pixel counts for itself, wherever it is: relu(x) for class 0, relu(x - 0.5) for class 1."""

    def __init__(self) -> None:
        super().__init__()
        self.look = nn.Conv2d(1, 2, 1)
        self.look.weight.data.fill_(1.0)
        self.look.get_parameter("bias").data.copy_(torch.tensor([0.0, -0.5]))

    def forward(self, x: Tensor) -> Tensor:
        return torch.relu(self.look(x)).sum((2, 3))


def test_what_was_found_in_a_moved_picture_is_shown_where_it_belongs() -> None:
    """The black border is wider than the largest move, so that moving must not change the map at all."""
    x = torch.zeros(2, 1, 12, 12)
    x[..., 4:8, 3:8] = noise(2, (1, 4, 5)) * 0.4 + 0.6
    maps = []
    for shift in (0, 0.25):
        settings = NeighbourhoodSettings(samples=49, shift=shift, masked=0, blurred=0, spread=0)
        explainer = create("openbox_neighbourhood", _Pointwise().eval(), x[:1] * 0, settings=settings)
        maps.append(explainer.explain(x, 0))
    assert float(maps[0].values.abs().sum()) > 1
    assert_close(maps[1].values, maps[0].values, rtol=1e-4, atol=1e-5)


def test_moving_is_down_and_right_and_back() -> None:
    image, under = noise(1, (2, 5, 6))[0], torch.full((2, 5, 6), 7.0)
    there = moved(image, (1, -2), under)
    assert torch.equal(there[:, 1:, :4], image[:, :4, 2:])
    assert bool((there[:, 0] == 7).all())
    assert bool((there[:, :, 4:] == 7).all())
    back = moved_back(there, (1, -2))
    assert torch.equal(back[:, :4, 2:], image[:, :4, 2:])
    assert float(back[:, 4].abs().sum() + back[:, :, :2].abs().sum()) == 0
    assert torch.equal(moved(image[:, 0, 0], (0, 0), under[:, 0, 0]), image[:, 0, 0]), "no image, no move"


def test_draws_take_every_reference_share_and_offset_equally_often() -> None:
    references = noise(6, (1, 4, 4))
    found = draw(references, 18, 1, seed=0, method="a")
    counts = [int((found.baseline == r).flatten(1).all(1).sum()) for r in references]
    assert counts == [3] * 6
    assert sorted(found.offsets) == sorted([(a, b) for a in (-1, 0, 1) for b in (-1, 0, 1)] * 2)
    gaps = found.share.flatten().sort().values.diff()
    assert_close(gaps, torch.full_like(gaps, float(gaps[0])))
    assert 0 < float(found.share.min()) < float(found.share.max()) < 1
    again = draw(references, 18, 1, seed=0, method="a")
    assert torch.equal(found.share, again.share)
    assert found.offsets == again.offsets
    assert draw(references, 18, 1, seed=0, method="b").offsets != found.offsets


def test_a_spread_keeps_the_sum_and_follows_the_data() -> None:
    values = noise(1, (9, 9))[0]
    rows = kernel(9, 2.0).float()
    assert float((rows @ values @ rows.T).sum()) == pytest.approx(float(values.sum()), rel=1e-5)
    assert torch.equal(kernel(9, 0), torch.eye(9, dtype=torch.float64))
    fine = noise(200, (1, 40, 40))
    assert correlation_width(fine) == pytest.approx(0.3, abs=0.02), "half way to the next pixel"
    for deviation in (1.0, 2.0):
        blurred = (kernel(40, deviation) @ fine.double() @ kernel(40, deviation).T)[..., 8:-8, 8:-8]
        assert correlation_width(blurred) == pytest.approx(deviation, rel=0.1)
    assert correlation_width(torch.zeros(3, 1, 8, 8)) == 0
    flat = torch.tensor([0.0, 0.5, 1.0])[:, None, None, None].expand(3, 1, 8, 8)
    assert correlation_width(flat) == pytest.approx(8 / 2 / math.sqrt(math.log(2))), "each image of one grey"
