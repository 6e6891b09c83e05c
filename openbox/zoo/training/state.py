"""``State``: a network in training between two epochs, as it is saved and gone on from."""

from abc import ABC, abstractmethod
from collections.abc import Callable
from pathlib import Path
from pickle import UnpicklingError
from typing import Any

import torch
from torch import nn

from openbox.errors import CheckpointError
from openbox.files import write_by_rename
from openbox.zoo.training.recipe import Recipe

_PARTS = ("model", "optimizer", "scheduler")


class State(ABC):
    """``epoch`` counts the finished ones of ``epochs``; ``rate(step)`` is the share of the learning rate."""

    def __init__(
        self, recipe: Recipe, epochs: int, model: nn.Module, optimizer: torch.optim.Optimizer,
        rate: Callable[[int], float],
    ) -> None:  # fmt: skip
        self.recipe, self.epochs, self.epoch = recipe, epochs, 0
        self.model, self.optimizer = model, optimizer
        self.scheduler = torch.optim.lr_scheduler.LambdaLR(optimizer, rate)
        self.generator = torch.Generator().manual_seed(recipe.seed)

    @abstractmethod
    def run_epoch(self) -> float:
        """Train one epoch with a progress bar; returns the mean loss."""

    def save(self, path: Path) -> None:
        """Write the state, renamed into place."""
        state = {"command": self.recipe.command, "epoch": self.epoch}
        state |= {name: getattr(self, name).state_dict() for name in _PARTS}
        state |= {"generator": self.generator.get_state()}
        write_by_rename(path, lambda partial: torch.save(state, partial))

    def load(self, path: Path) -> bool:
        """Go on from a saved state if there is one of the same recipe; raises ``CheckpointError``."""
        if not path.exists():
            return False
        state = _read(path)
        if state["command"] != self.recipe.command:
            return False
        for name in _PARTS:
            getattr(self, name).load_state_dict(state[name])
        self.generator.set_state(state["generator"])
        self.epoch = state["epoch"]
        return True


def _read(path: Path) -> dict[str, Any]:
    try:
        return torch.load(path, weights_only=True, map_location="cpu")
    except (RuntimeError, EOFError, UnpicklingError) as error:
        raise CheckpointError(
            f"train: {path} is no state of an interrupted run; remove it to begin anew"
        ) from error
