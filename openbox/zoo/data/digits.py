"""scikit-learn's handwritten digits, 8x8: embedded, so that everything runs without any data folder.

Their file is read without importing scikit-learn, which takes as long as all the rest of a first answer.
"""

from importlib.util import find_spec
from pathlib import Path

import numpy as np
import torch

from openbox.errors import DataNotFoundError
from openbox.zoo.data.images import Images

DIGITS = tuple("0123456789")
_SOURCE = Path("datasets", "data", "digits.csv.gz")  # 64 numbers 0..16 and the class in each row
_TEST = Path(__file__).with_name("digits_test.txt")  # the rows of a stratified fifth


def read(root: Path, train: bool, download: bool) -> Images:
    """1,797 images of shape (1, 8, 8); a fixed stratified fifth is the test set. ``root`` is not used.

    Raises ``DataNotFoundError`` where scikit-learn is missing.
    """
    del root, download
    rows = np.loadtxt(_file(), np.int64, delimiter=",")
    is_test = np.isin(np.arange(len(rows)), np.loadtxt(_TEST.read_text().split(), np.int64))
    chosen = rows[~is_test if train else is_test]
    pixels = np.round(chosen[:, :-1] * (255 / 16)).astype(np.uint8)
    return Images(torch.from_numpy(pixels).reshape(-1, 1, 8, 8), torch.from_numpy(chosen[:, -1]), DIGITS)


def _file() -> Path:
    package = find_spec("sklearn")
    path = Path(package.origin or "" if package else "").parent / _SOURCE
    if not path.is_file():
        missing = FileNotFoundError("scikit-learn, which holds the digits, is not installed as we know it")
        raise DataNotFoundError("digits", path, False, missing, 'pip install "scikit-learn>=1.5"')
    return path
