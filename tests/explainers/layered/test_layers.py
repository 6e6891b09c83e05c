"""``Layers`` is the network: on every case of the core, and with each layer a module that is called once."""

import pytest
import torch
from cases import CASES
from explainer_cases import in_place_net, noise
from torch import nn
from torch.testing import assert_close

import openbox
from openbox.explainers.layered.modules import Add
from openbox.explainers.layered.network import Layers
from openbox.zoo.checkpoints import load_checkpoint


@pytest.mark.long
@pytest.mark.parametrize("name", list(CASES)[::3])  # each is traced anew; all of them held in November 2026
def test_it_is_the_network(name: str) -> None:
    case = CASES[name]
    x = torch.stack(list(case.inputs().values())[:4]).double()
    net = openbox.capture(case.model().double(), x)
    assert_close(Layers(net, torch.float64)(x), net.original(x), rtol=1e-9, atol=1e-9)


def test_each_layer_is_called_once_and_none_is_passed_over() -> None:
    model, x = in_place_net(), noise(2, (3, 12, 12))
    layers = Layers(openbox.capture(model, x), torch.float32)
    called: list[nn.Module] = []
    for layer in layers.layers.values():
        layer.register_forward_hook(lambda module, inputs, output: called.append(module))
    assert_close(layers(x), model(x), rtol=1e-5, atol=1e-6)
    kinds = [type(layer) for layer in layers.layers.values()]
    assert called == list(layers.layers.values())
    assert kinds.count(nn.ReLU) == 3, "the module that is used twice, and the functional one"
    assert kinds.count(nn.Conv2d) == 3
    assert kinds.count(Add) == 1
    assert nn.BatchNorm2d not in kinds


def test_the_weights_are_its_own_and_the_first_layer_is_found_behind_a_normalisation() -> None:
    model = load_checkpoint("digits-cnn-seed0").model
    x = noise(2, (1, 8, 8))
    layers = Layers(openbox.capture(model, x), torch.float32)
    (first,) = layers.first
    assert isinstance(first, nn.Conv2d)
    before = model(x)
    with torch.no_grad():
        first.weight.zero_()
    assert torch.equal(model(x), before)
    assert not any(parameter.requires_grad for parameter in layers.parameters())
