"""Maximisation: the exact one against corners and the network itself, the ascent against its own start."""

import itertools

import pytest
import torch
from torch import nn

import openbox
from openbox.errors import InputError
from openbox.gallery.maximisation import MaximisationSettings, maximise, maximise_in_region
from openbox.zoo import load, load_checkpoint


def test_a_linear_network_is_largest_at_the_corner_of_its_weights() -> None:
    model = nn.Sequential(nn.Flatten(), nn.Linear(4, 3)).double().eval()
    x = torch.full((1, 1, 2, 2), 0.5, dtype=torch.float64)
    net = openbox.capture(model, x)
    for target in range(3):
        found = maximise_in_region(net, x, target)
        corners = torch.tensor(list(itertools.product((0.0, 1.0), repeat=4)), dtype=torch.float64)
        best = float(model(corners.view(-1, 1, 2, 2))[:, target].detach().max())
        assert found.promised == pytest.approx(best, rel=1e-10)
        assert found.score == pytest.approx(best, rel=1e-10)


def test_the_maximum_is_in_the_region_and_the_network_says_what_was_promised() -> None:
    model, x = load_checkpoint("digits-cnn-seed0").model, load("digits").batch(slice(0, 1))
    net = openbox.capture(model, x)
    found = maximise_in_region(net, x, 0)
    assert found.score == pytest.approx(found.promised, abs=1e-8)
    assert found.score > float(model(x)[0, 0].detach()) + 0.1
    near = x.double() + (found.point - x) * (1 - 1e-6)  # the maximum itself lies on walls
    assert net.region(x.double()).region_ids == net.region(near).region_ids
    assert float(found.point.min()) >= 0
    assert float(found.point.max()) <= 1


def test_ascent_climbs_and_is_the_same_again() -> None:
    model, images = load_checkpoint("digits-cnn-seed0").model, load("digits", train=True)
    mean = images.batch(slice(0, 200)).mean(0, keepdim=True)
    settings = MaximisationSettings(steps=60)
    image = maximise(model, mean, 3, settings=settings)
    with torch.no_grad():
        assert int(model(image).argmax()) == 3
        assert float(model(image)[0, 3] - model(mean)[0, 3]) > 10
    assert torch.equal(image, maximise(model, mean, 3, settings=settings))
    assert not torch.equal(image, maximise(model, mean, 3, seed=1, settings=settings))
    rough, smooth = (
        maximise(model, mean, 3, settings=MaximisationSettings(steps=60, smoothness=weight)).diff(dim=3)
        for weight in (0.0, 20.0)
    )
    assert float(smooth.abs().mean()) < 0.5 * float(rough.abs().mean())


def test_a_class_that_does_not_exist_is_refused() -> None:
    with pytest.raises(InputError, match="target 10 does not exist; the outputs are 0 to 9"):
        maximise(load_checkpoint("digits-cnn-seed0").model, torch.zeros(1, 1, 8, 8), 10)
