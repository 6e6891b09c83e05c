"""The committed checkpoints: they load, they are what their cards say, and damage is noticed."""

import dataclasses
import hashlib
import json
import re
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest
import torch
from requirements import require, require_data
from torch import nn

from openbox.errors import CheckpointError, UnknownNameError
from openbox.zoo.checkpoints import (
    Card,
    checkpoint_folder,
    list_checkpoints,
    load_checkpoint,
    read_card,
    save_checkpoint,
)
from openbox.zoo.data import DATASETS, load
from openbox.zoo.family.normalize import Normalize
from openbox.zoo.networks import NETWORKS, build
from openbox.zoo.training.command import accuracy
from openbox.zoo.training.recipe import Recipe

EXPECTED = {
    "digits-cnn-seed0": 0.98,
    "mnist-mlp-seed0": 0.98,
    "mnist-cnn-seed0": 0.993,
    "mnist-cnn-seed1": 0.993,
    "mnist-cnn-seed2": 0.993,
    "cifar10-cnn-seed0": 0.87,
    "cifar10-cnn-seed1": 0.87,
    "cifar10-cnn-seed2": 0.87,
    "cifar10-resnet20-seed0": 0.90,
}
SMALL = "digits-cnn-seed0"
every_checkpoint = pytest.mark.parametrize("name", EXPECTED)


@pytest.mark.parametrize("name", EXPECTED)
def test_the_promised_checkpoint_is_there_and_good_enough(name: str) -> None:
    card = read_card(name)
    assert card.test_accuracy >= EXPECTED[name]


@every_checkpoint
def test_a_checkpoint_loads_frozen_and_in_eval_mode(name: str) -> None:
    checkpoint = load_checkpoint(name)
    card, model = checkpoint.card, checkpoint.model
    assert card.name == name
    assert not any(module.training for module in model.modules())
    assert not any(parameter.requires_grad for parameter in model.parameters())
    assert model(torch.zeros(2, *card.shape)).shape == (2, len(card.classes))


@every_checkpoint
def test_the_weights_are_those_of_the_card(name: str) -> None:
    data = (checkpoint_folder() / f"{name}.safetensors").read_bytes()
    assert hashlib.sha256(data).hexdigest() == read_card(name).sha256
    assert len(data) < 10_000_000, "small enough to commit"


@every_checkpoint
def test_the_card_names_real_things_and_the_command_that_made_it(name: str) -> None:
    card = read_card(name)
    assert card.data in DATASETS
    assert card.network in NETWORKS
    assert card.epochs > 0
    assert card.test_images == {"digits": 360, "mnist": 10_000, "cifar10": 10_000}[card.data]
    assert 0 < card.test_accuracy <= 1
    assert set(card.versions) == {"python", "torch", "torchvision"}
    recipe = Recipe(card.data, card.network, card.seed)
    assert recipe.name == name
    assert card.command.startswith(recipe.command)
    longer = re.search(r"--epochs (\d+)", card.command)
    assert card.epochs == (int(longer[1]) if longer else DATASETS[card.data].epochs)


@every_checkpoint
def test_normalisation_was_fitted(name: str) -> None:
    (normalize,) = [m for m in load_checkpoint(name).model.modules() if isinstance(m, Normalize)]
    assert bool((normalize.mean > 0.05).all())
    assert bool((normalize.std < 0.5).all())


def _accuracy_is_reproduced(name: str) -> None:
    checkpoint = load_checkpoint(name)
    images = load(checkpoint.card.data)
    assert len(images) == checkpoint.card.test_images
    assert images.classes == checkpoint.card.classes
    found = accuracy(checkpoint.model, images, torch.device("cpu"))
    wrong_by = abs(found - checkpoint.card.test_accuracy) * len(images)
    assert wrong_by <= 3, f"{name}: {found:.4f}, its card says {checkpoint.card.test_accuracy:.4f}"
    assert found >= EXPECTED.get(name, 0)


@pytest.mark.parametrize("name", [name for name in EXPECTED if not name.startswith("cifar10")])
def test_the_accuracy_of_the_card_is_reproduced(name: str) -> None:
    if not DATASETS[read_card(name).data].embedded:
        require_data(read_card(name).data)
    _accuracy_is_reproduced(name)


@pytest.mark.long
@pytest.mark.parametrize("name", [name for name in EXPECTED if name.startswith("cifar10")])
def test_the_accuracy_of_a_cifar10_card_is_reproduced(name: str) -> None:
    require_data("cifar10")
    require(name in list_checkpoints(), f"the checkpoint {name}")
    _accuracy_is_reproduced(name)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    for suffix in ("json", "safetensors"):
        shutil.copy(checkpoint_folder() / f"{SMALL}.{suffix}", tmp_path)
    return tmp_path


def _edit(folder: Path, change: Callable[[dict[str, object]], object]) -> None:
    path = folder / f"{SMALL}.json"
    fields = json.loads(path.read_text())
    change(fields)
    path.write_text(json.dumps(fields))


@pytest.mark.parametrize("place", [0, 8, 200, 5000, -1])
def test_one_flipped_bit_is_noticed(folder: Path, place: int) -> None:
    load_checkpoint(SMALL, folder)
    path = folder / f"{SMALL}.safetensors"
    data = bytearray(path.read_bytes())
    data[place] ^= 1
    path.write_bytes(data)
    with pytest.raises(CheckpointError) as caught:
        load_checkpoint(SMALL, folder)
    message = str(caught.value)
    assert message.startswith(f"load_checkpoint({SMALL!r}): {path} has sha256")
    assert read_card(SMALL, folder).sha256[:12] in message
    assert "python -m openbox.zoo.train --data digits --network cnn --seed 0" in message


def test_a_name_that_is_not_there_says_where_checkpoints_come_from(folder: Path) -> None:
    with pytest.raises(UnknownNameError) as caught:
        load_checkpoint("mnist-cnn-seed7", folder)
    message = str(caught.value)
    assert f"unknown checkpoint 'mnist-cnn-seed7'; known: {SMALL}; these are in {folder}" in message
    assert "(python -m openbox.zoo.train --data mnist --network cnn --seed 7)" in message
    assert "OPENBOX_CHECKPOINTS" in message
    with pytest.raises(UnknownNameError, match=r"\(python -m openbox.zoo.train --help\)"):
        load_checkpoint("imagenet", folder)


def test_a_missing_weight_file_is_named(folder: Path) -> None:
    (folder / f"{SMALL}.safetensors").unlink()
    with pytest.raises(CheckpointError, match=rf"cannot read .*{SMALL}.safetensors .* train again"):
        load_checkpoint(SMALL, folder)


def _no_key(fields: dict[str, object]) -> object:
    return fields.pop("sha256"), fields.pop("network")


def _strange_key(fields: dict[str, object]) -> object:
    return fields.update(colour="blue")


def _no_shape(fields: dict[str, object]) -> object:
    return fields.pop("shape")


def _shape_is_a_number(fields: dict[str, object]) -> object:
    return fields.update(shape=8)


@pytest.mark.parametrize("change", [_no_key, _strange_key, _no_shape, _shape_is_a_number])
def test_a_card_with_other_fields_is_refused(
    folder: Path, change: Callable[[dict[str, object]], object]
) -> None:
    _edit(folder, change)
    with pytest.raises(CheckpointError, match=rf"read_card\({SMALL!r}\): .* is not a card"):
        load_checkpoint(SMALL, folder)


@pytest.mark.parametrize("text", ["", "{", "[1, 2]", "null", "weights: yes", "\x00"])
def test_a_card_that_is_no_json_object_is_refused(folder: Path, text: str) -> None:
    (folder / f"{SMALL}.json").write_text(text)
    with pytest.raises(CheckpointError, match="is not a card"):
        read_card(SMALL, folder)


def test_a_card_of_another_network_is_refused(folder: Path) -> None:
    _edit(folder, lambda fields: fields.update(network="mlp"))
    with pytest.raises(CheckpointError, match="the weights do not fit 'mlp'"):
        load_checkpoint(SMALL, folder)


def test_weights_that_are_no_safetensors_are_refused(folder: Path) -> None:
    data = b"PK not safetensors at all"
    (folder / f"{SMALL}.safetensors").write_bytes(data)
    _edit(folder, lambda fields: fields.update(sha256=hashlib.sha256(data).hexdigest()))
    with pytest.raises(CheckpointError, match="do not fit"):
        load_checkpoint(SMALL, folder)


def test_a_card_that_names_an_unknown_network_lists_the_known_ones(folder: Path) -> None:
    _edit(folder, lambda fields: fields.update(network="vgg"))
    with pytest.raises(UnknownNameError, match="unknown network 'vgg'; known: cnn, mlp"):
        load_checkpoint(SMALL, folder)


def test_an_unknown_name_lists_the_known_ones(tmp_path: Path) -> None:
    for call in (load_checkpoint, read_card):
        with pytest.raises(UnknownNameError) as caught:
            call("digits-cnn-seed9")
        assert "unknown checkpoint 'digits-cnn-seed9'" in str(caught.value)
        assert all(name in str(caught.value) for name in EXPECTED)
        with pytest.raises(UnknownNameError):
            call(SMALL, tmp_path / "nowhere")


def test_the_folder_is_the_variable_s_or_the_repository_s(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("OPENBOX_CHECKPOINTS", str(folder))
    assert checkpoint_folder() == folder
    assert list_checkpoints() == [SMALL]
    monkeypatch.delenv("OPENBOX_CHECKPOINTS")
    assert checkpoint_folder() == Path(__file__).parents[2] / "checkpoints"


def test_what_is_saved_is_what_is_loaded(tmp_path: Path) -> None:
    model = build("cnn", (1, 8, 8), 3).to(memory_format=torch.channels_last)
    card = Card(
        name="mine-cnn-seed5", data="digits", network="cnn", seed=5, shape=(1, 8, 8), classes=("a", "b", "c"),
        test_accuracy=0.5, test_images=2, epochs=1, command="by hand", precision="float32", device="none",
        versions={},
    )  # fmt: skip
    saved = save_checkpoint(model, card, tmp_path / "new")
    assert saved == dataclasses.replace(card, sha256=saved.sha256)
    loaded = load_checkpoint("mine-cnn-seed5", tmp_path / "new")
    assert loaded.card == saved
    for key, value in model.state_dict().items():
        assert torch.equal(loaded.model.state_dict()[key], value)
    assert sorted(path.suffix for path in (tmp_path / "new").iterdir()) == [".json", ".safetensors"]
    assert isinstance(loaded.model, nn.Module)
