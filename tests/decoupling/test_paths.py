"""A decoupled network: its masks are gates, its path is a network, and skipping is not cheating."""

from typing import Any

import pytest
import torch
from torch import Tensor, nn
from torch.testing import assert_close
from torch.utils.flop_counter import FlopCounterMode
from torchvision import models

import openbox
from openbox.decoupling.controller import Controller
from openbox.decoupling.gated import convolutions, decouple, gated_layers
from openbox.decoupling.paths import cut_path, fix_path, joined, paths
from openbox.decoupling.sliced import sliced
from openbox.errors import InputError, UnknownNameError
from openbox.zoo.networks import build


def lively(model: nn.Module) -> nn.Module:
    """Controllers that choose: drawn, so that each uses some filters and leaves others out."""
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(5)
        decoupled = decouple(model)
        for layer in gated_layers(decoupled).values():
            assert isinstance(layer.controller, Controller)
            nn.init.normal_(layer.controller.excite.weight, std=3.0)
            nn.init.normal_(layer.controller.excite.bias, std=0.5)
            nn.init.normal_(layer.controller.squeeze.weight, std=2.0)
    return decoupled.eval()


def network(name: str) -> nn.Module:
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(1)
        return build(name, (1, 8, 8), 4).eval()


def pixels(count: int) -> Tensor:
    return torch.rand(count, 1, 8, 8, generator=torch.Generator().manual_seed(2))


NAMES = ("cnn", "resnet20", "vgg19")
QUICK = (
    "cnn",
    pytest.param("resnet20", marks=pytest.mark.long),
    pytest.param("vgg19", marks=pytest.mark.long),
)


@pytest.mark.parametrize("name", NAMES)
def test_all_filters_at_first_and_the_function_is_the_old_one(name: str) -> None:
    model, x = network(name), pixels(5)
    fresh = decouple(model)
    for layer in gated_layers(fresh).values():
        assert isinstance(layer.controller, Controller)
        nn.init.zeros_(layer.controller.excite.weight)  # so that y is its bias, 1
    assert_close(fresh(x), model(x))
    assert bool(joined(paths(fresh, x)).all())


def test_which_layers_get_a_controller() -> None:
    assert list(convolutions(network("cnn"))) == ["4"]
    found = list(convolutions(network("resnet20")))
    assert found[:3] == ["4.conv1", "4.conv2", "5.conv1"]
    assert len(found) == 18, "not the first one, not those of shortcuts"
    assert len(convolutions(network("vgg19"))) == 15
    with torch.device("meta"):
        theirs = convolutions(models.resnet18())
    assert len(theirs) == 16, "torchvision calls its shortcuts otherwise"
    assert not any("downsample" in name for name in theirs)


@pytest.mark.parametrize("name", QUICK)
def test_masks_are_gates_and_the_path_is_the_network(name: str) -> None:
    """The certificate compares with the module; the oracle of W is the network with its path fixed."""
    model, x = lively(network(name)), pixels(3).double()
    net = openbox.capture(model, x[:1].float())
    kinds = [step.gate.kind for step in net.program.gates]
    assert kinds.count("gt") == len(gated_layers(model))
    masks = paths(model, x.float())
    share = float(joined(masks).double().mean())
    assert 0.1 < share < 0.9, "a path that leaves something out"
    for n, one in enumerate(x.split(1)):
        piece = net.linearize(one)
        assert piece.error.max() < 1e-12
        fixed = fix_path(model, {key: mask[n] for key, mask in masks.items()})
        other = openbox.capture(fixed, one.float()).linearize(one)
        assert other.error.max() < 1e-12
        assert_close(piece.weight, other.weight, rtol=1e-10, atol=1e-12)
        assert_close(piece.bias, other.bias, rtol=1e-10, atol=1e-12)


def test_the_region_ends_where_a_mask_changes() -> None:
    """Beyond its margin the map is another one; without the masks' half-spaces the region would be wrong."""
    model, x = lively(network("cnn")), pixels(40).double()
    net = openbox.capture(model, x[:1].float())
    double = lively(network("cnn")).double()
    segment = net.segment(0 * x[0], 3 * x[1])
    points = segment.points((segment.t[1:] + segment.t[:-1]) / 2)
    masks = joined(paths(double, points))
    changes = int((masks[1:] != masks[:-1]).any(1).sum())
    assert changes > 0, "the path changes on the way"
    assert len(segment.region_ids) > changes
    assert_close(
        segment.logits_at((segment.t[1:] + segment.t[:-1]) / 2), double(points), rtol=1e-9, atol=1e-12
    )


@pytest.mark.parametrize("name", NAMES)
def test_what_is_not_used_is_not_computed_and_not_missed(name: str) -> None:
    model, x = lively(network(name)), pixels(4)
    faster = sliced(model)
    for one in x.split(1):
        assert_close(faster(one), model(one), rtol=1e-4, atol=1e-5)
    with pytest.raises(InputError, match="2 inputs; every input has a path of its own"):
        faster(x[:2])


def test_operations_by_hand() -> None:
    """One gated convolution of 4 filters on 8 x 8, 2 maps in of which one is 0, 3 filters used."""
    layers: Any = nn.Sequential(
        nn.Conv2d(1, 2, 1), nn.BatchNorm2d(2), nn.ReLU(), nn.Conv2d(2, 4, 3, padding=1), nn.BatchNorm2d(4)
    ).eval()
    nn.init.constant_(layers[0].weight[0], -1.0)
    nn.init.constant_(layers[0].weight[1], 1.0)
    nn.init.zeros_(layers[0].bias)
    model = decouple(layers).requires_grad_(False)
    (layer,) = gated_layers(model).values()
    assert isinstance(layer.controller, Controller)
    layer.controller.excite.weight.zero_()
    layer.controller.excite.bias.copy_(torch.tensor([1.0, -1.0, 1.0, 1.0]))
    with FlopCounterMode(display=False) as counter:
        sliced(model)(pixels(1))
    first, controller = 2 * 64 * 2, 2 * (2 * 1 + 1 * 4)
    assert counter.get_total_flops() == first + controller + 2 * 64 * 9 * 1 * 3


def test_two_experts_by_construction() -> None:
    """The left half of the image is read by filter 0, the right half by filter 1: the path is known."""
    layers: Any = nn.Sequential(
        nn.Conv2d(1, 2, (8, 8), bias=False), nn.BatchNorm2d(2), nn.Conv2d(2, 2, 1), nn.BatchNorm2d(2)
    ).eval()
    with torch.no_grad():
        halves = torch.zeros(2, 1, 8, 8)
        halves[0, ..., :4], halves[1, ..., 4:] = 1, 1
        layers[0].weight.copy_(halves)
        model = decouple(layers)
        (layer,) = gated_layers(model).values()
        controller = layer.controller
        assert isinstance(controller, Controller)
        controller.squeeze = nn.Linear(2, 2)
        for part in (controller.squeeze, controller.excite):
            part.weight = nn.Parameter(torch.eye(2))
            nn.init.constant_(part.bias, -0.5 if part is controller.excite else 0.0)
    x = torch.zeros(2, 1, 8, 8)
    x[0, ..., :4], x[1, ..., 4:] = 0.1, 0.1
    assert paths(model, x)["2"].tolist() == [[True, False], [False, True]]
    cut = cut_path(model, {"2": torch.tensor([True, False])})
    assert torch.equal(cut(x)[1], model(x)[1])
    assert bool((cut(x)[0] == 0).all())


def test_mistakes_are_named() -> None:
    model = network("cnn")
    with pytest.raises(UnknownNameError, match=r"unknown layer '5'; known: 4"):
        decouple(model, ("5",))
    with pytest.raises(InputError, match="Linear has no convolution before a batch norm"):
        decouple(nn.Linear(2, 2))
    decoupled = lively(model)
    with pytest.raises(InputError, match="the path says nothing of 4"):
        fix_path(decoupled, {})
    with pytest.raises(InputError, match=r"4 has 32 filters, got torch.bool of shape \(3,\)"):
        fix_path(decoupled, {"4": torch.ones(3, dtype=torch.bool)})
