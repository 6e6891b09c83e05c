"""Runs in processes of their own, forked from a server that has imported everything, which is fast."""

import multiprocessing
import os
import sys
import time
from collections.abc import Callable, Mapping
from multiprocessing.process import BaseProcess
from pathlib import Path
from types import MappingProxyType

from evaluation.__main__ import main

_CONTEXT = multiprocessing.get_context("forkserver")
_CONTEXT.set_forkserver_preload(
    [
        "evaluation.table", "openbox.explainers.baselines.edges", "scipy.stats", "sklearn.datasets",
        "sklearn.model_selection", "sympy.tensor.tensor", "torch._dynamo", "torch.export._trace",
    ]
)  # fmt: skip


def fork(work: Callable[..., None], *given: object) -> BaseProcess:
    """Begin a function of a module in a process of its own."""
    process = _CONTEXT.Process(target=work, args=given)
    process.start()
    return process


def start(
    study: Path,
    out: Path,
    *options: str,
    log: Path | None = None,
    environment: Mapping[str, str] = MappingProxyType({}),
) -> BaseProcess:
    """Begin a run with some variables set; ``log`` gets what it prints."""
    return begin(["run", "--study", str(study), "--out", str(out), *options], log, environment)


def begin(
    words: list[str], log: Path | None = None, environment: Mapping[str, str] = MappingProxyType({})
) -> BaseProcess:
    """Begin any command of the harness, with some variables set; ``log`` gets what it prints."""
    return fork(_run, words, log, Path.cwd(), dict(environment))


def finish(
    study: Path, out: Path, *options: str, environment: Mapping[str, str] = MappingProxyType({})
) -> None:
    """Run to the end."""
    process = start(study, out, *options, environment=environment)
    process.join()  # pytest-timeout ends what hangs
    assert process.exitcode == 0


def count_files(out: Path) -> int:
    """How many whole files there are below a folder."""
    return sum(path.suffix != ".partial" for path in out.rglob("*.*"))


def wait_until(condition: Callable[[], bool], process: BaseProcess, every: float = 0.002) -> bool:
    """Look at a condition every so many seconds until it holds; False if the process ends before."""
    while not condition():
        if not process.is_alive():
            return False
        time.sleep(every)
    return True


def _run(words: list[str], log: Path | None, folder: Path, environment: dict[str, str]) -> None:
    os.chdir(folder)
    os.environ.update(environment)
    with Path(log or os.devnull).open("w") as file:
        sys.stdout = sys.stderr = file
        code = main(words)
        file.flush()
    os._exit(code)
