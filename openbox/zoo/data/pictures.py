"""Embedded sample pictures for any network of the zoo: they lie inside scikit-image and scikit-learn.

Nothing is downloaded: scikit-image's pictures are read from its own folder, never through its fetcher.
"""

from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch
from PIL import Image
from torch import Tensor

from openbox.errors import InputError
from openbox.zoo.data import digits

PICTURES = {
    "cat": "chelsea.png",
    "rocket": "rocket.jpg",
    "motorcycle": "motorcycle_left.png",
    "astronaut": "astronaut.png",
    "coffee cup": "coffee.png",
    "photographer": "camera.png",
    "horse silhouette": "horse.png",
    "galaxies": "hubble_deep_field.jpg",
    "moon": "moon.png",
    "retina": "retina.jpg",
    "tissue": "ihc.png",
    "coins": "coins.png",
    "bricks": "brick.png",
    "grass": "grass.png",
    "gravel": "gravel.png",
}
BOX = {28: 20, 8: 8}  # side of the picture -> side of the box that the ink is fitted into
_PER_DIGIT = 5


@dataclass(frozen=True)
class Samples:
    """Named pictures: ``names`` (N), ``pixels`` uint8 (N, C, H, W), and in words where they come from."""

    names: tuple[str, ...]
    pixels: Tensor
    source: str

    def batch(self, index: Tensor | slice) -> Tensor:
        """The chosen pictures as float32 in [0, 1], shape (n, C, H, W)."""
        return self.pixels[index].to(torch.float32) / 255


def embedded(shape: tuple[int, int, int]) -> Samples:
    """Sample pictures of shape (C, H, W): photographs for C = 3, handwritten digits for C = 1.

    (1, 8, 8) are scikit-learn's digits as they are; any other grey size gets them in MNIST's layout.
    Raises ``InputError`` for another number of channels.
    """
    channels, height, width = shape
    if channels == 3:
        return _photographs(height, width)
    if channels == 1:
        return _digits(height, width)
    raise InputError(f"pictures.embedded({shape}): pictures have 1 or 3 channels")


def opaque(picture: Image.Image) -> Image.Image:
    """The picture in mode RGB, transparent parts on white."""
    if not picture.has_transparency_data:
        return picture.convert("RGB")
    white = Image.new("RGBA", picture.size, "white")
    return Image.alpha_composite(white, picture.convert("RGBA")).convert("RGB")


def square(picture: Image.Image, height: int, width: int) -> Image.Image:
    """The largest centre cut-out with the aspect of (height, width), resized with antialiasing."""
    scale = min(picture.width / width, picture.height / height)
    across, down = width * scale, height * scale
    left, top = max(0.0, (picture.width - across) / 2), max(0.0, (picture.height - down) / 2)
    right, bottom = min(picture.width, left + across), min(picture.height, top + down)  # despite rounding
    return picture.resize((width, height), Image.Resampling.LANCZOS, box=(left, top, right, bottom))


def centred_digit(ink: np.ndarray, side: int, box: int) -> np.ndarray:
    """Lay out bright ink on black as MNIST was made (LeCun et al. 1998).

    ink: (H, W) in [0, 1]. The ink is cut out, its longer side fitted to ``box`` pixels, and its
    centre of mass moved to the middle of a black (side, side) picture, as far as it fits.
    Raises ``InputError`` if there is no ink.
    """
    rows, columns = np.nonzero(ink > 0.1)
    if not len(rows):
        raise InputError("centred_digit: the picture is of one colour; there is no digit in it")
    cut = ink[rows.min() : rows.max() + 1, columns.min() : columns.max() + 1]
    scale = box / max(cut.shape)
    height, width = (max(1, round(length * scale)) for length in cut.shape)
    fitted = Image.fromarray(cut.astype(np.float32)).resize((width, height), Image.Resampling.BICUBIC)
    small = np.clip(np.asarray(fitted), 0, 1)
    weight = small.sum() or 1.0
    middle = (side - 1) / 2
    top = round(middle - float((small.sum(1) * np.arange(height)).sum() / weight))
    left = round(middle - float((small.sum(0) * np.arange(width)).sum() / weight))
    top, left = min(max(top, 0), side - height), min(max(left, 0), side - width)
    picture = np.zeros((side, side), np.float32)
    picture[top : top + height, left : left + width] = small
    return picture


def _photographs(height: int, width: int) -> Samples:
    import skimage

    folder = Path(skimage.__file__).parent / "data"
    found = {name: folder / file for name, file in PICTURES.items() if (folder / file).is_file()}
    pictures: list[np.ndarray] = []
    for path in found.values():
        with Image.open(path) as picture:
            pictures.append(np.asarray(square(opaque(picture), height, width)))
    pixels = torch.from_numpy(np.stack(pictures)).permute(0, 3, 1, 2).contiguous()
    return Samples(tuple(found), pixels, "scikit-image's pictures")


def _digits(height: int, width: int) -> Samples:
    images = digits.read(Path(), train=False, download=False)
    chosen: list[int] = []
    names: list[str] = []
    for label, name in enumerate(images.classes):
        for number, index in enumerate((images.labels == label).nonzero()[:_PER_DIGIT, 0].tolist(), 1):
            chosen.append(index)
            names.append(f"{name}, writer {number}")
    pixels = images.pixels[chosen]
    if (height, width) != (8, 8):
        side = min(height, width)
        box = BOX.get(side, round(side * 20 / 28))
        fitted = [centred_digit(ink, side, box) for ink in (pixels[:, 0] / 255).numpy()]
        canvas = np.zeros((len(fitted), 1, height, width), np.uint8)
        top, left = (height - side) // 2, (width - side) // 2
        canvas[:, 0, top : top + side, left : left + side] = np.round(np.stack(fitted) * 255)
        pixels = torch.from_numpy(canvas)
    return Samples(tuple(names), pixels, "scikit-learn's handwritten digits")
