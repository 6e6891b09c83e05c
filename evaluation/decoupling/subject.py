"""``DecoupledSubject``: a decoupled network with what it is measured on."""

from collections.abc import Iterable
from dataclasses import dataclass

from torch import Tensor, nn

from openbox.decoupling.paths import joined, paths
from openbox.decoupling.training import DecouplingRecipe
from openbox.zoo.data import Images

from ..whole.facts import Fact, row


@dataclass(frozen=True)
class DecoupledSubject:
    """``original`` was trained, ``network`` is it with its controllers; both in eval mode on the CPU.

    ``recipe`` is how it was trained, ``setting`` says the rate. ``train`` and ``test`` are the first
    images of each split, so many as were asked for.
    """

    recipe: DecouplingRecipe
    setting: str
    original: nn.Module
    network: nn.Module
    train: Images
    test: Images

    @property
    def name(self) -> str:
        """The checkpoint's."""
        return self.recipe.checkpoint

    def row(
        self, table: str, item: str, metrics: Iterable[str], values: Iterable[float | None]
    ) -> list[Fact]:
        """The facts of one row of a table about this network."""
        return row(self.name, self.setting, table, item, metrics, values)


def path_vectors(model: nn.Module, x: Tensor) -> Tensor:
    """bool (N, filters of all gated layers)."""
    return joined(paths(model, x))
