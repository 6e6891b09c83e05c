"""What a test needs from outside the repository: missing, it is skipped locally and fails in CI."""

import os
from pathlib import Path

import pytest

from openbox.zoo.data import data_root

_PLACES = {
    "mnist": "MNIST/raw/train-images-idx3-ubyte*",
    "cifar10": "cifar10/*.parquet",
    "dblp": "dblp/text_train.txt",
}
_ELSEWHERE = {"cifar10": "cifar-10-batches-py/batches.meta"}  # torchvision's own layout


def require(condition: bool, reason: str) -> None:
    """Skip the running test with ``reason`` unless ``condition``; with the variable CI set, fail it."""
    if condition:
        return
    if os.environ.get("CI"):
        pytest.fail(f"CI lacks what this test needs: {reason}")
    pytest.skip(reason)


def data_root_has(name: str, root: Path | None = None) -> bool:
    """Whether the data root (``OPENBOX_DATA``, else ``data/``) holds the data set ``name``."""
    folder = data_root(root)
    patterns = [_PLACES[name], *([_ELSEWHERE[name]] if name in _ELSEWHERE else [])]
    return any(True for pattern in patterns for _ in folder.glob(pattern))


def require_data(name: str) -> None:
    """``require`` for a data set of the zoo."""
    require(data_root_has(name), f"the data set {name!r} under {str(data_root())!r} (set OPENBOX_DATA)")
