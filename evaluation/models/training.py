"""Training one network of a study with one seed, watched epoch by epoch, or found trained."""

import copy
import json
from dataclasses import dataclass, replace
from pathlib import Path

import torch
from torch import nn
from tqdm import tqdm

import openbox
from openbox.errors import CheckpointError, InputError
from openbox.zoo.checkpoints import Checkpoint, list_checkpoints, load_checkpoint, read_card, save_checkpoint
from openbox.zoo.data import Images, load
from openbox.zoo.training.command import accuracy, card_of
from openbox.zoo.training.constrained import ConstrainedRecipe, ConstrainedRun

from ..files import write_by_rename
from ..whole.facts import Fact, row
from .study import ModelEntry, ModelsStudy

TABLE = "training"
METRICS = ("loss", "test accuracy", "borders per length")
LENGTH = 1.0  # of the segments around images, in the l2 norm of pixels in [0, 1]
Watched = tuple[float, float, float | None]  # of an epoch, as METRICS says
_CPU = torch.device("cpu")


@dataclass(frozen=True)
class Trained:
    """A network of ``study`` with its ``seed``; its checkpoint and what was watched lie in ``folder``."""

    study: ModelsStudy
    entry: ModelEntry
    seed: int
    folder: Path
    data_root: Path | None

    @property
    def recipe(self) -> ConstrainedRecipe:
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

    def data(self, train: bool) -> Images:
        """One split of the data set, whole."""
        return load(self.study.data, train, self.data_root)

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
        recipe.check_batch(len(train_set))
        run = ConstrainedRun(recipe, train_set, _CPU)
        state.parent.mkdir(parents=True, exist_ok=True)
        watched = _watched(log)[: run.epoch] if run.load(state) else []
        while run.epoch < run.epochs:
            watched.append(self._epoch(run, test_set))
            said = json.dumps(watched)
            write_by_rename("models", log, lambda partial, said=said: partial.write_text(said))
            run.save(state)
        model = run.model.to(memory_format=torch.contiguous_format).eval()
        card = card_of(recipe, run.epochs, train_set.shape, test_set, watched[-1][1], _CPU, {})
        save_checkpoint(model, replace(card, command=self.command), self.folder)
        state.unlink(missing_ok=True)
        tqdm.write(f"{recipe.name}: test accuracy {card.test_accuracy:.4f}")
        return self._facts(watched)

    def _epoch(self, run: ConstrainedRun, test_set: Images) -> Watched:
        loss = run.run_epoch()
        if not loss < float("inf"):
            raise InputError(
                f"{self.recipe.name}: loss {loss} after epoch {run.epoch}; lower its learning_rate"
            )
        tested = accuracy(run.model, test_set, _CPU)
        return loss, tested, density(run.model, test_set, self.study.sampling.density)

    def _facts(self, watched: list[Watched]) -> list[Fact]:
        return [
            fact
            for epoch, values in enumerate(watched, 1)
            for fact in row(self.entry.name, self.setting, TABLE, str(epoch), METRICS, values)
        ]


def density(model: nn.Module, images: Images, count: int) -> float | None:
    """Borders of regions per unit of length on segments through the first ``count`` images, exactly.

    Each is centred on its image and ``LENGTH`` long, in a direction drawn by the number of the image
    (Patel, Montufar, ICML 2025, count on such segments, too). None for no images.
    """
    if not count:
        return None
    x = images.batch(slice(0, count)).double()
    net = openbox.capture(copy.deepcopy(model).to(memory_format=torch.contiguous_format), x[:1].float())
    borders = 0
    for number, one in enumerate(x):
        generator = torch.Generator().manual_seed(number)
        direction = torch.randn(one.shape, generator=generator, dtype=torch.float64)
        step = direction / direction.norm() * LENGTH / 2
        borders += len(net.segment(one - step, one + step).region_ids) - 1
    return borders / (LENGTH * len(x))


def _watched(log: Path) -> list[Watched]:
    return [tuple(epoch) for epoch in json.loads(log.read_text())]
