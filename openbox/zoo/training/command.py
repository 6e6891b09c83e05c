"""What ``python -m openbox.zoo.train`` does: read the options, train, write weights and card."""

import platform
import sys
from argparse import Namespace
from collections.abc import Callable
from pathlib import Path

import torch
import torchvision
from torch import nn
from tqdm import tqdm

from openbox.errors import InputError, named
from openbox.files import remove_stale
from openbox.zoo.captures import keep
from openbox.zoo.checkpoints import Card, Checkpoint, save_checkpoint
from openbox.zoo.data import TEXT_DATASETS, Images, Titles, dataset, load, load_titles, text_dataset
from openbox.zoo.networks import Shape
from openbox.zoo.own.devices import find_device
from openbox.zoo.training.options import read_options
from openbox.zoo.training.recipe import Recipe
from openbox.zoo.training.run import Run
from openbox.zoo.training.text_baselines import text_baselines
from openbox.zoo.training.title_run import title_accuracy
from openbox.zoo.training.titles import train_titles, validate


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
    recipe.check_batch(len(train_set))
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
    options, recipe = read_options(summary, arguments)
    state_file = options.out / "training" / f"{recipe.name}.pt"
    with named("train"):
        device = find_device(options.device)
    try:
        if options.validate:
            return _validate(recipe, options, device)
        if not options.overwrite:
            _check_free(options.out, recipe.name)
        for folder in (options.out, state_file.parent):
            remove_stale(folder)
        work = _train_titles if recipe.data in TEXT_DATASETS else _train_images
        model, card = work(recipe, options, device, state_file)
        save_checkpoint(model, card, options.out)
        state_file.unlink(missing_ok=True)
    except KeyboardInterrupt:
        kept = f"{state_file} keeps the last epoch; the same command goes on from there"
        print(f"interrupted; {kept if state_file.exists() else 'no epoch was finished'}", file=sys.stderr)
        return 130
    except OSError as error:
        raise InputError(f"train: cannot write below --out {str(options.out)!r} ({error})") from error
    print(f"{options.out / recipe.name}.safetensors: test accuracy {card.test_accuracy:.4f}")
    for name, share in card.baselines.items():
        print(f"  beside it {share:.4f}: {name}")
    if recipe.data not in TEXT_DATASETS:
        keep(Checkpoint(card, model), options.out)
    return 0


def _train_images(
    recipe: Recipe, options: Namespace, device: torch.device, state_file: Path
) -> tuple[nn.Module, Card]:
    train_set = load(recipe.data, True, options.data_root, options.download)
    test_set = load(recipe.data, False, options.data_root, options.download)
    model, tested = train(recipe, train_set, test_set, device, state_file, tqdm.write)
    epochs = recipe.epochs or dataset(recipe.data).epochs
    return model, card_of(recipe, epochs, train_set.shape, test_set, tested, device, {})


def _train_titles(
    recipe: Recipe, options: Namespace, device: torch.device, state_file: Path
) -> tuple[nn.Module, Card]:
    train_set, test_set = (load_titles(recipe.data, part, options.data_root) for part in (True, False))
    recipe.check(train_set, test_set)
    if test_set.dropped:
        tqdm.write(f"{test_set.dropped} test titles are training titles, too, and are left out")
    model = train_titles(recipe, train_set, device, state_file, tqdm.write)
    epochs, tested = recipe.epochs or text_dataset(recipe.data).epochs, title_accuracy(model, test_set)
    baselines = text_baselines(train_set, test_set)
    return model, card_of(recipe, epochs, (1, 0, model.features), test_set, tested, device, baselines)


def _validate(recipe: Recipe, options: Namespace, device: torch.device) -> int:
    if recipe.data not in TEXT_DATASETS:
        raise InputError("train: --validate is for titles; leave it out for images")
    titles = load_titles(recipe.data, True, options.data_root)
    recipe.check(titles, titles)
    found = validate(recipe, titles, device, tqdm.write)
    print(f"{recipe.command} --validate: {found:.4f} of the held-out titles")
    return 0


def card_of(
    recipe: Recipe, epochs: int, shape: Shape, test_set: Images | Titles, tested: float,
    device: torch.device, baselines: dict[str, float],
) -> Card:  # fmt: skip
    """What is known of a trained network, before its weights are written."""
    return Card(
        name=recipe.name,
        data=recipe.data,
        network=recipe.network,
        seed=recipe.seed,
        shape=shape,
        classes=test_set.classes,
        test_accuracy=tested,
        test_images=len(test_set),
        epochs=epochs,
        command=recipe.command,
        precision=recipe.precision,
        device=torch.cuda.get_device_name(device) if device.type == "cuda" else platform.machine(),
        versions={
            "python": platform.python_version(),
            "torch": torch.__version__,
            "torchvision": torchvision.__version__,
        },
        baselines=baselines,
    )


def _check_free(folder: Path, name: str) -> None:
    """Raise ``InputError``, before hours of work, if the checkpoint is there already."""
    there = [path for suffix in ("json", "safetensors") if (path := folder / f"{name}.{suffix}").exists()]
    if there:
        raise InputError(
            f"train: {there[0]} is there already; pass --out FOLDER to train it beside the other, "
            "or --overwrite to train it in its place"
        )
