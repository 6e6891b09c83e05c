"""The table of attacks, all of them foolbox's own."""

import warnings
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import torch
from torch import Tensor, nn

from openbox.errors import InputError


@dataclass(frozen=True)
class Attack:
    """``build()`` makes foolbox's attack; ``bounded``: by a largest change of each pixel, else it goes as far
    as it needs, and ``setting`` says how long it looks.
    """

    build: Callable[[], Any]
    bounded: bool
    setting: str


def _kit() -> Any:
    try:
        with warnings.catch_warnings():  # foolbox 3.3.4 asks SciPy for a name that has moved
            warnings.simplefilter("ignore", DeprecationWarning)
            import foolbox  # an extra: nothing else needs it
    except ImportError as error:
        raise InputError(
            "decouple: attacks need foolbox; pip install 'openbox-explain[attacks]', or pass --attacks none"
        ) from error
    return foolbox


ATTACKS: dict[str, Attack] = {
    "fgsm": Attack(lambda: _kit().attacks.LinfFastGradientAttack(), True, "one step"),
    "pgd": Attack(lambda: _kit().attacks.LinfProjectedGradientDescentAttack(steps=10), True, "10 steps"),
    "deepfool": Attack(lambda: _kit().attacks.L2DeepFoolAttack(steps=50), False, "50 steps at most"),
    "cw": Attack(
        lambda: _kit().attacks.L2CarliniWagnerAttack(
            binary_search_steps=4, steps=100, stepsize=0.01, initial_const=0.1
        ),
        False, "4 constants, 100 steps each",
    ),
}  # fmt: skip


def attack(
    name: str, model: nn.Module, x: Tensor, labels: Tensor, epsilon: float, seed: int
) -> tuple[Tensor, Tensor]:
    """The changed images (N, C, H, W) in [0, 1], and whether each changed the class: bool (N,).

    ``epsilon``: how far a bounded attack may change a pixel.
    """
    entry = ATTACKS[name]
    kit = _kit()
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(seed)
        fooled = kit.PyTorchModel(model.eval(), bounds=(0, 1), device="cpu")
        _, changed, success = entry.build()(fooled, x, labels, epsilons=epsilon if entry.bounded else None)
    return changed.detach(), success
