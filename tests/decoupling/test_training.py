"""What the loss is made of, by hand; training that is broken off and goes on."""

import math
from dataclasses import replace
from pathlib import Path

import pytest
import torch
from torch import nn
from torch.testing import assert_close

from openbox.decoupling.controller import relaxed
from openbox.decoupling.gated import Signals, decouple
from openbox.decoupling.loss import Prices, loss_parts
from openbox.decoupling.training import DecouplingRecipe, DecouplingRun, load_decoupled, train_paths
from openbox.errors import CheckpointError
from openbox.zoo import load, load_checkpoint
from openbox.zoo.data import Images

CPU = torch.device("cpu")
RECIPE = DecouplingRecipe("digits", "cnn", epochs=2, batch_size=32)


def digits() -> Images:
    images = load("digits", True)
    return Images(images.pixels[:128], images.labels[:128], images.classes)


def test_the_parts_of_the_loss_by_hand() -> None:
    labels = torch.tensor([0, 1])
    mask = torch.tensor([[1.0, 0.0], [1.0, 1.0]])
    level = torch.tensor([[math.log(3.0), 0.0], [0.0, 0.0]])
    reader = nn.Linear(2, 2)
    nn.init.zeros_(reader.weight)
    nn.init.zeros_(reader.bias)
    parts = loss_parts(torch.zeros(2, 2), labels, [Signals(mask, level)], [reader], rate=0.5)
    assert_close(parts.task, torch.tensor(math.log(2)))
    assert_close(parts.information, torch.tensor(math.log(2)))
    assert_close(parts.sparsity, torch.tensor(0.5))  # 1.5 filters on average, 1 asked for
    on = math.e / (1 + math.e)
    apart = 0.75 * math.log(0.75 / on) + 0.25 * math.log(0.25 / (1 - on))
    assert_close(parts.alignment, torch.tensor(apart / 2))  # the second image is aligned
    total = parts.total(Prices(information=2, alignment=0, sparsity=10))
    assert_close(total, torch.tensor(3 * math.log(2) + 5))


def test_the_relaxed_step_is_between_0_and_1_and_has_a_gradient() -> None:
    torch.manual_seed(0)
    y = torch.zeros(20_000, requires_grad=True)
    found = relaxed(y)
    (slope,) = torch.autograd.grad(found.sum(), y)
    found = found.detach()
    assert 0 <= float(found.min()) < float(found.max()) <= 1
    exact = ((found == 0) | (found == 1)).double().mean()
    assert 0.5 < float(exact) < 0.55, "half of them are hard, and of the soft ones those beyond the stretch"
    assert float((slope > 0).double().mean()) > 0.95
    assert abs(float(found.mean()) - 0.5) < 0.02


def test_a_broken_off_training_goes_on_to_the_same_bits(tmp_path: Path) -> None:
    model, images = load_checkpoint("digits-cnn-seed0").model, digits()
    said: list[str] = []
    whole = train_paths(RECIPE, model, images, CPU, tmp_path / "whole", said.append)
    run = DecouplingRun(RECIPE, images, CPU, model)
    run.run_epoch()
    (tmp_path / "broken").mkdir()
    run.save(tmp_path / "broken" / f"{RECIPE.name}.pt")
    torch.rand(7)  # somebody else's random numbers
    again = train_paths(RECIPE, model, images, CPU, tmp_path / "broken", said.append)
    assert said[-2:] == [f"{RECIPE.name}: going on after epoch 1", said[-1]]
    for name, value in whole.state_dict().items():
        assert torch.equal(value, again.state_dict()[name]), name
    assert [file.name for file in (tmp_path / "broken").iterdir()] == [f"{RECIPE.name}.safetensors"]
    before = len(said)
    train_paths(RECIPE, model, images, CPU, tmp_path / "broken", said.append)
    assert len(said) == before, "it is there"


def test_a_file_of_other_settings_or_a_damaged_one(tmp_path: Path) -> None:
    recipe = replace(RECIPE, epochs=1)
    model, file = load_checkpoint("digits-cnn-seed0").model, tmp_path / f"{RECIPE.name}.safetensors"
    train_paths(recipe, model, digits(), CPU, tmp_path, print)
    load_decoupled(recipe, model, file)
    other = replace(recipe, prices=Prices(information=9))
    before = file.read_bytes()
    with pytest.raises(CheckpointError, match="is of other settings; keep it elsewhere, or remove it"):
        train_paths(other, model, digits(), CPU, tmp_path, print)
    assert file.read_bytes() == before, "hours of work are not written over"
    file.write_bytes(file.read_bytes()[:100])
    with pytest.raises(CheckpointError, match="is no decoupled network"):
        load_decoupled(recipe, model, file)


def test_the_model_is_left_alone() -> None:
    model = load_checkpoint("digits-cnn-seed0").model
    before = {key: value.clone() for key, value in model.state_dict().items()}
    DecouplingRun(RECIPE, digits(), CPU, model).run_epoch()
    assert all(torch.equal(value, model.state_dict()[key]) for key, value in before.items())
    assert not any(p.requires_grad for p in model.parameters())
    assert decouple(model) is not model
