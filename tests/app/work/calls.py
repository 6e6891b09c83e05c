"""Calls that tests of the app's workers make: quick, slow, talkative, failing, deadly."""

import os
import sys
import time

import numpy as np
from work.reporting import report

from openbox.errors import InputError


def double(number: int) -> int:
    """At once."""
    return 2 * number


def process() -> int:
    """Which process makes it."""
    return os.getpid()


def wait(seconds: float, answer: str) -> str:
    """Report while time passes."""
    steps = max(1, round(seconds / 0.05))
    for step in range(steps):
        time.sleep(seconds / steps)
        report((step + 1) / steps, f"step {step + 1}")
    return answer


def chatter() -> str:
    """Print where answers go."""
    print("a library speaks")
    os.write(1, b"and another one")
    sys.stdout.flush()
    return "said"


def draw(seed: int) -> np.ndarray:
    """Numbers from a seed."""
    return np.random.default_rng(seed).standard_normal(1000)


def refuse(text: str) -> None:
    """Raise what people may read."""
    raise InputError(text)


class StubbornError(Exception):
    """It does not pickle."""

    def __init__(self, first: str, second: str) -> None:
        super().__init__(first)
        self.second = second


def fail() -> None:
    """Raise what does not pickle."""
    raise StubbornError("one", "two")


def die() -> None:
    """End the process, as the kernel does for want of memory."""
    os.kill(os.getpid(), 9)


def unsendable() -> object:
    """An answer that does not pickle."""
    return lambda: None
