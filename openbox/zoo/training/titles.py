"""Training on titles: on all of the training set, or on nine tenths of it, to choose settings by the rest."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import torch

from openbox.zoo.data import Titles
from openbox.zoo.title_reader import TitleReader
from openbox.zoo.training.recipe import Recipe
from openbox.zoo.training.title_run import TitleRun, title_accuracy

HELD_OUT = 0.1
_SPLIT = 1234  # the seed of the split: the same for all settings, and whatever the seed of the run


def train_titles(
    recipe: Recipe, titles: Titles, device: torch.device, state_file: Path, report: Callable[[str], None]
) -> TitleReader:
    """Run the recipe, going on from ``state_file`` if it belongs to the same recipe.

    Returns the network in eval mode on the CPU. The test set is not looked at.
    """
    run = TitleRun(recipe, titles, device)
    state_file.parent.mkdir(parents=True, exist_ok=True)  # before the work, not after it
    if run.load(state_file):
        report(f"going on after epoch {run.epoch} ({state_file})")
    while run.epoch < run.epochs:
        loss = run.run_epoch()
        report(f"epoch {run.epoch}/{run.epochs}  loss {loss:.4f}")
        run.save(state_file)
    run.model.eval().cpu()
    return run.model


def validate(recipe: Recipe, titles: Titles, device: torch.device, report: Callable[[str], None]) -> float:
    """Train on nine tenths of the titles; the accuracy on the others, by which settings are chosen."""
    kept, held_out = hold_out(titles)
    run, found = TitleRun(recipe, kept, device), 0.0
    while run.epoch < run.epochs:
        loss = run.run_epoch()
        found = title_accuracy(run.model, held_out)
        report(f"epoch {run.epoch}/{run.epochs}  loss {loss:.4f}  held out {found:.4f}")
    return found


def hold_out(titles: Titles) -> tuple[Titles, Titles]:
    """The titles to train on, and those that are held out."""
    order = torch.randperm(len(titles), generator=torch.Generator().manual_seed(_SPLIT))
    parts = order.split([len(titles) - round(HELD_OUT * len(titles)), round(HELD_OUT * len(titles))])
    kept, held_out = (
        replace(titles, texts=tuple(titles.texts[i] for i in part.tolist()), labels=titles.labels[part])
        for part in parts
    )
    return kept, held_out
