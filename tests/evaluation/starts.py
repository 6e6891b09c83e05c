"""Runs in processes of their own, forked from a server that has imported everything: a start takes no time."""

import multiprocessing
import os
import sys
import time
from collections.abc import Callable
from multiprocessing.process import BaseProcess
from pathlib import Path

from evaluation.__main__ import main

_CONTEXT = multiprocessing.get_context("forkserver")
_CONTEXT.set_forkserver_preload(["evaluation.__main__", "sklearn.datasets", "torchvision"])


def start(study: Path, out: Path, *options: str, log: Path | None = None) -> BaseProcess:
    """Begin a run; ``log`` gets what it prints."""
    words = ["run", "--study", str(study), "--out", str(out), *options]
    process = _CONTEXT.Process(target=_run, args=(words, log))
    process.start()
    return process


def finish(study: Path, out: Path, *options: str) -> None:
    """Run to the end."""
    process = start(study, out, *options)
    process.join(300)
    assert process.exitcode == 0


def wait_until(condition: Callable[[], bool], process: BaseProcess) -> bool:
    """Wait for a condition; False if the process ends before, an error after two minutes."""
    deadline = time.monotonic() + 120
    while not condition():
        if not process.is_alive():
            return False
        assert time.monotonic() < deadline, "nothing happened for two minutes"
        time.sleep(0.001)
    return True


def _run(words: list[str], log: Path | None) -> None:
    with Path(log or os.devnull).open("w") as file:
        sys.stdout = sys.stderr = file
        code = main(words)
        file.flush()
    os._exit(code)
