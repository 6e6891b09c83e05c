"""scikit-learn's handwritten digits, 8x8: embedded, so that everything runs without any data folder."""

from pathlib import Path

import numpy as np
import torch

from openbox.zoo.data.images import Images

DIGITS = tuple("0123456789")


def read(root: Path, train: bool, download: bool) -> Images:
    """1,797 images of shape (1, 8, 8); a fixed stratified fifth is the test set. ``root`` is not used."""
    del root, download
    from sklearn.datasets import load_digits
    from sklearn.model_selection import train_test_split

    data, target = load_digits(return_X_y=True)
    split = train_test_split(np.arange(len(target)), test_size=0.2, random_state=0, stratify=target)
    chosen = np.sort(split[0] if train else split[1])
    pixels = np.round(data[chosen] * (255 / 16)).astype(np.uint8)  # stored as 0..16
    labels = torch.from_numpy(target[chosen].astype(np.int64))
    return Images(torch.from_numpy(pixels).reshape(-1, 1, 8, 8), labels, DIGITS)
