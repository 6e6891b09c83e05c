"""Colours: zero is the centre, signs are symmetric, and nothing is smoothed."""

import numpy as np
import pytest
import torch
from ui import figures, regions


def test_zero_is_the_centre_colour_in_every_map():
    plane = np.array([[0.0, 1.0], [-1.0, 0.0]])
    assert tuple(figures.diverging(plane, 1.0)[0, 0]) == figures.CENTRE
    assert tuple(figures.sequential(plane, 1.0)[0, 0]) == figures.CENTRE


@pytest.mark.parametrize("colour", [figures.diverging, figures.sequential])
def test_a_zero_map_is_all_centre(colour):
    plane = np.zeros((4, 4))
    assert figures.limit(plane) == 0
    assert (colour(plane, 0.0) == figures.CENTRE).all()


def test_support_is_red_and_opposition_is_blue():
    red, _, blue = figures.diverging(np.array([[0.5]]), 1.0)[0, 0].astype(int)
    assert red > blue + 50
    red, _, blue = figures.diverging(np.array([[-0.5]]), 1.0)[0, 0].astype(int)
    assert blue > red + 50


def test_the_scale_is_symmetric_and_does_not_depend_on_the_other_sign():
    alone = figures.diverging(np.array([[0.3]]), 1.0)[0, 0]
    beside = figures.diverging(np.array([[0.3, -0.9]]), 1.0)[0, 0]
    assert (alone == beside).all()
    ends = figures.diverging(np.array([[-5.0, -1.0, 1.0, 5.0]]), 1.0)[0]
    assert (ends[0] == ends[1]).all()
    assert (ends[2] == ends[3]).all()
    assert tuple(ends[1]) == tuple(figures.DIVERGING[0])
    assert tuple(ends[2]) == tuple(figures.DIVERGING[-1])


def test_both_halves_darken_evenly():
    steps = np.linspace(0, 1, 50)[None]
    for sign in (1, -1):
        brightness = figures.diverging(sign * steps, 1.0)[0] @ np.array([0.2126, 0.7152, 0.0722])
        assert (np.diff(brightness) < 0).all()


def test_the_limit_is_the_percentile_of_the_absolute_values():
    plane = np.zeros((100, 100))
    plane[0, :5] = -100.0  # 5 of 10,000: beyond the 99.9th percentile
    plane[1, :50] = 2.0
    assert figures.limit(plane) == 2.0


def test_a_map_of_one_pixel_is_not_cut_to_nothing():
    plane = np.zeros((100, 100))
    plane[3, 3] = -7.0
    assert figures.limit(plane) == 7.0


def test_channels_are_summed_only_where_the_unit_adds_up():
    values = torch.tensor([1.0, 2.0, 3.0])[:, None, None].expand(3, 2, 2)
    assert figures.plane(values, "logits")[0, 0] == 6.0
    assert figures.plane(torch.ones(3, 2, 2), "logits per patch")[0, 0] == 1.0


def test_enlarging_repeats_pixels():
    picture = np.arange(12, dtype=np.uint8).reshape(2, 2, 3)
    large = figures.enlarge(picture, 10)
    assert large.shape == (10, 10, 3)
    assert (large[:5, :5] == picture[0, 0]).all()
    assert (large[5:, 5:] == picture[1, 1]).all()


def test_borders_are_drawn_between_patches_only():
    large = np.zeros((8, 8, 3), np.uint8)
    framed = figures.with_borders(large, np.array([[0, 1], [0, 1]]))
    assert (framed[:, 4] == figures.BORDER).all()
    assert framed.sum() == 8 * sum(figures.BORDER)
    assert large.sum() == 0


@pytest.mark.parametrize("channels", [1, 3])
def test_a_photograph_is_rgb(channels):
    picture = figures.photograph(torch.tensor([0.0, 1.0]).expand(channels, 3, 2))
    assert picture.shape == (3, 2, 3)
    assert picture.dtype == np.uint8
    assert (picture[0, 0] == 0).all()
    assert (picture[0, 1] == 255).all()


def test_the_strongest_regions_are_found_with_their_signs():
    plane = np.zeros((28, 28))
    plane[4:8, 8:12] = 1.0
    plane[20:24, 0:4] = -0.5
    for summed, size in ((True, 16), (False, 1)):  # a patch of LIME has one weight, whatever its area
        supporting, opposing = regions.strongest(plane, summed)
        assert [(r.top, r.left, r.value) for r in supporting] == [(4, 8, 1.0 * size)]
        assert [(r.top, r.left, r.value) for r in opposing] == [(20, 0, -0.5 * size)]
