"""Each fill is what it says, for each image by itself."""

import numpy as np
import pytest
import torch
from score_cases import random_tensor

from evaluation.case import Context, generators
from evaluation.fills import FILLS

X = random_tensor(0, 3, 2, 16, 24)
CONTEXT = Context(torch.tensor([0.25, 0.75]), torch.zeros(1, 2, 16, 24, dtype=torch.uint8), X)


@pytest.mark.parametrize("name", FILLS)
def test_a_fill_has_draws_and_does_not_depend_on_the_batch(name: str) -> None:
    fill = FILLS[name]
    found = fill.make(X, CONTEXT, (5, 6, 7), 2)
    assert found.shape == (2 if fill.random else 1, 3, 2, 16, 24)
    assert found.dtype == X.dtype
    assert 0 <= float(found.min()) <= float(found.max()) <= 1
    torch.testing.assert_close(fill.make(X[1:2], CONTEXT, (6,), 2), found[:, 1:2], rtol=0, atol=1e-15)


def test_constants() -> None:
    assert not FILLS["zero"].make(X, CONTEXT, (5, 6, 7), 1).any()
    mean = FILLS["mean"].make(X, CONTEXT, (5, 6, 7), 1)
    assert bool((mean[0, :, 0] == 0.25).all())
    assert bool((mean[0, :, 1] == 0.75).all())


def test_noise_is_uniform_independent_and_the_seed_s() -> None:
    noise = FILLS["noise"].make(X, CONTEXT, (5, 6, 5), 20).flatten(2)  # (20, 3, d)
    assert torch.equal(noise[:, 0], noise[:, 2])
    correlation = torch.corrcoef(torch.cat([noise[:, 0], noise[:, 1]]))
    assert float((correlation - torch.eye(40)).abs().max()) < 5 / 768**0.5
    counts = torch.histc(noise[:, :2], 10, 0, 1) / noise[:, :2].numel()
    assert float((counts - 0.1).abs().max()) < 0.01


def test_noise_is_not_what_decides_the_order_of_ties() -> None:
    """That is drawn by the generators of the seeds themselves."""
    (noise,) = FILLS["noise"].make(X[:1], CONTEXT, (5,), 1)
    (generator,) = generators((5,))
    assert not torch.equal(noise[0], torch.rand(X[0].shape, generator=generator))


def test_blur_is_a_gaussian_of_an_eighth_of_the_side() -> None:
    """Plain loops over a reflected border; the weights are cut off at three standard deviations."""
    found = FILLS["blur"].make(X, CONTEXT, (5, 6, 7), 1)[0, 1, 0].numpy()
    image, sigma, radius = X[1, 0].numpy(), 2.0, 6
    line = np.array([np.exp(-(i**2) / (2 * sigma**2)) for i in range(-radius, radius + 1)])
    line /= line.sum()

    def reflected(i: int, side: int) -> int:
        i = abs(i)
        return i if i < side else 2 * (side - 1) - i

    for i, j in ((0, 0), (7, 11), (15, 3), (2, 23)):
        total = 0.0
        for a in range(-radius, radius + 1):
            for b in range(-radius, radius + 1):
                total += (
                    line[a + radius] * line[b + radius] * image[reflected(i + a, 16), reflected(j + b, 24)]
                )
        assert found[i, j] == pytest.approx(total, abs=1e-12)
