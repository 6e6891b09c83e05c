"""CIFAR-10, 32x32 RGB: torchvision's layout and download, or the Hugging Face Parquet layout."""

import io
from pathlib import Path

import numpy as np
import torch
from PIL import Image

from openbox.zoo.data.images import Images

CLASSES = ("airplane", "automobile", "bird", "cat", "deer", "dog", "frog", "horse", "ship", "truck")


def read(root: Path, train: bool, download: bool) -> Images:
    """50,000 training or 10,000 test images of shape (3, 32, 32).

    Reads ``root/cifar10/{train,test}-*.parquet`` (columns ``img.bytes`` and ``label``) if it is there,
    else torchvision's ``root/cifar-10-batches-py``.
    """
    files = sorted((root / "cifar10").glob("train-*.parquet" if train else "test-*.parquet"))
    if files:
        return _read_parquet(files)
    from torchvision.datasets import CIFAR10  # seconds, as in mnist.py

    cifar = CIFAR10(root, train=train, download=download)
    pixels = torch.from_numpy(cifar.data).permute(0, 3, 1, 2).contiguous()
    return Images(pixels, torch.tensor(cifar.targets), CLASSES)


def _read_parquet(files: list[Path]) -> Images:
    import pyarrow.parquet as parquet

    pictures: list[np.ndarray] = []
    labels: list[int] = []
    for file in files:
        table = parquet.read_table(file, columns=["img", "label"])
        for row in table["img"].to_pylist():
            pictures.append(np.asarray(Image.open(io.BytesIO(row["bytes"])).convert("RGB")))
        labels += table["label"].to_pylist()
    pixels = torch.from_numpy(np.stack(pictures)).permute(0, 3, 1, 2).contiguous()
    return Images(pixels, torch.tensor(labels), CLASSES)
