"""A user's own pictures: ``PATH/train/<class>/*`` and ``PATH/test/<class>/*``, or one of both as
``PATH/<class>/*``, or pictures without labels in ``PATH`` itself."""

from pathlib import Path

import numpy as np
import torch
from PIL import Image, ImageOps

from openbox.zoo.data.images import Images
from openbox.zoo.data.pictures import Samples, opaque, square

Shape = tuple[int, int, int]
SHAPE = (3, 32, 32)
SPLITS = ("train", "test")
MOST = 500  # pictures without labels that are read
SUFFIXES = (".png", ".jpg", ".jpeg", ".webp", ".bmp", ".gif", ".tif", ".tiff", ".ppm")
DAMAGED = (OSError, SyntaxError, ValueError, EOFError, Image.DecompressionBombError)  # what Pillow raises


def read(root: Path, train: bool, download: bool = False, shape: Shape = SHAPE) -> Images:
    """All pictures of a split as ``shape``, (1 or 3, H, W): the shorter side fitted, the centre kept.

    For the test split of a folder without splits, all that there are.
    """
    del download
    folder = root / SPLITS[not train]
    if not train and not any(_has_folders(root / split) for split in SPLITS):
        folder = root
    if not folder.is_dir():
        raise FileNotFoundError(f"{folder} does not exist; expected {folder}/<class>/<picture>")
    from torchvision.datasets import ImageFolder  # seconds, as in mnist.py

    pictures = ImageFolder(folder, loader=_open)
    pixels = [_fitted(picture, shape) for picture, _ in pictures]
    return Images(torch.stack(pixels), torch.tensor(pictures.targets), tuple(pictures.classes))


def unlabelled(root: Path, shape: Shape) -> Samples | None:
    """The pictures that lie in ``root`` itself, by name, the first ``MOST``; None if there are none."""
    names: list[str] = []
    pixels: list[torch.Tensor] = []
    for path in sorted(root.iterdir()) if root.is_dir() else ():
        if path.suffix.lower() in SUFFIXES and path.is_file() and len(names) < MOST:
            pixels.append(_fitted(_open(str(path)), shape))
            names.append(path.name)
    return Samples(tuple(names), torch.stack(pixels), f"the pictures in {root.name}") if names else None


def _has_folders(folder: Path) -> bool:
    return folder.is_dir() and any(inner.is_dir() for inner in folder.iterdir())


def _open(path: str) -> Image.Image:
    """As the camera was held, transparent parts on white."""
    with Image.open(path) as picture:
        if picture.mode.startswith(("I", "F")):  # Pillow would cut them off instead of scaling
            raise ValueError(f"{path} has more than 8 bits a pixel (mode {picture.mode})")
        return opaque(ImageOps.exif_transpose(picture))


def _fitted(picture: Image.Image, shape: Shape) -> torch.Tensor:
    fitted = square(picture, *shape[1:]).convert("L" if shape[0] == 1 else "RGB")
    return torch.from_numpy(np.array(fitted)).reshape(*shape[1:], shape[0]).permute(2, 0, 1).contiguous()
