"""Train any network of the zoo on any of its data sets.

    python -m openbox.zoo.train --data mnist --network cnn --seed 0

Stochastic gradient descent with Nesterov momentum, a linear warm-up and a cosine descent. After each
epoch the state is saved, so an interrupted run goes on where it stopped. The last epoch is kept: no
choice is made by looking at the test set.
"""

import argparse
import math
import platform
import shlex
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from pickle import UnpicklingError
from typing import Any

import torch
import torchvision
from torch import Tensor, nn
from tqdm import tqdm

from openbox.errors import CheckpointError, InputError, OpenBoxError
from openbox.zoo.checkpoints import Card, checkpoint_folder, save_checkpoint
from openbox.zoo.data import DATASETS, FOLDER_PREFIX, Images, dataset, load
from openbox.zoo.networks import NETWORKS, Normalize, build

MOMENTUM = 0.9
WARM_UP = 0.15  # share of the steps


@dataclass(frozen=True)
class Recipe:
    """Everything that decides the result of a training run; ``epochs`` 0 means the data set's default."""

    data: str
    network: str
    seed: int = 0
    epochs: int = 0
    batch_size: int = 128
    learning_rate: float = 0.1
    weight_decay: float = 5e-4
    precision: str = "bfloat16"

    @property
    def name(self) -> str:
        """The checkpoint's name: data-network-seedN."""
        data = (
            Path(self.data.removeprefix(FOLDER_PREFIX)).resolve().name
            if self.data.startswith(FOLDER_PREFIX)
            else self.data
        )
        return f"{data}-{self.network}-seed{self.seed}"

    @property
    def command(self) -> str:
        """The command that repeats this run, with every setting that is not a default."""
        words = [
            "python -m openbox.zoo.train",
            f"--data {shlex.quote(self.data)}",
            f"--network {self.network}",
        ]
        words.append(f"--seed {self.seed}")
        for key in ("epochs", "batch_size", "learning_rate", "weight_decay", "precision"):
            if getattr(self, key) != getattr(Recipe, key):
                words.append(f"--{key.replace('_', '-')} {getattr(self, key)}")
        return " ".join(words)


def augment(x: Tensor, shift: int, flip: bool, generator: torch.Generator) -> Tensor:
    """Translate each image by up to ``shift`` pixels (black enters) and mirror half of them.

    x: (N, C, H, W); the random numbers are drawn on the CPU, so that a seed means the same everywhere.
    """
    count, channels, height, width = x.shape
    padded = nn.functional.pad(x, (shift,) * 4)
    corner = torch.randint(0, 2 * shift + 1, (2, count, 1), generator=generator).to(x.device)
    rows = corner[0] + torch.arange(height, device=x.device)  # (N, H)
    columns = corner[1] + torch.arange(width, device=x.device)  # (N, W)
    if flip:
        mirrored = torch.rand(count, 1, generator=generator).to(x.device) < 0.5
        columns = torch.where(mirrored, columns.flip(1), columns)
    image = torch.arange(count, device=x.device).view(-1, 1, 1, 1)
    channel = torch.arange(channels, device=x.device).view(1, -1, 1, 1)
    return padded[image, channel, rows[:, None, :, None], columns[:, None, None, :]]


@torch.no_grad()
def accuracy(model: nn.Module, images: Images, device: torch.device, batch_size: int = 1000) -> float:
    """Share of the images that ``model`` classifies right, in float32 and eval mode."""
    model.eval()
    right = 0
    for start in range(0, len(images), batch_size):
        chosen = slice(start, start + batch_size)
        predicted = model(images.batch(chosen).to(device)).argmax(1).cpu()
        right += int((predicted == images.labels[chosen]).sum())
    return right / len(images)


def _schedule(step: int, steps: int) -> float:
    warm = max(1, int(WARM_UP * steps))
    if step < warm:
        return (step + 1) / warm
    return 0.5 * (1 + math.cos(math.pi * (step - warm) / max(1, steps - warm)))


def _check(recipe: Recipe, train_set: Images, test_set: Images) -> None:
    if recipe.epochs < 0:
        raise InputError(f"train: {recipe.epochs} epochs; pass 1 or more, or 0 for the default")
    if not 1 <= recipe.batch_size <= len(train_set):
        raise InputError(f"train: batch size {recipe.batch_size}; it must be 1 to {len(train_set)} images")
    if not (recipe.learning_rate > 0 and recipe.weight_decay >= 0):
        raise InputError("train: the learning rate must be positive, the weight decay not negative")
    if train_set.classes != test_set.classes:
        raise InputError(
            f"train: the training classes {train_set.classes} and the test classes {test_set.classes} "
            "differ, so a label would mean two things; give both splits the same class folders"
        )


def _device(name: str) -> torch.device:
    try:
        return torch.empty(0, device=name).device
    except (RuntimeError, AssertionError) as error:  # no such device, or no CUDA
        reason = str(error).strip().splitlines()[0]
        raise InputError(f"train: no device {name!r} here ({reason}); try --device cpu") from error


def _load_state(state_file: Path) -> dict[str, Any]:
    try:
        return torch.load(state_file, weights_only=True, map_location="cpu")
    except (RuntimeError, EOFError, UnpicklingError) as error:
        raise CheckpointError(
            f"train: {state_file} is no state of an interrupted run; remove it to begin anew"
        ) from error


def _fresh_model(recipe: Recipe, images: Images) -> nn.Module:
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(recipe.seed)
        model = build(recipe.network, images.shape, len(images.classes))
    pixels = images.batch(slice(None)).transpose(0, 1).flatten(1)
    for module in model.modules():
        if isinstance(module, Normalize):
            module.fit(pixels.mean(1), pixels.std(1).clamp(min=1e-3))
    return model


def train(
    recipe: Recipe,
    train_set: Images,
    test_set: Images,
    device: torch.device,
    state_file: Path,
    report: Callable[[str], None],
) -> tuple[nn.Module, float]:
    """Run the recipe, going on from ``state_file`` if it belongs to the same recipe.

    Returns the network in eval mode on the CPU and its test accuracy.
    """
    _check(recipe, train_set, test_set)
    entry = dataset(recipe.data)
    epochs = recipe.epochs or entry.epochs
    model = _fresh_model(recipe, train_set).to(device).to(memory_format=torch.channels_last)
    state_file.parent.mkdir(parents=True, exist_ok=True)  # before the work, not after it
    decayed = [p for p in model.parameters() if p.ndim > 1]
    plain = [p for p in model.parameters() if p.ndim <= 1]
    groups = [{"params": decayed, "weight_decay": recipe.weight_decay}, {"params": plain}]
    optimizer = torch.optim.SGD(groups, lr=recipe.learning_rate, momentum=MOMENTUM, nesterov=True)
    batches = len(train_set) // recipe.batch_size
    scheduler = torch.optim.lr_scheduler.LambdaLR(optimizer, lambda s: _schedule(s, epochs * batches))
    generator = torch.Generator().manual_seed(recipe.seed)
    first = 0
    if state_file.exists():
        state = _load_state(state_file)
        if state["command"] == recipe.command:
            model.load_state_dict(state["model"])
            optimizer.load_state_dict(state["optimizer"])
            scheduler.load_state_dict(state["scheduler"])
            generator.set_state(state["generator"])
            first = state["epoch"]
            report(f"going on after epoch {first} ({state_file})")
    tested = accuracy(model, test_set, device)
    for epoch in range(first, epochs):
        model.train()
        order = torch.randperm(len(train_set), generator=generator)
        total = 0.0
        bar = tqdm(range(batches), desc=f"{recipe.name} {epoch + 1}/{epochs}", leave=False, mininterval=1)
        for step in bar:
            index = order[step * recipe.batch_size : (step + 1) * recipe.batch_size]
            x = augment(train_set.batch(index).to(device), entry.shift, entry.flip, generator)
            y = train_set.labels[index].to(device)
            x = x.to(memory_format=torch.channels_last)
            with torch.autocast(device.type, torch.bfloat16, enabled=recipe.precision == "bfloat16"):
                logits = model(x)
            loss = nn.functional.cross_entropy(logits.float(), y)
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
            scheduler.step()
            total += loss.item()
            bar.set_postfix(loss=f"{total / (step + 1):.3f}", refresh=False)
        tested = accuracy(model, test_set, device)
        report(f"epoch {epoch + 1}/{epochs}  loss {total / max(1, batches):.4f}  test {tested:.4f}")
        _save_state(state_file, recipe, epoch + 1, model, optimizer, scheduler, generator)
    return model.cpu().to(memory_format=torch.contiguous_format).eval(), tested


def _save_state(
    path: Path,
    recipe: Recipe,
    epoch: int,
    model: nn.Module,
    optimizer: torch.optim.Optimizer,
    scheduler: torch.optim.lr_scheduler.LambdaLR,
    generator: torch.Generator,
) -> None:
    partial = path.with_suffix(".partial")
    state = {
        "command": recipe.command,
        "epoch": epoch,
        "model": model.state_dict(),
        "optimizer": optimizer.state_dict(),
        "scheduler": scheduler.state_dict(),
        "generator": generator.get_state(),
    }
    torch.save(state, partial)
    partial.replace(path)


def main(arguments: list[str] | None = None) -> int:
    """The command line; returns the exit code."""
    parser = argparse.ArgumentParser(prog="python -m openbox.zoo.train", description=__doc__)
    parser.formatter_class = argparse.RawDescriptionHelpFormatter
    known = ", ".join([*DATASETS, FOLDER_PREFIX + "PATH"])
    parser.add_argument("--data", required=True, help=f"one of {known}")
    parser.add_argument("--network", required=True, help=f"one of {', '.join(NETWORKS)}")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--epochs", type=int, default=0, help="0: the data set's default")
    parser.add_argument("--batch-size", type=int, default=Recipe.batch_size)
    parser.add_argument("--learning-rate", type=float, default=Recipe.learning_rate)
    parser.add_argument("--weight-decay", type=float, default=Recipe.weight_decay)
    parser.add_argument("--precision", choices=["bfloat16", "float32"], default=Recipe.precision)
    parser.add_argument("--device", default="cuda" if torch.cuda.is_available() else "cpu")
    parser.add_argument("--data-root", help="default: OPENBOX_DATA, else data/")
    parser.add_argument("--download", action="store_true", help="let torchvision fetch missing data")
    parser.add_argument("--out", type=Path, default=checkpoint_folder(), help="default: checkpoints/")
    options = parser.parse_args(arguments)
    recipe = Recipe(
        options.data, options.network, options.seed, options.epochs, options.batch_size,
        options.learning_rate, options.weight_decay, options.precision,
    )  # fmt: skip
    state_file = options.out / "training" / f"{recipe.name}.pt"
    try:
        device = _device(options.device)
        train_set = load(recipe.data, True, options.data_root, options.download)
        test_set = load(recipe.data, False, options.data_root, options.download)
        model, tested = train(recipe, train_set, test_set, device, state_file, tqdm.write)
        card = Card(
            name=recipe.name,
            data=recipe.data,
            network=recipe.network,
            seed=recipe.seed,
            shape=train_set.shape,
            classes=train_set.classes,
            test_accuracy=tested,
            test_images=len(test_set),
            epochs=recipe.epochs or dataset(recipe.data).epochs,
            command=recipe.command,
            precision=recipe.precision,
            device=torch.cuda.get_device_name(device) if device.type == "cuda" else platform.machine(),
            versions={
                "python": platform.python_version(),
                "torch": torch.__version__,
                "torchvision": torchvision.__version__,
            },
        )
        save_checkpoint(model, card, options.out)
        state_file.unlink(missing_ok=True)
    except KeyboardInterrupt:
        kept = f"{state_file} keeps the last epoch; the same command goes on from there"
        print(f"interrupted; {kept if state_file.exists() else 'no epoch was finished'}", file=sys.stderr)
        return 130
    except OpenBoxError as error:
        print(error, file=sys.stderr)
        return 2
    except OSError as error:
        print(f"train: cannot write below --out {str(options.out)!r} ({error})", file=sys.stderr)
        return 2
    print(f"{options.out / recipe.name}.safetensors: test accuracy {tested:.4f}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
