"""Influence: the product of two gradients by hand, and a twin that counts most."""

import dataclasses

import pytest
import torch
from torch import nn
from torch.testing import assert_close

from openbox.errors import InputError
from openbox.gallery.influence import influence
from openbox.zoo import load, load_checkpoint
from openbox.zoo.data.images import Images


def digits(count: int) -> Images:
    images = load("digits", train=True)
    return dataclasses.replace(images, pixels=images.pixels[:count], labels=images.labels[:count])


def last(model: nn.Module) -> nn.Linear:
    return [module for module in model.modules() if isinstance(module, nn.Linear)][-1]


def test_it_is_the_product_of_the_gradients_of_the_last_layer() -> None:
    model, train = load_checkpoint("digits-cnn-seed0").model.double(), digits(30)
    x, label = load("digits").batch(slice(5, 6)).double(), 4

    def gradient(image: torch.Tensor, cls: int) -> torch.Tensor:
        loss = nn.functional.cross_entropy(model(image), torch.tensor([cls]))
        return torch.autograd.grad(loss, last(model).weight)[0].flatten()

    ours = influence(model, last(model), train, x, label)
    wanted = gradient(x, label)
    by_hand = [
        gradient(train.batch(slice(i, i + 1)).double(), int(train.labels[i])) @ wanted for i in range(30)
    ]
    assert_close(ours.values, torch.stack(by_hand), rtol=1e-9, atol=1e-12)


def test_a_duplicated_image_has_the_largest_influence() -> None:
    """On the digit that the network is least sure of; its twin stands in the training set twice."""
    model, train = load_checkpoint("digits-cnn-seed0").model, load("digits", train=True)
    test = load("digits")
    with torch.no_grad():
        losses = nn.functional.cross_entropy(
            model(test.batch(slice(0, len(test)))), test.labels.long(), reduction="none"
        )
    worst = int(losses.argmax())
    twins = dataclasses.replace(
        train,
        pixels=torch.cat((train.pixels, test.pixels[[worst, worst]])),
        labels=torch.cat((train.labels, test.labels[[worst, worst]])),
    )
    found = influence(model, last(model), twins, test.batch(slice(worst, worst + 1)), int(test.labels[worst]))
    assert set(found.helpful[:2].tolist()) == {len(train), len(train) + 1}


def test_a_layer_of_another_model_is_refused() -> None:
    model = load_checkpoint("digits-cnn-seed0").model
    with pytest.raises(InputError, match="last is no layer of the model"):
        influence(model, nn.Linear(2, 2), digits(3), load("digits").batch(slice(0, 1)), 0)
