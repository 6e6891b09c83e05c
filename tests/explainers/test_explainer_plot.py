"""``explanation.plot()``: a figure with unit and legend for any shape, that leaves no trace behind."""

import subprocess
import sys

import numpy as np
import pytest
import torch
from torch import Tensor

from openbox.display import colours
from openbox.explainers import Explanation, Receipt


def explanation(values: Tensor, signed: bool = True, unit: str = "logits") -> Explanation:
    return Explanation(values, signed, unit, 1.0, 0.1, Receipt("exact", {}))


def noise(*shape: int) -> Tensor:
    return torch.randn(shape, generator=torch.Generator().manual_seed(0))


@pytest.mark.parametrize("signed", [True, False])
def test_the_maps_have_the_colours_of_the_app(signed: bool) -> None:
    values = noise(3, 2, 5, 7) if signed else noise(3, 2, 5, 7).abs()
    figure = explanation(values, signed).plot()
    planes = np.stack([colours.plane(map_, "logits") for map_ in values])
    limit = colours.limit(planes)
    colour = colours.diverging if signed else colours.sequential
    for axes, plane in zip(figure.axes, planes, strict=False):
        (image,) = axes.get_images()
        np.testing.assert_array_equal(image.get_array(), colour(plane, limit))
    bar = figure.axes[-1]
    assert "logits" in bar.get_ylabel()
    assert ("opposes" in bar.get_ylabel()) == signed
    assert bar.get_ylim() == pytest.approx((-limit if signed else 0, limit))


def test_a_huge_map_and_many_of_them_stay_small() -> None:
    figure = explanation(noise(1, 1, 1, 1).expand(1000, 3, 5000, 4000)).plot()
    images = [axes.get_images()[0] for axes in figure.axes if axes.get_images()]
    assert len(images) == 8
    assert all(max(image.get_size()) <= 512 for image in images)
    assert "the first 8 of 1000" in figure.get_suptitle()


@pytest.mark.parametrize("shape", [(5,), (100_000,), (1, 1, 40), (2, 3, 4, 5), ()])
def test_an_input_that_is_no_image_becomes_bars(shape: tuple[int, ...]) -> None:
    values = noise(2, *shape)
    figure = explanation(values).plot()
    for axes, map_ in zip(figure.axes, values, strict=True):
        flat = map_.flatten()
        heights = [bar.get_height() for bar in axes.patches]  # pyright: ignore[reportAttributeAccessIssue]
        assert sorted(np.abs(heights)) == pytest.approx(flat.abs().sort().values[-30:].tolist())
        assert "logits" in axes.get_ylabel()


@pytest.mark.parametrize(
    "values", [noise(0, 1, 4, 4), torch.zeros(1, 1, 4, 4), torch.full((1, 1, 4, 4), torch.nan)]
)
def test_nothing_to_see_is_a_figure_too(values: Tensor) -> None:
    shown = explanation(values)._repr_png_()
    assert shown is not None
    assert shown.startswith(b"\x89PNG")


@pytest.mark.long
def test_no_global_state_and_no_open_figure() -> None:
    code = """
import sys, torch
from openbox.explainers import Explanation, Receipt
made = Explanation(torch.rand(2, 1, 4, 4), True, "logits", 1.0, 0.1, Receipt("exact", {}))
assert "matplotlib" not in sys.modules
made.plot()
assert "matplotlib.pyplot" not in sys.modules
import matplotlib
before = dict.copy(matplotlib.rcParams)
made._repr_png_()
assert dict.copy(matplotlib.rcParams) == before
import matplotlib.pyplot
assert matplotlib.pyplot.get_fignums() == []
"""
    subprocess.run([sys.executable, "-c", code], check=True)


def test_without_matplotlib_it_says_what_to_install() -> None:
    code = """
import sys, torch
sys.modules["matplotlib"] = None
from openbox.explainers import Explanation, Receipt
made = Explanation(torch.rand(2, 1, 4, 4), True, "logits", 1.0, 0.1, Receipt("exact", {}))
assert made._repr_png_() is None
made.plot()
"""
    found = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True)
    assert "InputError: explanation.plot: matplotlib cannot be imported" in found.stderr
    assert "pip install 'openbox-explain[plot]'" in found.stderr
