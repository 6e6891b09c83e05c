"""The oracle against PyTorch itself, on every case: its values, its weights, and how clear its ties are."""

import numpy as np
import pytest
import torch
from cases import CASES, GENERIC
from opened import by_hand

ROUNDING = 1e-11  # of sums in float64, generously
DETACHED = ("branches and detach",)  # autograd stops where the network detaches
JACOBIAN = 1e-9
ROUNDED = {"hardsigmoid": 1e-7, "hardsigmoid layers": 1e-7}  # PyTorch's backward has 1/6 in float32
every_case = pytest.mark.parametrize("name", CASES)


@every_case
def test_the_map_gives_the_networks_output(name: str) -> None:
    model = CASES[name].model().double()
    for which, x in CASES[name].inputs().items():
        f = model(x.double()[None]).detach().flatten().numpy()
        ours = by_hand(name)[which].weight.reshape(len(f), -1) @ x.double().numpy().reshape(-1)
        error = np.abs(ours + by_hand(name)[which].bias - f).max()
        assert error <= 1e-10 * max(1.0, np.abs(f).max()), which


@every_case
def test_without_ties_the_weight_is_the_jacobian(name: str) -> None:
    model = CASES[name].model().double()
    for which in GENERIC:
        x, ours = CASES[name].inputs()[which].double()[None], by_hand(name)[which]
        if ours.ties == 0 and name not in DETACHED:
            jacobian = torch.autograd.functional.jacobian(lambda x: model(x.clone()).flatten(), x)
            assert isinstance(jacobian, torch.Tensor)
            error = np.abs(ours.weight - jacobian[:, 0].numpy()).max()
            assert error <= ROUNDED.get(name, JACOBIAN) * max(1.0, np.abs(ours.weight).max()), which


@every_case
def test_what_is_not_tied_is_clearly_not_tied(name: str) -> None:
    """Else the oracle and the library may count ties differently, and both be right."""
    for which, ours in by_hand(name).items():
        assert ours.gap > ROUNDING, which
