"""``turn``: one thread at a time in packages that keep global state, which is given back as it was."""

import threading
import warnings
from collections.abc import Iterator
from contextlib import contextmanager

import numpy as np
import torch

_LOCK = threading.RLock()


@contextmanager
def turn(seed: int | None = None) -> Iterator[None]:
    """Seed the global generators of NumPy and torch, which captum and shap draw from, and restore them.

    Warnings are held back: captum's say that it sets hooks, which is what it is here for, on a private copy.
    """
    devices = list(range(torch.cuda.device_count())) if torch.cuda.is_initialized() else []
    with _LOCK, warnings.catch_warnings(), torch.random.fork_rng(devices):
        warnings.simplefilter("ignore")
        state = np.random.get_state()
        try:
            if seed is not None:
                torch.manual_seed(seed)
                np.random.seed(seed)
            yield
        finally:
            np.random.set_state(state)
