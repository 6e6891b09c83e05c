"""What strangers upload: every bad file is one clear ``UploadError``, every good one the right tensor."""

import numpy as np
import picture_files
import pytest
import torch
from PIL import Image
from ui import fitting, uploads

MNIST, CIFAR = (1, 28, 28), (3, 32, 32)


@pytest.mark.parametrize(
    ("data", "message"),
    [
        (picture_files.text(), "not a PNG, JPEG or WebP"),
        (b"", "empty"),
        (picture_files.huge(), "too large"),
        (picture_files.single_pixel(), "1 x 1 pixels"),
        (picture_files.truncated(), "damaged"),
        (picture_files.seven()[:30], "damaged|not a PNG"),
        (b"\x89PNG\r\n\x1a\n" + bytes(5 * 2**20), "5 MB"),
        (picture_files.encode(Image.new("L", (5000, 20))), "5000 x 20"),
        (picture_files.encode(Image.new("L", (10000, 10000))), "too large"),
        (picture_files.encode(Image.new("P", (20, 20)), "GIF"), "not a PNG, JPEG or WebP"),
    ],
)
def test_bad_files_are_refused_in_words(data, message):
    with pytest.raises(uploads.UploadError, match=message):
        uploads.read(data)


def test_transparent_parts_become_white_and_the_user_is_told():
    upload = uploads.read(picture_files.transparent())
    assert upload.picture.mode == "RGB"
    assert upload.picture.getpixel((0, 0)) == (255, 255, 255)
    assert any("transparent" in notice and "white" in notice for notice in upload.notices)


def test_an_opaque_alpha_channel_needs_no_notice():
    assert uploads.read(picture_files.seven(mode="RGBA")).notices == ()


@pytest.mark.parametrize("mode", ["1", "L", "LA", "P", "RGB", "RGBA", "I;16"])
def test_every_png_mode_becomes_rgb(mode):
    if mode == "I;16":
        picture = Image.fromarray(np.full((20, 20), 65535, np.uint16))
    else:
        picture = Image.new("RGB", (20, 20), "white").convert(mode)
    upload = uploads.read(picture_files.encode(picture))
    assert upload.picture.mode == "RGB"
    assert upload.picture.getpixel((5, 5)) == (255, 255, 255)


@pytest.mark.parametrize("kind", ["JPEG", "WEBP"])
def test_other_formats(kind):
    upload = uploads.read(picture_files.encode(Image.new("RGB", (40, 30), "red"), kind))
    assert upload.picture.size == (40, 30)


def test_the_orientation_of_a_photograph_is_followed():
    exif = Image.Exif()
    exif[0x0112] = 6  # turned by 90 degrees
    upload = uploads.read(picture_files.encode(Image.new("RGB", (40, 30)), "JPEG", exif))
    assert upload.picture.size == (30, 40)


def test_a_photograph_is_cut_at_its_centre():
    wide = np.zeros((40, 80, 3), np.uint8)
    wide[:, 20:60] = 255
    fitted = fitting.fit(uploads.read(picture_files.encode(Image.fromarray(wide))), CIFAR)
    assert fitted.x.shape == (1, *CIFAR)
    assert fitted.x.dtype == torch.float32
    assert fitted.x[..., 2:-2].min() > 0.95
    assert any("centre" in notice for notice in fitted.notices)


def test_a_picture_of_the_right_size_is_not_changed():
    pixels = np.random.default_rng(0).integers(0, 256, (32, 32, 3), dtype=np.uint8)
    fitted = fitting.fit(uploads.read(picture_files.encode(Image.fromarray(pixels))), CIFAR)
    assert torch.equal(fitted.x[0].permute(1, 2, 0), torch.from_numpy(pixels).float() / 255)
    assert fitted.notices == ()


def test_a_28x28_digit_on_black_is_not_changed():
    pixels = np.zeros((28, 28), np.uint8)
    pixels[3:9, 4:9] = 200
    fitted = fitting.fit(uploads.read(picture_files.encode(Image.fromarray(pixels))), MNIST)
    assert torch.equal(fitted.x[0, 0], torch.from_numpy(pixels).float() / 255)


@pytest.mark.parametrize("name", ["paper", "board", "transparent", "grey paper"])
def test_a_drawn_digit_is_laid_out_as_in_mnist(name):
    data = {
        "paper": picture_files.seven(),
        "board": picture_files.seven("black", "white"),
        "transparent": picture_files.transparent(),
        "grey paper": picture_files.seven("#c8c8c8", "#404040"),
    }[name]
    x = fitting.fit(uploads.read(data), MNIST).x
    assert x.shape == (1, *MNIST)
    assert 0 <= x.min() <= x.max() <= 1
    rows, columns = torch.nonzero(x[0, 0] > 0.1, as_tuple=True)
    assert 19 <= rows.max() - rows.min() + 1 <= 20
    assert columns.max() - columns.min() + 1 <= 20
    weight = x[0, 0] / x.sum()
    middle = (weight.sum(1) @ torch.arange(28.0), weight.sum(0) @ torch.arange(28.0))
    assert all(abs(float(position) - 13.5) <= 1 for position in middle)
    assert x[0, 0, 0].sum() == 0


def test_a_blank_sheet_has_no_digit():
    with pytest.raises(uploads.UploadError, match="No digit was found"):
        fitting.fit(uploads.read(picture_files.encode(Image.new("L", (50, 50), 128))), MNIST)


def test_a_digit_for_the_8x8_network():
    x = fitting.fit(uploads.read(picture_files.seven()), (1, 8, 8)).x
    assert x.shape == (1, 1, 8, 8)
    assert x.max() > 0.8
