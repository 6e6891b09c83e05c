"""Training one network of a study with one seed, watched epoch by epoch, or found trained."""

import json
from abc import ABC, abstractmethod
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Generic, TypeVar

import torch
from torch import nn
from tqdm import tqdm

from openbox.errors import CheckpointError, InputError
from openbox.zoo.checkpoints import Checkpoint, list_checkpoints, load_checkpoint, read_card, save_checkpoint
from openbox.zoo.data import Images, Titles
from openbox.zoo.networks import Shape
from openbox.zoo.training.command import card_of
from openbox.zoo.training.recipe import Recipe
from openbox.zoo.training.state import State

from ..files import write_by_rename
from ..whole.facts import Fact, row
from .study import ModelEntry, ModelsStudy

TABLE = "training"
METRICS = ("loss", "test accuracy", "borders per length")
Watched = tuple[float, float, float | None]  # of an epoch, as METRICS says
CPU = torch.device("cpu")
Data = TypeVar("Data", Images, Titles)


@dataclass(frozen=True)
class Trained(ABC, Generic[Data]):
    """A network of ``study`` with its ``seed``; its checkpoint and what was watched lie in ``folder``."""

    study: ModelsStudy
    entry: ModelEntry
    seed: int
    folder: Path
    data_root: Path | None

    @property
    def recipe(self) -> Recipe:
        """How it is trained."""
        return replace(self.entry.recipe, seed=self.seed)

    @property
    def setting(self) -> str:
        """The seed, as it is called in tables."""
        return f"seed {self.seed}"

    @property
    def command(self) -> str:
        """What trains it again, and all its settings."""
        command = f"python -m evaluation models --study {self.study.name} --models {self.entry.name}"
        return f"{command}  # {self.recipe.command}"

    @abstractmethod
    def data(self, train: bool) -> Data:
        """One split of the data set, whole."""

    @abstractmethod
    def begin(self, train_set: Data) -> State:
        """The recipe before its first epoch."""

    @abstractmethod
    def watch(self, model: nn.Module, test_set: Data) -> tuple[float, float | None]:
        """Test accuracy, and the borders per length around test data."""

    @abstractmethod
    def shape(self, model: nn.Module, train_set: Data) -> Shape:
        """That of one input, as a card says it."""

    def checkpoint(self) -> Checkpoint:
        """The trained network; raises ``CheckpointError`` or ``UnknownNameError`` if there is none."""
        return load_checkpoint(self.recipe.name, self.folder)

    def train(self) -> list[Fact]:
        """Train it unless it is, going on after the last finished epoch, and write the checkpoint.

        Returns a row for each epoch. Raises ``InputError`` for settings that cannot work, and
        ``CheckpointError`` for a checkpoint of other settings, which is work to be kept.
        """
        recipe = self.recipe
        state, log = (self.folder / "training" / f"{recipe.name}.{kind}" for kind in ("pt", "json"))
        if recipe.name in list_checkpoints(self.folder):
            if read_card(recipe.name, self.folder).command != self.command or not log.exists():
                raise CheckpointError(
                    f"{self.folder / recipe.name}.json is of other settings; choose another --out, "
                    "or remove it"
                )
            return self._facts(_watched(log))
        train_set, test_set = self.data(True), self.data(False)
        recipe.check(train_set, test_set)
        run = self.begin(train_set)
        state.parent.mkdir(parents=True, exist_ok=True)
        watched = _watched(log)[: run.epoch] if run.load(state) else []
        while run.epoch < run.epochs:
            watched.append(self._epoch(run, test_set))
            said = json.dumps(watched)
            write_by_rename("models", log, lambda partial, said=said: partial.write_text(said))
            run.save(state)
        model = run.model.to(memory_format=torch.contiguous_format).eval()
        card = card_of(recipe, run.epochs, self.shape(model, train_set), test_set, watched[-1][1], CPU, {})
        save_checkpoint(model, replace(card, command=self.command), self.folder)
        state.unlink(missing_ok=True)
        tqdm.write(f"{recipe.name}: test accuracy {card.test_accuracy:.4f}")
        return self._facts(watched)

    def _epoch(self, run: State, test_set: Data) -> Watched:
        loss = run.run_epoch()
        if not loss < float("inf"):
            raise InputError(
                f"{self.recipe.name}: loss {loss} after epoch {run.epoch}; lower its learning_rate"
            )
        return loss, *self.watch(run.model, test_set)

    def _facts(self, watched: list[Watched]) -> list[Fact]:
        return [
            fact
            for epoch, values in enumerate(watched, 1)
            for fact in row(self.entry.name, self.setting, TABLE, str(epoch), METRICS, values)
        ]


def _watched(log: Path) -> list[Watched]:
    return [tuple(epoch) for epoch in json.loads(log.read_text())]
