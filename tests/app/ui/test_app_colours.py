"""The colours as colour-blind eyes see them, simulated after Machado, Oliveira and Fernandes (2009).

Distances are those of CIELAB (CIE 1976): 2 is just seen beside each other, 10 at a glance.
"""

from collections.abc import Sequence
from itertools import combinations, pairwise

import numpy as np
import pytest
from geometry.drawing.colours import class_colour
from skimage.color import lab2rgb, rgb2lab
from ui import charts

from openbox.display.colours import CENTRE, DIVERGING, SEQUENTIAL

EYES = {  # of linear RGB, severity 1.0: doi.org/10.1109/TVCG.2009.113
    "usual": ((1, 0, 0), (0, 1, 0), (0, 0, 1)),
    "protanopia": (
        (0.152286, 1.052583, -0.204868), (0.114503, 0.786281, 0.099216), (-0.003882, -0.048116, 1.051998),
    ),
    "deuteranopia": (
        (0.367322, 0.860646, -0.227968), (0.280085, 0.672501, 0.047413), (-0.011820, 0.042940, 0.968881),
    ),
    "tritanopia": (
        (1.255528, -0.076749, -0.178779), (-0.078411, 0.930809, 0.147602), (0.004733, 0.691367, 0.303900),
    ),
}  # fmt: skip
CLASSES = [class_colour(number) for number in range(10)]
LINES = [class_colour(number, 0.0) for number in range(10)]
PAGES = {"light": "#ffffff", "dark": "#11151c"}
Colour = Sequence[float]


def read(text: str) -> Colour:
    return tuple(int(text[place : place + 2], 16) for place in (1, 3, 5))


SERIES = [read(colour) for colour in charts.COLOURS]
ROLES = [read(colour) for colour in (charts.STRONG, charts.RIVAL, charts.GREY)]
PLACES = [*ROLES, SERIES[2]]


@pytest.mark.parametrize("eye", EYES)
def test_both_ends_of_a_signed_map_stay_apart_and_leave_the_centre(eye: str) -> None:
    for opposes, supports in zip(DIVERGING[:3], DIVERGING[:3:-1], strict=True):
        assert distance(opposes, supports, eye) > 50
    for steps in (DIVERGING[:4], DIVERGING[3:], SEQUENTIAL):
        assert min(distance(one, other, eye) for one, other in pairwise(steps)) > 20
        lightness = [seen(colour, eye)[0] for colour in steps]
        assert lightness in (sorted(lightness), sorted(lightness, reverse=True))
        assert max(distance(CENTRE, colour, eye) for colour in steps) > 60


@pytest.mark.parametrize("eye", EYES)
@pytest.mark.parametrize(
    ("palette", "neighbours", "any_two"),
    [(SERIES, 80, 15), (ROLES, 40, 18), (PLACES, 18, 15), (CLASSES, 15, 15), (LINES, 22, 22)],
    ids=["series", "roles", "places of networks", "classes on the plane", "classes as lines"],
)
def test_categories_stay_apart(palette: list[Colour], neighbours: float, any_two: float, eye: str) -> None:
    assert min(distance(one, other, eye) for one, other in pairwise(palette)) > neighbours
    assert min(distance(one, other, eye) for one, other in combinations(palette, 2)) > any_two


@pytest.mark.parametrize("page", PAGES)
@pytest.mark.parametrize("colour", [*charts.COLOURS, charts.GREY])
def test_what_charts_draw_stands_out_from_the_page(colour: str, page: str) -> None:
    """Three to one, by WCAG 2.2, 1.4.11; 2.7 for the two lightest, which have a dash or a name as well."""
    low, high = sorted(luminance(read(one)) for one in (colour, PAGES[page]))
    assert (high + 0.05) / (low + 0.05) >= (2.7 if colour in charts.COLOURS[2:4] else 3)


def test_lines_differ_in_colour_or_dash() -> None:
    styles = [(colour, *dash) for colour, dash in map(charts.line_style, range(36))]
    assert len(set(styles)) == 36


def test_the_simulation_makes_a_red_and_a_green_alike() -> None:
    red, green = (200, 80, 60), (125, 112, 40)
    assert distance(red, green, "usual") > 3 * distance(red, green, "deuteranopia")
    assert distance(red, red, "protanopia") == 0
    assert np.allclose(lab2rgb(seen(red, "usual")), np.array(red) / 255, atol=2e-3)


def linear(colour: Colour) -> np.ndarray:
    share = np.array(colour, dtype=float) / 255
    return np.where(share <= 0.04045, share / 12.92, ((share + 0.055) / 1.055) ** 2.4)


def luminance(colour: Colour) -> float:
    return float(linear(colour) @ (0.2126, 0.7152, 0.0722))


def seen(colour: Colour, eye: str) -> np.ndarray:
    """CIELAB of a colour (R, G, B), 0 to 255, as an eye sees it."""
    light = np.clip(np.array(EYES[eye]) @ linear(colour), 0, 1)
    return rgb2lab(np.where(light <= 0.0031308, 12.92 * light, 1.055 * light ** (1 / 2.4) - 0.055))


def distance(one: Colour, other: Colour, eye: str) -> float:
    return float(np.linalg.norm(seen(one, eye) - seen(other, eye)))
