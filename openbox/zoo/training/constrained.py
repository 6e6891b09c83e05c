"""``ConstrainedRun``: a network in training with a price, a constraint or an adversary."""

from dataclasses import dataclass

import torch
from torch import Tensor, nn

from openbox.errors import InputError
from openbox.zoo.data import Images
from openbox.zoo.training.constraints import ALL, HIDDEN, constrain
from openbox.zoo.training.recipe import Recipe
from openbox.zoo.training.run import Run

LAYERS = ("", HIDDEN, ALL)


@dataclass(frozen=True)
class ConstrainedRecipe(Recipe):
    """``l1``: price of the sum of all weights' sizes; ``adversarial``: how far one step of FGSM changes each
    pixel of what is trained on (Goodfellow et al. 2015), 0 for none; ``non_negative``: which layers' weights
    are so after each step, ``hidden``, ``all`` or none; ``budget``: the most that those of a unit sum to,
    0 for any; ``shifted``: whether images are moved about, as the data set says, which a network without
    convolutions cannot follow. ``title`` names the network, whose architecture ``network`` spells.
    """

    precision: str = "float32"
    title: str = ""
    l1: float = 0.0
    adversarial: float = 0.0
    non_negative: str = ""
    budget: float = 0.0
    shifted: bool = True

    @property
    def name(self) -> str:
        """data-title-seedN."""
        return f"{self.data}-{self.title}-seed{self.seed}"

    @property
    def command(self) -> str:
        """All settings: what tells this run from others."""
        return repr(self)

    def check_prices(self) -> None:
        """Raise ``InputError`` for settings that mean nothing."""
        if self.non_negative not in LAYERS:
            raise InputError(f"{self.title}: non_negative {self.non_negative!r}; pass hidden, all or nothing")
        for setting in ("l1", "adversarial", "budget"):
            value = getattr(self, setting)
            if not isinstance(value, int | float) or not 0 <= value < float("inf"):
                raise InputError(f"{self.title}: {setting} is {value!r}; pass a number of 0 or more")
        if self.budget and not self.non_negative:
            raise InputError(f"{self.title}: a budget needs non_negative, hidden or all")


class ConstrainedRun(Run):
    """Each epoch's random numbers depend on the seed and the epoch alone, so that it can be gone on from."""

    recipe: ConstrainedRecipe

    def __init__(self, recipe: ConstrainedRecipe, images: Images, device: torch.device) -> None:
        super().__init__(recipe, images, device)
        if not recipe.shifted:
            self.shift, self.flip = 0, False

    def run_epoch(self) -> float:
        with torch.random.fork_rng(devices=[]):
            torch.manual_seed(self.recipe.seed * 1_000 + self.epoch)
            return super().run_epoch()

    def _changed(self, x: Tensor, labels: Tensor) -> Tensor:
        """One step of FGSM away from the label, within [0, 1]."""
        if not self.recipe.adversarial:
            return x
        x = x.detach().requires_grad_()
        loss = nn.functional.cross_entropy(self.model(x), labels)
        (slope,) = torch.autograd.grad(loss, x)
        return (x.detach() + self.recipe.adversarial * slope.sign()).clamp(0, 1)

    def _loss(self, logits: Tensor, labels: Tensor) -> Tensor:
        loss = super()._loss(logits, labels)
        if not self.recipe.l1:
            return loss
        return loss + self.recipe.l1 * sum(p.abs().sum() for p in self.model.parameters() if p.ndim > 1)

    def _stepped(self) -> None:
        if self.recipe.non_negative:
            constrain(self.model, self.recipe.non_negative, self.recipe.budget)
