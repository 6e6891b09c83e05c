"""Training: the same seed gives the same bits, an interrupted run goes on, a mistake costs one line."""

import re
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
import torch
from PIL import Image
from torch import Tensor

from openbox.errors import CheckpointError, InputError
from openbox.zoo.checkpoints import list_checkpoints, load_checkpoint, read_card
from openbox.zoo.data import Images, load
from openbox.zoo.train import main
from openbox.zoo.training.augment import augment
from openbox.zoo.training.command import accuracy, train
from openbox.zoo.training.recipe import Recipe
from openbox.zoo.training.run import Run

CPU = torch.device("cpu")
NAME = "digits-mlp-seed0"


def command(out: Path, *more: str) -> list[str]:
    words = ["--data", "digits", "--network", "mlp", "--epochs", "2", "--device", "cpu", "--out", str(out)]
    return [*words, *more]


KINDS = ("capture", "json", "safetensors")
WRITTEN = [f"{NAME}.{kind}" for kind in KINDS]


def files(folder: Path) -> list[str]:
    return sorted(str(path.relative_to(folder)) for path in folder.rglob("*") if path.is_file())


def test_a_run_writes_weights_and_a_card_and_nothing_else(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(command(tmp_path)) == 0
    assert files(tmp_path) == WRITTEN, "no state, no .partial"
    checkpoint = load_checkpoint(NAME, tmp_path)
    card = checkpoint.card
    assert (card.data, card.network, card.seed, card.epochs) == ("digits", "mlp", 0, 2)
    assert card.command == "python -m openbox.zoo.train --data digits --network mlp --seed 0 --epochs 2"
    assert card.test_images == 360
    assert card.test_accuracy == accuracy(checkpoint.model, load("digits"), CPU)
    assert card.test_accuracy > 0.5
    said = capsys.readouterr()
    assert f"{NAME}.safetensors: test accuracy {card.test_accuracy:.4f}" in said.out
    assert re.findall(r"epoch (\d)/2", said.out) == ["1", "2"]


@pytest.mark.long
def test_the_command_line_runs_as_a_module(tmp_path: Path) -> None:
    words = [sys.executable, "-m", "openbox.zoo.train", *command(tmp_path)]
    done = subprocess.run(words, capture_output=True, text=True, timeout=120, check=False)
    assert done.returncode == 0, done.stderr
    assert list_checkpoints(tmp_path) == [NAME]
    assert main(command(tmp_path / "here")) == 0
    assert read_card(NAME, tmp_path / "here").sha256 == read_card(NAME, tmp_path).sha256


def test_the_same_seed_gives_the_same_bits_and_another_seed_others(tmp_path: Path) -> None:
    sha256 = []
    for folder, seed in (("a", "0"), ("b", "0"), ("c", "1")):
        torch.manual_seed(hash(folder) % 1000)  # the caller's own generator plays no part
        before = torch.get_rng_state()
        assert main(command(tmp_path / folder, "--seed", seed, "--epochs", "1")) == 0
        assert torch.equal(torch.get_rng_state(), before)
        sha256.append(read_card(f"digits-mlp-seed{seed}", tmp_path / folder).sha256)
    assert sha256[0] == sha256[1]
    assert sha256[0] != sha256[2]


@pytest.mark.parametrize("network", ["mlp", "cnn"])
@pytest.mark.parametrize("after", [1, 2])
def test_an_interrupted_run_goes_on_to_the_bits_of_an_unbroken_one(
    network: str,
    after: int,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    more = ("--network", network, "--epochs", "3")
    name = f"digits-{network}-seed0"
    assert main(command(tmp_path / "unbroken", *more)) == 0
    save = Run.save
    epochs: list[int] = []

    def save_and_stop(run: Run, path: Path) -> None:
        save(run, path)
        epochs.append(run.epoch)
        if run.epoch == after:
            raise KeyboardInterrupt

    broken = tmp_path / "broken"
    monkeypatch.setattr(Run, "save", save_and_stop)
    capsys.readouterr()
    assert main(command(broken, *more)) == 130
    said = capsys.readouterr().err
    assert f"{broken / 'training' / name}.pt" in said
    assert "the same command goes on" in said
    assert files(broken) == [f"training/{name}.pt"], "no checkpoint of a half-trained network"
    monkeypatch.setattr(Run, "save", save)
    assert main(command(broken, *more)) == 0
    assert f"going on after epoch {after}" in capsys.readouterr().out
    assert read_card(name, broken).sha256 == read_card(name, tmp_path / "unbroken").sha256
    assert files(broken) == [f"{name}.{kind}" for kind in KINDS]
    assert epochs == list(range(1, after + 1))


def test_an_interruption_before_the_first_epoch_says_so(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def stop(*arguments: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr("openbox.zoo.training.run.augment", stop)
    assert main(command(tmp_path)) == 130
    assert "no epoch was finished" in capsys.readouterr().err
    assert not files(tmp_path)


def test_a_checkpoint_that_is_there_is_not_replaced_unasked(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(command(tmp_path, "--epochs", "1")) == 0
    before = {name: (tmp_path / name).read_bytes() for name in files(tmp_path)}
    capsys.readouterr()
    assert main(command(tmp_path, "--epochs", "2")) == 2
    said = capsys.readouterr()
    assert one_line(said.err).startswith(f"train: {tmp_path / NAME}.json is there already")
    assert "--out FOLDER" in said.err
    assert "--overwrite" in said.err
    assert "epoch" not in said.out, "before the work"
    assert {name: (tmp_path / name).read_bytes() for name in files(tmp_path)} == before
    (tmp_path / f"{NAME}.json").unlink()
    assert main(command(tmp_path, "--epochs", "2")) == 2, "weights without a card are somebody's too"
    assert main(command(tmp_path, "--epochs", "2", "--overwrite")) == 0
    assert read_card(NAME, tmp_path).epochs == 2
    assert "--overwrite" not in read_card(NAME, tmp_path).command


def test_what_a_killed_run_left_half_written_is_removed(tmp_path: Path) -> None:
    (tmp_path / "training").mkdir()
    for name in (f"training/{NAME}.pt", f"{NAME}.safetensors"):
        (tmp_path / f"{name}.{'0' * 32}.partial").write_text("half")
    assert main(command(tmp_path, "--epochs", "1")) == 0
    assert files(tmp_path) == WRITTEN


def test_the_state_of_another_recipe_is_not_used(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(command(tmp_path / "clean", "--epochs", "1")) == 0
    save = Run.save

    def save_and_stop(run: Run, path: Path) -> None:
        save(run, path)
        raise KeyboardInterrupt

    monkeypatch.setattr(Run, "save", save_and_stop)
    assert main(command(tmp_path / "other", "--learning-rate", "0.05", "--epochs", "3")) == 130
    monkeypatch.setattr(Run, "save", save)
    capsys.readouterr()
    assert main(command(tmp_path / "other", "--epochs", "1")) == 0
    assert "going on" not in capsys.readouterr().out
    assert read_card(NAME, tmp_path / "other").sha256 == read_card(NAME, tmp_path / "clean").sha256


def test_a_damaged_state_is_named(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "training").mkdir()
    state = tmp_path / "training" / f"{NAME}.pt"
    for content in (b"", b"damaged"):
        state.write_bytes(content)
        assert main(command(tmp_path)) == 2
        assert f"{state} is no state of an interrupted run; remove it" in capsys.readouterr().err
    with pytest.raises(CheckpointError):
        train(Recipe("digits", "mlp"), load("digits", train=True), load("digits"), CPU, state, print)


MISTAKES: dict[str, tuple[list[str], str]] = {
    "unknown data": (["--data", "imagenet"], "unknown data set 'imagenet'; known: cifar10, digits"),
    "unknown network": (["--network", "vgg"], "unknown network 'vgg'; known: cnn, mlp, resnet20"),
    "no data": (["--data", "mnist", "--data-root", "/nowhere"], "zoo.load('mnist'): nothing readable"),
    "no folder": (["--data", "folder:/nowhere"], "/nowhere/train does not exist"),
    "unknown device": (["--device", "abacus"], "no device 'abacus' here"),
    "negative epochs": (["--epochs", "-1"], "-1 epochs; pass 1 or more"),
    "no batch": (["--batch-size", "0"], "--batch-size 0; pass 1 or more"),
    "negative seed": (["--seed", "-5"], "--seed -5; pass 0 to"),
    "batch too large": (["--batch-size", "1438"], "--batch-size 1438, but there are 1437"),
    "negative rate": (["--learning-rate", "-1"], "the learning rate must be positive"),
    "rate that is no number": (["--learning-rate", "nan"], "the learning rate must be positive"),
    "negative decay": (["--weight-decay", "-1"], "the weight decay not negative"),
}


def one_line(text: str) -> str:
    """The text without its line end; fails for a traceback or a message of several lines."""
    assert "Traceback" not in text
    lines = text.strip().splitlines()
    assert len(lines) == 1, text
    return lines[0]


@pytest.mark.parametrize("mistake", MISTAKES)
def test_a_mistake_costs_one_line_and_writes_nothing(
    mistake: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    words, message = MISTAKES[mistake]
    assert main(command(tmp_path / "out", *words)) == 2
    assert message in one_line(capsys.readouterr().err)
    assert not (tmp_path / "out").exists()


def test_cuda_that_is_not_there_is_said_in_one_line(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(command(tmp_path / "out", "--device", "cuda:99")) == 2
    line = one_line(capsys.readouterr().err)
    assert "no device 'cuda:99' here" in line
    assert "--device cpu" in line
    assert not (tmp_path / "out").exists()


def test_a_folder_that_cannot_be_written_is_noticed_before_the_work(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "file"
    file.write_text("in the way")
    assert main(command(file)) == 2
    said = capsys.readouterr()
    assert f"cannot write below --out {str(file)!r}" in one_line(said.err)
    assert "epoch" not in said.out
    assert file.read_text() == "in the way"


@pytest.mark.long
def test_the_exit_code_reaches_the_shell() -> None:
    words = [sys.executable, "-m", "openbox.zoo.train", "--data", "imagenet", "--network", "mlp"]
    done = subprocess.run(words, capture_output=True, text=True, timeout=60, check=False)
    assert done.returncode == 2
    assert "known: cifar10" in one_line(done.stderr)


def test_help_names_every_data_set_and_network(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as caught:
        main(["--help"])
    assert caught.value.code == 0
    said = capsys.readouterr().out
    for word in ("digits", "mnist", "cifar10", "folder:PATH", "mlp", "cnn", "resnet20", "--out", "--device"):
        assert word in said


def test_a_user_s_own_pictures_train_and_their_classes_are_kept(tmp_path: Path) -> None:
    pictures = tmp_path / "my pets"
    for split in ("train", "test"):
        for name, value in (("cat", 60), ("dog", 200)):
            (pictures / split / name).mkdir(parents=True)
            for number in range(4):
                shade = np.full((20, 30 + number, 3), value + number, np.uint8)
                Image.fromarray(shade).save(pictures / split / name / f"{number}.png")
    words = ["--data", f"folder:{pictures}", "--batch-size", "4", "--epochs", "1"]
    assert main(command(tmp_path / "out", *words)) == 0
    card = read_card("folder-my pets-mlp-seed0", tmp_path / "out")
    assert card.classes == ("cat", "dog")
    assert card.shape == (3, 32, 32)
    assert f"--data 'folder:{pictures}'" in card.command, "a shell reads it as one word"
    (pictures / "test/cat").rename(pictures / "test/ape")
    train_set, test_set = (load(f"folder:{pictures}", train) for train in (True, False))
    with pytest.raises(InputError, match="a label would mean two things"):
        train(Recipe("digits", "mlp", batch_size=4), train_set, test_set, CPU, tmp_path / "s", print)


def test_a_recipe_s_command_says_every_setting_that_is_not_a_default() -> None:
    plain = Recipe("mnist", "cnn", 3)
    assert plain.name == "mnist-cnn-seed3"
    assert plain.command == "python -m openbox.zoo.train --data mnist --network cnn --seed 3"
    full = Recipe("mnist", "cnn", 3, 5, 64, 0.2, 0.0, "float32")
    assert full.command == plain.command + (
        " --epochs 5 --batch-size 64 --learning-rate 0.2 --weight-decay 0.0 --precision float32"
    )
    assert Recipe("folder:/pictures/pets/", "cnn").name == "folder-pets-cnn-seed0"
    assert Recipe("folder:.", "cnn").name == f"folder-{Path.cwd().name}-cnn-seed0"


def generator(seed: int = 0) -> torch.Generator:
    return torch.Generator().manual_seed(seed)


def ramp(count: int, side: int = 6) -> Tensor:
    """Positive pixels, all different within an image."""
    image = torch.arange(1, 2 * side * side + 1).reshape(2, side, side).float()
    return image.expand(count, -1, -1, -1) + 1000 * torch.arange(count).view(-1, 1, 1, 1)


def test_augment_without_shift_and_flip_is_the_identity() -> None:
    assert torch.equal(augment(ramp(5), 0, False, generator()), ramp(5))


def test_augment_flips_about_half_and_flips_whole_images() -> None:
    x = ramp(400)
    found = augment(x, 0, True, generator())
    same = (found == x).flatten(1).all(1)
    mirrored = (found == x.flip(3)).flatten(1).all(1)
    assert bool((same ^ mirrored).all())
    assert 150 < int(mirrored.sum()) < 250


@pytest.mark.parametrize("flip", [False, True])
def test_augment_shifts_each_image_and_black_enters(flip: bool) -> None:
    x, side, shift = ramp(300), 6, 2
    found = augment(x, shift, flip, generator())
    assert found.shape == x.shape
    offsets = set()
    for image, moved in zip(x, found, strict=True):
        candidates: dict[tuple[int, int, bool], Tensor] = {}
        for down in range(-shift, shift + 1):
            for right in range(-shift, shift + 1):
                expected = torch.zeros_like(image)
                for row in range(side):
                    for column in range(side):
                        source = row + down, column + right
                        if 0 <= source[0] < side and 0 <= source[1] < side:
                            expected[:, row, column] = image[:, source[0], source[1]]
                candidates[down, right, False] = expected
                if flip:
                    candidates[down, right, True] = expected.flip(2)
        hits = [key for key, expected in candidates.items() if torch.equal(expected, moved)]
        assert len(hits) == 1
        offsets.add(hits[0])
    assert len(offsets) == (50 if flip else 25), "every shift occurs"


def test_augment_is_decided_by_the_generator_alone() -> None:
    x = ramp(20)
    before = torch.get_rng_state()
    first = augment(x, 2, True, generator(7))
    assert torch.equal(augment(x, 2, True, generator(7)), first)
    assert not torch.equal(augment(x, 2, True, generator(8)), first)
    assert torch.equal(torch.get_rng_state(), before)
    assert torch.equal(x, ramp(20))


def test_accuracy_counts_the_right_answers_in_batches_of_any_size() -> None:
    pixels = torch.zeros(7, 1, 1, 3, dtype=torch.uint8)
    answers = [0, 1, 2, 2, 1, 0, 0]
    for i, answer in enumerate(answers):
        pixels[i, 0, 0, answer] = 255
    labels = torch.tensor([0, 1, 2, 0, 0, 0, 0])
    images = Images(pixels, labels, ("a", "b", "c"))
    model = torch.nn.Sequential(torch.nn.Flatten(), torch.nn.Dropout(0.9)).train()
    for batch_size in (1, 2, 7, 100):
        assert accuracy(model, images, CPU, batch_size) == pytest.approx(5 / 7)
    assert not model.training, "dropout is off"


def test_a_card_is_never_there_without_its_weights(tmp_path: Path) -> None:
    assert main(command(tmp_path, "--epochs", "1")) == 0
    weights, card = tmp_path / f"{NAME}.safetensors", tmp_path / f"{NAME}.json"
    assert card.stat().st_mtime_ns >= weights.stat().st_mtime_ns
