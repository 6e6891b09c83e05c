"""A user's own pictures: ``PATH/train/<class>/*`` and ``PATH/test/<class>/*``, through ImageFolder."""

from pathlib import Path

import torch

from openbox.zoo.data.images import Images

SIZE = 32


def read(root: Path, train: bool, download: bool) -> Images:
    """All pictures below ``root/train`` or ``root/test`` as (3, 32, 32): shorter side fitted, centre kept."""
    del download
    folder = root / ("train" if train else "test")
    if not folder.is_dir():
        raise FileNotFoundError(f"{folder} does not exist; expected {folder}/<class>/<picture>")
    from torchvision.datasets import ImageFolder  # seconds, as in mnist.py
    from torchvision.transforms.functional import center_crop, pil_to_tensor, resize

    pictures = ImageFolder(folder)
    pixels = [pil_to_tensor(center_crop(resize(image, [SIZE]), [SIZE])) for image, _ in pictures]
    return Images(torch.stack(pixels), torch.tensor(pictures.targets), tuple(pictures.classes))
