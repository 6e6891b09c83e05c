"""Exact arithmetic: no TF32 while an answer is computed."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager

import torch

from openbox.turns import computing

_lock = threading.Lock()
_users = 0
_borrowed: list[bool] = []


def _flags() -> list[bool]:
    return [bool(torch.backends.cuda.matmul.allow_tf32), bool(torch.backends.cudnn.allow_tf32)]


def _set_flags(matmul: bool, cudnn: bool) -> None:
    torch.backends.cuda.matmul.allow_tf32 = matmul
    torch.backends.cudnn.allow_tf32 = cudnn


@contextmanager
def exact_math() -> Iterator[None]:
    """Switch TF32 off, and give the flags back to their owner at the end.

    The flags are global to the process, so threads that overlap share one loan: the first one in
    borrows, the last one out returns.
    """
    global _users, _borrowed
    with computing():
        with _lock:
            if _users == 0:
                _borrowed = _flags()
                _set_flags(False, False)
            _users += 1
        try:
            yield
        finally:
            with _lock:
                _users -= 1
                if _users == 0:
                    _set_flags(*_borrowed)
