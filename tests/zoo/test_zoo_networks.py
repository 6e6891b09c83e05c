"""The networks of the zoo, every one at every size: shapes, safe activations, pixel space."""

from collections import Counter

import pytest
import torch
from torch import Tensor, nn
from torch.testing import assert_close

import openbox
from openbox.errors import InputError, UnknownNameError
from openbox.zoo.family.normalize import Normalize
from openbox.zoo.networks import NETWORKS, BasicBlock, Shape, build

SHAPES: list[Shape] = [(1, 8, 8), (1, 28, 28), (3, 32, 32)]
every_network = pytest.mark.parametrize("name", NETWORKS)
every_shape = pytest.mark.parametrize("shape", SHAPES, ids=str)


def network(name: str, shape: Shape, classes: int = 10) -> nn.Module:
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(0)
        return build(name, shape, classes).eval()


def pixels(count: int, shape: Shape) -> Tensor:
    return torch.rand(count, *shape, generator=torch.Generator().manual_seed(0))


@every_shape
@every_network
@pytest.mark.parametrize("classes", [2, 10])
def test_a_network_gives_one_logit_a_class(name: str, shape: Shape, classes: int) -> None:
    for count in (1, 3):
        logits = network(name, shape, classes)(pixels(count, shape))
        assert logits.shape == (count, classes)
        assert bool(logits.isfinite().all())


@every_shape
@every_network
def test_no_activation_is_in_place_or_used_twice(name: str, shape: Shape) -> None:
    model = network(name, shape)
    calls: Counter[str] = Counter()
    for path, module in model.named_modules():
        assert not getattr(module, "inplace", False), f"{path} works in place"
        if not list(module.children()):
            module.register_forward_hook(lambda m, i, o, path=path: calls.update([path]))
    x = pixels(2, shape)
    before = x.clone()
    model(x)
    assert torch.equal(x, before)
    leaves = [path for path, module in model.named_modules() if not list(module.children())]
    assert calls == Counter(leaves), "each module exactly once"
    assert any(isinstance(module, nn.ReLU) for module in model.modules())


@every_shape
@every_network
def test_a_network_reads_pixels_and_normalises_inside(name: str, shape: Shape) -> None:
    model = network(name, shape)
    x = pixels(4, shape)
    (normalize,) = [module for module in model.modules() if isinstance(module, Normalize)]
    mean = torch.linspace(0.3, 0.5, shape[0])
    std = torch.linspace(0.2, 0.4, shape[0])
    by_hand = model((x - mean.view(-1, 1, 1)) / std.view(-1, 1, 1))
    normalize.fit(mean, std)
    assert_close(model(x), by_hand)
    assert {"0.mean", "0.std"} <= set(model.state_dict()), "saved with the weights"
    standard = normalize(mean.view(1, -1, 1, 1).expand(2, *shape))
    assert_close(standard, torch.zeros_like(standard), atol=1e-6, rtol=0)


@every_shape
@every_network
def test_the_core_opens_it(name: str, shape: Shape) -> None:
    x = pixels(2, shape)
    piece = openbox.capture(network(name, shape), x).linearize(x.double(), [0, 7])
    assert bool((piece.error < 1e-12).all())


@every_shape
def test_mlp_has_the_published_widths(shape: Shape) -> None:
    linear = [module for module in network("mlp", shape).modules() if isinstance(module, nn.Linear)]
    inputs = shape[0] * shape[1] * shape[2]
    assert [module.in_features for module in linear] == [inputs, 256, 128, 100]
    assert [module.out_features for module in linear] == [256, 128, 100, 10]


@every_shape
def test_resnet20_has_20_weighted_layers_on_its_main_path(shape: Shape) -> None:
    model = network("resnet20", shape)
    shortcuts = [m for path, m in model.named_modules() if "shortcut" in path and isinstance(m, nn.Conv2d)]
    weighted = [m for m in model.modules() if isinstance(m, nn.Conv2d | nn.Linear)]
    assert len(weighted) - len(shortcuts) == 20
    assert len(shortcuts) == 2, "only where the shape changes"
    assert all(m.kernel_size == (1, 1) for m in shortcuts)
    assert sum(isinstance(module, BasicBlock) for module in model.modules()) == 9


@every_shape
def test_cnn_convolves_and_pools(shape: Shape) -> None:
    model = network("cnn", shape)
    kinds = Counter(type(module).__name__ for module in model.modules())
    assert kinds["Conv2d"] == kinds["BatchNorm2d"] == kinds["ReLU"] >= 2
    assert kinds["MaxPool2d"] >= 1
    assert kinds["Linear"] == 1


def test_another_seed_gives_other_weights_and_the_same_seed_the_same() -> None:
    for name in NETWORKS:
        torch.manual_seed(0)
        first = build(name, (1, 8, 8), 10).state_dict()
        second = build(name, (1, 8, 8), 10).state_dict()
        torch.manual_seed(0)
        again = build(name, (1, 8, 8), 10).state_dict()
        assert all(torch.equal(first[key], again[key]) for key in first)
        assert any(not torch.equal(first[key], second[key]) for key in first)


def test_an_unknown_network_lists_the_known_ones() -> None:
    with pytest.raises(
        UnknownNameError, match=r"zoo\.build: unknown network 'vgg'; known: cnn, mlp, resnet20"
    ):
        build("vgg", (1, 8, 8), 10)


def test_images_too_small_for_a_cnn_are_refused() -> None:
    with pytest.raises(InputError, match="at least 8x8"):
        build("cnn", (1, 7, 9), 10)
