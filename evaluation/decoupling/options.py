"""What the command ``decouple`` is told, checked before anything is done."""

import argparse
from dataclasses import dataclass
from pathlib import Path

from openbox.decoupling.gated import choose_layers
from openbox.decoupling.loss import Prices
from openbox.errors import InputError, UnknownNameError, named
from openbox.shapes import SEEDS
from openbox.zoo import Checkpoint, load_checkpoint

from .attacks import ATTACKS


@dataclass(frozen=True)
class Plan:
    """Everything that decides the numbers, and ``folder``, where they go."""

    checkpoints: tuple[Checkpoint, ...]
    rates: tuple[float, ...]
    layers: tuple[str, ...] | None
    prices: Prices
    epochs: int
    learning_rate: float
    seed: int
    images: int
    attacks: tuple[str, ...]
    epsilon: float
    folder: Path
    data_root: Path | None


def declare(parser: argparse.ArgumentParser) -> None:
    """Declare the options."""
    defaults = Prices()
    add = parser.add_argument
    add("--checkpoints", default="cifar10-vgg19-seed0,cifar10-resnet20-seed0", help="trained networks")
    add("--rates", default="0.75,0.5,0.25", help="share of its filters that a layer uses on average")
    add("--layers", default="all", help="which convolutions get a controller, by name")
    add("--information", type=float, default=defaults.information, help="price of masks that tell classes")
    add("--alignment", type=float, default=defaults.alignment, help="price of masks unlike their outputs")
    add("--sparsity", type=float, default=defaults.sparsity, help="price of a filter off the rate")
    add("--epochs", type=int, default=3, help="of training from the checkpoint, for each rate")
    add(
        "--learning-rate", type=float, default=0.02, help="of the network; controllers have ten times as much"
    )
    add("--seed", type=int, default=0, help="of attacks and detectors; training has the checkpoint's")
    add("--images", type=int, default=1000, help="images of each split that are measured on; 0: all")
    add("--attacks", default=",".join(ATTACKS), help="those that are to be detected, or none")
    add("--epsilon", type=float, default=8 / 255, help="how far fgsm and pgd may change a pixel")
    add("--out", type=Path, default=Path("runs/decouple"), help="folder of networks, facts and tables")
    add("--data-root", type=Path, help="where the data lie, else OPENBOX_DATA, else data/")


def read_plan(given: argparse.Namespace) -> Plan:
    """The plan that the options ask for; raises ``OpenBoxError``."""
    rates = tuple(_rate(word) for word in _words(given.rates))
    attacks = () if given.attacks == "none" else tuple(_words(given.attacks))
    for name in attacks:
        if name not in ATTACKS:
            raise UnknownNameError("attack", name, [*ATTACKS, "none"])
    for option in ("epochs", "images", "seed"):
        if not (option == "epochs") <= getattr(given, option) <= SEEDS:
            least = "1" if option == "epochs" else "0"
            raise InputError(f"decouple: --{option} {getattr(given, option)}; pass {least} or more")
    for option in ("information", "alignment", "sparsity", "learning_rate", "epsilon"):
        if not 0 <= getattr(given, option) < float("inf"):
            raise InputError(f"decouple: --{option.replace('_', '-')} must be 0 or more and finite")
    checkpoints = tuple(load_checkpoint(name) for name in _words(given.checkpoints))
    layers = None if given.layers == "all" else tuple(_words(given.layers))
    for checkpoint in checkpoints:
        with named(f"decouple --checkpoints {checkpoint.card.name}"):
            choose_layers(checkpoint.model, layers)
    return Plan(
        checkpoints, rates, layers, Prices(given.information, given.alignment, given.sparsity), given.epochs,
        given.learning_rate, given.seed, given.images, attacks, given.epsilon, given.out, given.data_root,
    )  # fmt: skip


def _words(text: str) -> list[str]:
    return [word.strip() for word in text.split(",") if word.strip()]


def _rate(word: str) -> float:
    try:
        rate = float(word)
    except ValueError:
        rate = -1.0
    if not 0 <= rate <= 1:
        raise InputError(f"decouple: --rates has {word!r}; pass shares from 0 to 1, such as 0.75,0.5")
    return rate
