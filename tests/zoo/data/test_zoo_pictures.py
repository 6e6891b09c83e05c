"""The embedded sample pictures: there is one for every network, and nothing is downloaded."""

import numpy as np
import pytest
import torch
from PIL import Image

from openbox.errors import InputError
from openbox.zoo.checkpoints import list_checkpoints, load_checkpoint
from openbox.zoo.data import load
from openbox.zoo.data.pictures import centred_digit, embedded, square


@pytest.mark.parametrize("shape", [(1, 8, 8), (1, 28, 28), (1, 20, 32), (3, 32, 32), (3, 12, 30)], ids=str)
def test_there_are_pictures_of_every_shape(shape: tuple[int, int, int]) -> None:
    samples = embedded(shape)
    count = len(samples.names)
    assert count >= 5
    assert len(set(samples.names)) == count
    assert samples.pixels.shape == (count, *shape)
    assert samples.pixels.dtype == torch.uint8
    assert samples.pixels.is_contiguous()
    batch = samples.batch(slice(None))
    assert batch.dtype == torch.float32
    assert float(batch.amin()) >= 0
    assert float(batch.amax()) <= 1
    assert bool((batch.flatten(1).amax(1) > batch.flatten(1).amin(1)).all()), "no empty picture"
    assert torch.equal(embedded(shape).pixels, samples.pixels), "the same every time"


def test_small_digits_are_test_images_as_they_are() -> None:
    test = {image.numpy().tobytes() for image in load("digits").pixels}
    assert all(image.numpy().tobytes() in test for image in embedded((1, 8, 8)).pixels)


@pytest.mark.parametrize(
    "name", [name for name in list_checkpoints() if name.startswith(("digits", "mnist"))]
)
def test_the_checkpoints_read_most_of_the_embedded_digits(name: str) -> None:
    checkpoint = load_checkpoint(name)
    samples = embedded(checkpoint.card.shape)
    truth = torch.tensor([int(title[0]) for title in samples.names])
    right = checkpoint.model(samples.batch(slice(None))).argmax(1) == truth
    assert float(right.float().mean()) > 0.6


def test_two_channels_are_refused() -> None:
    with pytest.raises(InputError, match="1 or 3 channels"):
        embedded((2, 8, 8))


def test_a_picture_of_one_colour_holds_no_digit() -> None:
    with pytest.raises(InputError, match="no digit"):
        centred_digit(np.zeros((10, 10), np.float32), 28, 20)


@pytest.mark.parametrize("place", [(0, 0), (3, 11), (30, 25)])
def test_a_digit_is_centred_wherever_it_was_written(place: tuple[int, int]) -> None:
    ink = np.zeros((40, 40), np.float32)
    ink[place[0] : place[0] + 8, place[1] : place[1] + 4] = 1
    found = centred_digit(ink, 28, 20)
    assert found.shape == (28, 28)
    rows, columns = np.nonzero(found > 0.5)
    assert rows.max() - rows.min() + 1 == 20
    assert columns.max() - columns.min() + 1 == 10
    weight = found / found.sum()
    assert float((weight.sum(1) * np.arange(28)).sum()) == pytest.approx(13.5, abs=0.6)
    assert float((weight.sum(0) * np.arange(28)).sum()) == pytest.approx(13.5, abs=0.6)


def test_a_wide_picture_keeps_its_centre() -> None:
    wide = np.zeros((40, 100, 3), np.uint8)
    wide[:, 30:70, 0] = 255
    found = np.asarray(square(Image.fromarray(wide), 32, 32))
    assert found.shape == (32, 32, 3)
    assert (found[..., 0] > 240).all()  # the filter sees one black column
    assert (found[..., 1:] == 0).all()
