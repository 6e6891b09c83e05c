"""The one table of engines: how the items of a study are worked through; the work itself is the same."""

import importlib.util
import os
import socket
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import torch

from openbox.errors import InputError, OpenBoxError

Work = Callable[[Any], Any]
RETRIES = 3  # of an item whose worker died


@dataclass(frozen=True)
class Engine:
    """``check(workers)`` raises ``InputError`` where an engine cannot be had, before anything is written.

    ``run(work, items, workers, threads, gpu)`` yields what ``work`` makes of each item as it is finished, in
    any order; ``gpu``: each worker needs one.
    """

    summary: str
    check: Callable[[int], None]
    run: Callable[[Work, Sequence[Any], int, int, bool], Iterator[Any]]


def check_here(workers: int) -> None:
    """One process is one worker."""
    if workers != 1:
        raise InputError(f"engine local: one process, but --workers {workers}; use --engine ray")


def run_here(work: Work, items: Sequence[Any], workers: int, threads: int, gpu: bool) -> Iterator[Any]:
    """One after the other, in this process."""
    del workers, gpu
    torch.set_num_threads(threads)
    for item in items:
        yield work(item)


def check_ray(workers: int) -> None:
    """Ray is installed, and somebody answers where ``RAY_ADDRESS`` points to."""
    del workers
    if importlib.util.find_spec("ray") is None:
        raise InputError("engine ray: Ray is not installed; pip install -r requirements-ray.txt")
    host, _, port = os.environ.get("RAY_ADDRESS", "").rpartition(":")
    if host and port.isdecimal() and "/" not in host:  # Ray itself would try for minutes
        try:
            socket.create_connection((host, int(port)), timeout=5).close()
        except OSError as error:
            raise _unreachable(f"{host}:{port}", error) from error


def run_on_ray(work: Work, items: Sequence[Any], workers: int, threads: int, gpu: bool) -> Iterator[Any]:
    """The same on a Ray cluster: the one that ``RAY_ADDRESS`` names, with all the workers it has, else
    ``workers`` local processes.

    An item whose worker dies is started again. The folder must be one that all workers reach.
    """
    import ray
    from ray.exceptions import RayError, RayTaskError

    options: dict[str, Any] = {"num_cpus": 1, "num_gpus": int(gpu), "max_retries": RETRIES}
    address = os.environ.get("RAY_ADDRESS")
    try:
        ray.init(
            num_cpus=None if address else workers, include_dashboard=False, log_to_driver=False,
            configure_logging=False,
        )  # fmt: skip
    except (ConnectionError, RuntimeError, ValueError) as error:
        raise _unreachable(address, error) from error
    try:
        remote = ray.remote(**options)(_with_threads)
        waiting = {remote.remote(work, item, threads): item for item in items}
        while waiting:
            done = ray.wait(list(waiting))[0][0]
            item = waiting.pop(done)
            try:
                made = ray.get(done)
            except RayTaskError as error:
                if isinstance(error.cause, OpenBoxError):
                    raise error.cause from None
                raise
            except RayError as error:
                raise InputError(
                    f"engine ray: {item}: its worker died {RETRIES + 1} times ({_line(error)}); the "
                    "same command goes on where it stopped"
                ) from error
            yield made
    finally:
        ray.shutdown()


def _with_threads(work: Work, item: object, threads: int) -> object:
    torch.set_num_threads(threads)
    try:
        return work(item)
    except OpenBoxError as error:  # as one line, which any process can read
        raise InputError(str(error)) from None


def _unreachable(address: str | None, error: Exception) -> InputError:
    where = f"the cluster that RAY_ADDRESS names ({address})" if address else "a cluster of its own"
    return InputError(f"engine ray: no answer from {where}: {_line(error)}")


def _line(error: Exception) -> str:
    return (str(error).strip() or type(error).__name__).splitlines()[0]


ENGINES: dict[str, Engine] = {
    "local": Engine("in this process", check_here, run_here),
    "ray": Engine("on a Ray cluster", check_ray, run_on_ray),
}
