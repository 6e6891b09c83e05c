"""What is measured of decoupled networks, on what is known."""

import numpy as np
import pytest
import torch

from evaluation.decoupling.detection import aucs
from evaluation.decoupling.interpretation import information, symbols
from openbox.decoupling.classes import class_contrast, strongest


@pytest.mark.parametrize("classes", [2, 4, 8])
def test_the_information_of_a_code_of_the_classes_is_their_entropy(classes: int) -> None:
    labels = torch.arange(classes).repeat(6)
    code = (labels[:, None] >> torch.arange(3)) % 2 > 0
    assert information(symbols(code), labels) == pytest.approx(np.log2(classes))
    assert information(symbols(torch.ones_like(code)), labels) == pytest.approx(0)
    assert information(symbols(code[:, :1]), labels) == pytest.approx(1)


def test_the_path_of_a_class_are_the_filters_that_it_uses_more_than_the_others() -> None:
    labels = torch.tensor([0, 0, 1, 1, 2, 2])
    used = torch.tensor([[1, 0, 1], [1, 0, 1], [0, 1, 1], [0, 0, 1], [0, 0, 1], [1, 0, 1]]).bool()
    contrast = class_contrast(used, labels)
    assert contrast[0].tolist() == pytest.approx([0.75, -0.25, 0])
    assert strongest(contrast[0], 0.34).tolist() == [True, False, False]
    assert strongest(contrast[1], 1.0).tolist() == [False, True, False], "never one that others use as much"


def test_a_detector_that_sees_the_difference_and_one_that_sees_none() -> None:
    draw = np.random.default_rng(0)
    clean = draw.normal(size=(80, 3))
    assert all(value > 0.99 for value in aucs(clean, clean + 9, seed=0).values())
    assert all(0.2 < value < 0.8 for value in aucs(clean, draw.normal(size=(80, 3)), seed=0).values())
