"""Insertion is the LeRF curve over the same fill, read backwards; and it has its own known answers."""

from itertools import pairwise

import numpy as np
import pytest
import torch
from score_cases import case, part, random_tensor, small_network

from evaluation.fills import blurred
from evaluation.scores import flip
from evaluation.scores.insertion import SCORE, InsertionSettings, measure
from openbox.errors import InputError


def wave(x: torch.Tensor, target: torch.Tensor, seed: int) -> torch.Tensor:
    return torch.sin(37 * x + seed)


@pytest.mark.parametrize(("patch", "batch"), [(1, 256), (2, 7)])
def test_insertion_is_lerf_backwards(patch: int, batch: int) -> None:
    of = case(small_network(), random_tensor(1, 3, 2, 8, 8), wave, batch)
    (found,) = measure(of, InsertionSettings(8, patch))
    settings = flip.FlipSettings(8, patch, fills=("blur",), spaces=("probability",))
    (lerf,) = [m for m in flip.measure(of, settings) if m.metric == "lerf"]
    assert found.curves is not None
    assert lerf.curves is not None
    torch.testing.assert_close(found.curves, lerf.curves.flip(1), rtol=0, atol=1e-12)
    torch.testing.assert_close(found.values, lerf.values, rtol=0, atol=1e-12)
    assert float(found.curves.std(1).min()) > 0


def test_the_curve_is_that_of_plain_loops() -> None:
    of = case(small_network(), random_tensor(1, 2, 2, 8, 8), wave)
    (found,) = measure(of, InsertionSettings(steps=64))
    for n in range(2):
        x, image = of.x[n].numpy(), blurred(of.x)[n].numpy().copy()
        relevance = of.explanation.values[n].numpy().sum(0)
        places = sorted(np.ndindex(8, 8), key=lambda at: -relevance[at])
        curve = []
        for at in [None, *places]:
            if at is not None:
                image[:, at[0], at[1]] = x[:, at[0], at[1]]
            z = of.model(torch.from_numpy(image)[None])[0].numpy()
            curve.append(np.exp(z[of.target[n]] - np.log(np.exp(z).sum())))
        assert found.curves is not None
        np.testing.assert_allclose(found.curves[n].numpy(), curve, atol=1e-12)
        area = sum((a + b) / 2 for a, b in pairwise(curve)) / 64
        assert float(found.values[n]) == pytest.approx(area, abs=1e-12)


def test_it_starts_blurred_and_ends_with_the_image() -> None:
    of = case(small_network(), random_tensor(1, 3, 2, 8, 8), wave)
    (found,) = measure(of, InsertionSettings())
    assert (found.metric, found.order, found.fill, found.space) == ("insertion", "", "blur", "probability")
    assert found.metric in SCORE.metrics
    for images, step in ((blurred(of.x), 0), (of.x, -1)):
        expected = of.logits(images).softmax(1).gather(1, of.target[:, None])[:, 0]
        assert found.curves is not None
        torch.testing.assert_close(found.curves[:, step], expected)


def test_images_do_not_meet_each_other() -> None:
    of = case(small_network(), random_tensor(1, 5, 2, 8, 8), wave, batch=11)
    (whole,) = measure(of, InsertionSettings())
    single = torch.cat([measure(part(of, n), InsertionSettings())[0].values for n in range(5)])
    torch.testing.assert_close(whole.values, single, rtol=0, atol=1e-12)


def test_settings_that_mean_nothing_are_refused() -> None:
    with pytest.raises(InputError, match="steps 0, patch 1"):
        InsertionSettings(steps=0)
