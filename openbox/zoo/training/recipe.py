"""``Recipe``: everything that decides the result of a training run."""

import shlex
from dataclasses import dataclass
from pathlib import Path

from openbox.errors import InputError
from openbox.shapes import SEEDS
from openbox.zoo.data import FOLDER_PREFIX, Images, Titles


@dataclass(frozen=True)
class Recipe:
    """The settings of one run; ``epochs`` 0 means the data set's default."""

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
        """The checkpoint's name: data-network-seedN; that of own pictures begins with ``folder-``."""
        data = (
            "folder-" + Path(self.data.removeprefix(FOLDER_PREFIX)).resolve().name
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
            if getattr(self, key) != getattr(type(self), key):
                words.append(f"--{key.replace('_', '-')} {getattr(self, key)}")
        return " ".join(words)

    def check_batch(self, count: int) -> None:
        """Raise ``InputError`` if ``count`` images are less than a batch."""
        if self.batch_size > count:
            raise InputError(
                f"train: --batch-size {self.batch_size}, but there are {count} training images; "
                f"pass --batch-size {max(1, min(32, count // 4))} and a smaller --learning-rate"
            )

    def check(self, train_set: Images | Titles, test_set: Images | Titles) -> None:
        """Raise ``InputError`` for settings that cannot work on these images or titles."""
        if self.epochs < 0:
            raise InputError(f"train: {self.epochs} epochs; pass 1 or more, or 0 for the default")
        if self.batch_size < 1:
            raise InputError(f"train: --batch-size {self.batch_size}; pass 1 or more")
        if not 0 <= self.seed <= SEEDS:
            raise InputError(f"train: --seed {self.seed}; pass 0 to {SEEDS}")
        if not (self.learning_rate > 0 and self.weight_decay >= 0):
            raise InputError("train: the learning rate must be positive, the weight decay not negative")
        if train_set.classes != test_set.classes:
            raise InputError(
                f"train: the training classes {train_set.classes} and the test classes {test_set.classes} "
                "differ, so a label would mean two things; give both splits the same class folders"
            )


@dataclass(frozen=True)
class TitleRecipe(Recipe):
    """The settings of a run on titles, with defaults that held-out training titles chose (``--validate``)."""

    batch_size: int = 256
    learning_rate: float = 6e-3
    weight_decay: float = 0.03
    precision: str = "float32"

    def check(self, train_set: Images | Titles, test_set: Images | Titles) -> None:
        super().check(train_set, test_set)
        if self.precision != "float32":
            raise InputError(f"train: --precision {self.precision}; readers of titles train in float32")
