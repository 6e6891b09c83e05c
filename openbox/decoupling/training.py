"""``DecouplingRun``: a trained network learns paths, epoch by epoch."""

from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import torch
from safetensors import SafetensorError, safe_open
from safetensors.torch import save
from torch import Tensor, nn

from openbox.decoupling.gated import decouple, gated_layers
from openbox.decoupling.loss import Prices, fresh_readers, loss_parts
from openbox.errors import CheckpointError
from openbox.files import write_by_rename
from openbox.zoo.data import Images
from openbox.zoo.training.recipe import Recipe
from openbox.zoo.training.run import Run

_FASTER = 10  # controllers and readers are new and the network is not: so much faster they learn
_FALL = 0.6  # of the steps, over which the rate falls from 1 to what is asked for: few epochs need that


@dataclass(frozen=True)
class DecouplingRecipe(Recipe):
    """The settings of one run, which goes on from a trained network, at a lower ``learning_rate``.

    ``layers`` get a controller, None for all that can have one. ``weights`` is the sha256 of that network.
    """

    epochs: int = 3
    learning_rate: float = 0.02
    precision: str = "float32"
    prices: Prices = field(default_factory=Prices)
    layers: tuple[str, ...] | None = None
    weights: str = ""

    @property
    def name(self) -> str:
        """That of the checkpoint, and the rate."""
        return f"{self.checkpoint}-rate{self.prices.rate:g}"

    @property
    def checkpoint(self) -> str:
        """The name of the trained network."""
        return super().name

    @property
    def command(self) -> str:
        """What tells this run from others: all settings."""
        return repr(self)


class _Taught(nn.Module):
    """The network in training, and the readers of its masks, which training throws away."""

    def __init__(self, network: nn.Module, classes: int, seed: int) -> None:
        super().__init__()
        self.network = network
        layers = gated_layers(network).values()
        self.readers = fresh_readers([layer.filters for layer in layers], classes, seed)

    def forward(self, x: Tensor) -> Tensor:
        return self.network(x)


class DecouplingRun(Run):
    """A copy of the trained ``model`` under way on ``device``; augmentation and schedule as in ``Run``."""

    recipe: DecouplingRecipe

    def __init__(
        self, recipe: DecouplingRecipe, images: Images, device: torch.device, model: nn.Module
    ) -> None:
        self.taught = _Taught(fresh(recipe, model), len(images.classes), recipe.seed)
        super().__init__(recipe, images, device, self.taught)

    @property
    def network(self) -> nn.Module:
        """The decoupled network, as far as it is trained."""
        return self.taught.network

    def run_epoch(self) -> float:
        """As ``Run``; the noise of the masks depends on the seed and the epoch alone."""
        with torch.random.fork_rng(devices=[]):
            torch.manual_seed(self.recipe.seed * 1_000 + self.epoch)
            return super().run_epoch()

    def _groups(self, recipe: Recipe, model: nn.Module) -> list[dict[str, Any]]:
        new, old = [], nn.ParameterList()
        for name, parameter in model.named_parameters():
            added = ".controller." in name or name.startswith("readers.")
            (new if added else old).append(parameter)
        rate = _FASTER * recipe.learning_rate
        return [*super()._groups(recipe, old), {"params": new, "lr": rate, "weight_decay": 0.0}]

    def _loss(self, logits: Tensor, labels: Tensor) -> Tensor:
        signals = [layer.signals for layer in gated_layers(self.network).values()]
        there = [one for one in signals if one is not None]
        done = self.scheduler.last_epoch / (self.epochs * self.batches)
        prices = self.recipe.prices
        rate = 1 - (1 - prices.rate) * min(1.0, done / _FALL)
        return loss_parts(logits, labels, there, list(self.taught.readers), rate).total(prices)


def fresh(recipe: DecouplingRecipe, model: nn.Module) -> nn.Module:
    """``model`` with untrained controllers, drawn by the recipe's seed."""
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(recipe.seed)
        return decouple(model, recipe.layers)


def train_paths(
    recipe: DecouplingRecipe, model: nn.Module, images: Images, device: torch.device, folder: Path,
    report: Callable[[str], None],
) -> nn.Module:  # fmt: skip
    """The decoupled network in eval mode on the CPU: read from ``folder``, or trained and put there.

    A run that was broken off goes on after its last epoch. Raises ``CheckpointError`` if the file is there
    and of other settings, which may be hours of work.
    """
    there, state = folder / f"{recipe.name}.safetensors", folder / f"{recipe.name}.pt"
    if there.exists():
        return load_decoupled(recipe, model, there)
    folder.mkdir(parents=True, exist_ok=True)
    run = DecouplingRun(recipe, images, device, model)
    if run.load(state):
        report(f"{recipe.name}: going on after epoch {run.epoch}")
    while run.epoch < run.epochs:
        loss = run.run_epoch()
        report(f"{recipe.name}: epoch {run.epoch}/{run.epochs}  loss {loss:.4f}")
        run.save(state)
    tensors = {key: value.cpu().contiguous() for key, value in run.network.state_dict().items()}
    data = save(tensors, _about(recipe))
    write_by_rename(there, lambda partial: partial.write_bytes(data))
    state.unlink(missing_ok=True)
    return load_decoupled(recipe, model, there)


def load_decoupled(recipe: DecouplingRecipe, model: nn.Module, path: Path) -> nn.Module:
    """The network of a file of ``train_paths``.

    Raises ``CheckpointError`` for one that is missing, damaged, or of other settings.
    """
    network = fresh(recipe, model)
    try:
        with safe_open(path, "pt") as file:
            if file.metadata() != _about(recipe):
                raise CheckpointError(f"{path} is of other settings; keep it elsewhere, or remove it")
            network.load_state_dict({key: file.get_tensor(key) for key in file.keys()})  # noqa: SIM118
    except (SafetensorError, RuntimeError, OSError) as error:
        raise CheckpointError(f"{path} is no decoupled network ({error}); remove it") from error
    return network.eval().requires_grad_(False)


def _about(recipe: DecouplingRecipe) -> dict[str, str]:
    return {"recipe": recipe.command}
