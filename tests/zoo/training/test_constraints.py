"""The constraints NS and the prices of a run: what is projected is nearest, what is trained obeys."""

from dataclasses import replace

import numpy as np
import pytest
import torch
from scipy.optimize import minimize
from torch import nn

from openbox.errors import InputError
from openbox.zoo import load
from openbox.zoo.training.constrained import ConstrainedRecipe, ConstrainedRun
from openbox.zoo.training.constraints import constrained_weights, project

RECIPE = ConstrainedRecipe(
    "digits", "dense(width=8,norm=false,raw=true)", epochs=1, learning_rate=0.05, title="x"
)


@pytest.mark.parametrize("budget", [0.5, 2.0, 100.0])
def test_the_projection_is_the_nearest_point_of_a_quadratic_programme(budget: float) -> None:
    rows = torch.randn(6, 5, generator=torch.Generator().manual_seed(0), dtype=torch.float64)
    rows[5] = -rows[5].abs()  # nothing of it is allowed
    found = project(rows, budget)
    for row, mine in zip(rows.numpy(), found.numpy(), strict=True):
        theirs = minimize(
            lambda w, row=row: ((w - row) ** 2).sum(), np.full(5, 0.01), jac=lambda w, row=row: 2 * (w - row),
            bounds=[(0, None)] * 5, constraints={"type": "ineq", "fun": lambda w: budget - w.sum()},
            method="SLSQP", options={"ftol": 1e-14, "maxiter": 500},
        )  # fmt: skip
        np.testing.assert_allclose(mine, theirs.x, atol=1e-6)
    assert torch.allclose(project(found, budget), found), "what obeys stays"
    assert torch.equal(project(rows, 0), rows.clamp(min=0)), "without a budget only the signs count"


def trained(recipe: ConstrainedRecipe) -> nn.Module:
    run = ConstrainedRun(recipe, load("digits", True), torch.device("cpu"))
    run.run_epoch()
    return run.model


@pytest.mark.parametrize(("layers", "count"), [("hidden", 2), ("all", 3)])
def test_a_trained_network_obeys(layers: str, count: int) -> None:
    model = trained(replace(RECIPE, non_negative=layers, budget=1.5))
    weights = constrained_weights(model, layers)
    assert len(weights) == count
    for weight in weights:
        assert float(weight.detach().min()) >= 0
        assert float(weight.detach().sum(1).max()) <= 1.5 + 1e-5
    assert any(float(p.detach().min()) < 0 for p in model.parameters()), "biases may be negative"


def test_a_price_on_weights_makes_them_smaller() -> None:
    def total(l1: float) -> float:
        return sum(float(p.detach().abs().sum()) for p in trained(replace(RECIPE, l1=l1)).parameters())

    assert total(0.05) < 0.8 * total(0.0)


def test_the_adversary_raises_the_loss_within_the_box_and_by_no_more_than_it_may() -> None:
    run = ConstrainedRun(replace(RECIPE, adversarial=0.1), load("digits", True), torch.device("cpu"))
    x, labels = run.images.batch(slice(0, 64)), run.images.labels[:64]
    changed = run._changed(x, labels)
    assert float((changed - x).abs().max()) <= 0.1 + 1e-6
    assert float(changed.min()) >= 0
    assert float(changed.max()) <= 1
    before, after = (nn.functional.cross_entropy(run.model(some), labels) for some in (x, changed))
    assert float(after.detach()) > float(before.detach())


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"non_negative": "first"}, "x: non_negative 'first'; pass hidden, all or nothing"),
        ({"l1": -1.0}, "x: l1 is -1.0; pass a number of 0 or more"),
        ({"budget": 1.0}, "x: a budget needs non_negative"),
    ],
)
def test_settings_that_mean_nothing_are_refused(change: dict, message: str) -> None:
    with pytest.raises(InputError, match=message):
        replace(RECIPE, **change).check_prices()
