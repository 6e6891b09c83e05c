"""What ``python -m openbox.zoo.train`` does: read the options, train, write weights and card."""

import argparse
import platform
import sys
from collections.abc import Callable
from pathlib import Path

import torch
import torchvision
from torch import nn
from tqdm import tqdm

from openbox.errors import InputError, named
from openbox.files import remove_stale
from openbox.zoo.checkpoints import Card, save_checkpoint, training_folder
from openbox.zoo.data import DATASETS, FOLDER_PREFIX, Images, dataset, load
from openbox.zoo.networks import NETWORKS
from openbox.zoo.own.devices import find_device
from openbox.zoo.training.recipe import Recipe
from openbox.zoo.training.run import Run


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
    recipe.check(train_set, test_set)
    run = Run(recipe, train_set, device)
    state_file.parent.mkdir(parents=True, exist_ok=True)  # before the work, not after it
    if run.load(state_file):
        report(f"going on after epoch {run.epoch} ({state_file})")
    tested = accuracy(run.model, test_set, device)
    while run.epoch < run.epochs:
        loss = run.run_epoch()
        tested = accuracy(run.model, test_set, device)
        report(f"epoch {run.epoch}/{run.epochs}  loss {loss:.4f}  test {tested:.4f}")
        run.save(state_file)
    return run.model.cpu().to(memory_format=torch.contiguous_format).eval(), tested


def run(summary: str | None, arguments: list[str] | None = None) -> int:
    """The command line; returns the exit code. Raises ``OpenBoxError``."""
    parser = argparse.ArgumentParser(prog="python -m openbox.zoo.train", description=summary)
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
    parser.add_argument("--out", type=Path, default=training_folder(), help="default: checkpoints/")
    parser.add_argument("--overwrite", action="store_true", help="replace the checkpoint that is there")
    options = parser.parse_args(arguments)
    recipe = Recipe(
        options.data, options.network, options.seed, options.epochs, options.batch_size,
        options.learning_rate, options.weight_decay, options.precision,
    )  # fmt: skip
    state_file = options.out / "training" / f"{recipe.name}.pt"
    try:
        with named("train"):
            device = find_device(options.device)
        if not options.overwrite:
            _check_free(options.out, recipe.name)
        for folder in (options.out, state_file.parent):
            remove_stale(folder)
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
    except OSError as error:
        raise InputError(f"train: cannot write below --out {str(options.out)!r} ({error})") from error
    print(f"{options.out / recipe.name}.safetensors: test accuracy {tested:.4f}")
    return 0


def _check_free(folder: Path, name: str) -> None:
    """Raise ``InputError``, before hours of work, if the checkpoint is there already."""
    there = [path for suffix in ("json", "safetensors") if (path := folder / f"{name}.{suffix}").exists()]
    if there:
        raise InputError(
            f"train: {there[0]} is there already; pass --out FOLDER to train it beside the other, "
            "or --overwrite to train it in its place"
        )
