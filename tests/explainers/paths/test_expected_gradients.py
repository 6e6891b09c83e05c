"""Expected gradients: complete in the limit, and what captum says on a fresh model."""

import numpy as np
import torch
from captum.attr import GradientShap
from explainer_cases import noise
from plain_nets import plain_cnn

from openbox.explainers import create
from openbox.explainers.method import image_seed
from openbox.explainers.paths.expected_gradients import DrawSettings


def test_they_add_up_the_better_the_more_are_drawn() -> None:
    model, x, references = plain_cnn(), noise(1, (1, 8, 8)), noise(6, (1, 8, 8), 3)
    gaps = []
    for samples in (10, 20_000):
        found = create("expected_gradients", model, references, settings=DrawSettings(samples)).explain(x, 2)
        numbers = found.receipt.numbers
        gaps.append(float(numbers["gap"].abs() / (numbers["score"] - numbers["base"]).abs()))
    assert gaps[1] < 0.05
    assert gaps[1] < gaps[0]


def test_it_is_captum_s_own_call() -> None:
    model, x, references = plain_cnn(), noise(1, (1, 8, 8)), noise(6, (1, 8, 8), 3)
    found = create("expected_gradients", model, references, settings=DrawSettings(20)).explain(x, 2)
    seed = image_seed(0, "expected_gradients", x[0])
    state = np.random.get_state()
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(seed)
        np.random.seed(seed)
        theirs = GradientShap(plain_cnn()).attribute(x, references, n_samples=20, target=2)
    np.random.set_state(state)
    torch.testing.assert_close(found.values, theirs.detach())
