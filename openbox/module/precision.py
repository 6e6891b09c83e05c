"""Exact arithmetic: no TF32, no bfloat16, no autocast while an answer is computed."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import torch

from openbox.module.lock import computing

_lock = threading.Lock()
_users = 0
_borrowed: list[str] = []


def switches() -> list[Any]:
    """Everything that has a ``fp32_precision`` of its own."""
    cudnn, mkldnn = torch.backends.cudnn, torch.backends.mkldnn
    return [
        torch.backends.cuda.matmul, cudnn.conv, cudnn.rnn, mkldnn.matmul, mkldnn.conv, mkldnn.rnn,
    ]  # fmt: skip


@contextmanager
def exact_math() -> Iterator[None]:
    """Make float32 mean float32, and give the switches back to their owner at the end.

    They are global to the process, so threads that overlap share one loan: the first one in borrows,
    the last one out returns. Autocast is the thread's own and is off inside. Nobody traces meanwhile.
    """
    with computing(), _ieee(), torch.autocast("cpu", enabled=False), torch.autocast("cuda", enabled=False):
        yield


@contextmanager
def _ieee() -> Iterator[None]:
    global _users, _borrowed
    with _lock:
        if _users == 0:
            _borrowed = [switch.fp32_precision for switch in switches()]
            for switch in switches():
                switch.fp32_precision = "ieee"
        _users += 1
    try:
        yield
    finally:
        with _lock:
            _users -= 1
            if _users == 0:
                for switch, value in zip(switches(), _borrowed, strict=True):
                    switch.fp32_precision = value
