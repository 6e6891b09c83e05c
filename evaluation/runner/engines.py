"""The one table of engines: how the shards of a run are worked through; the work itself is the same."""

import importlib.util
import os
import socket
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from typing import Any

import torch

from openbox.errors import InputError, OpenBoxError

from .plan.shard import Shard
from .plan.study import Study
from .shards.work import Place, Report, run_shard

Run = Callable[[Study, Place, list[Shard], int, int], Iterator[Report]]
RETRIES = 3  # of a shard whose worker died


@dataclass(frozen=True)
class Engine:
    """``check(workers)`` raises ``InputError`` where an engine cannot be had, before anything is written.

    ``run(study, place, shards, workers, threads)`` yields a report as each shard is finished.
    """

    summary: str
    check: Callable[[int], None]
    run: Run


def check_here(workers: int) -> None:
    """One process is one worker."""
    if workers != 1:
        raise InputError(
            f"run: --workers {workers} with --engine local, which is one process; use --engine ray, or start "
            "several with --shard 1/N, 2/N, .."
        )


def run_here(study: Study, place: Place, shards: list[Shard], workers: int, threads: int) -> Iterator[Report]:
    """One after the other, in this process."""
    del workers
    torch.set_num_threads(threads)
    for shard in shards:
        yield run_shard(study, place, shard)


def check_ray(workers: int) -> None:
    """Ray is installed, and somebody answers where ``RAY_ADDRESS`` points to."""
    del workers
    if importlib.util.find_spec("ray") is None:
        raise InputError("run: --engine ray needs Ray; pip install -r requirements-ray.txt")
    host, _, port = os.environ.get("RAY_ADDRESS", "").rpartition(":")
    if host and port.isdecimal() and "/" not in host:  # Ray itself would try for minutes
        try:
            socket.create_connection((host, int(port)), timeout=5).close()
        except OSError as error:
            raise _unreachable(f"{host}:{port}", error) from error


def run_on_ray(
    study: Study, place: Place, shards: list[Shard], workers: int, threads: int
) -> Iterator[Report]:
    """The same shards on a Ray cluster: the one that ``RAY_ADDRESS`` names, with all the workers it has,
    else ``workers`` local processes.

    A shard whose worker dies is started again. The folder must be one that all workers reach.
    """
    import ray
    from ray.exceptions import RayError, RayTaskError

    cuda = torch.device(place.device).type == "cuda"
    if cuda:  # each worker sees no GPU but its own
        place = replace(place, device="cuda:0")
    options: dict[str, Any] = {"num_cpus": 1, "num_gpus": int(cuda), "max_retries": RETRIES}
    address = os.environ.get("RAY_ADDRESS")
    try:
        ray.init(
            num_cpus=None if address else workers, include_dashboard=False, log_to_driver=False,
            configure_logging=False,
        )  # fmt: skip
    except (ConnectionError, RuntimeError, ValueError) as error:
        raise _unreachable(address, error) from error
    try:
        work = ray.remote(**options)(_with_threads)
        waiting = {work.remote(study, place, shard, threads): shard for shard in shards}
        while waiting:
            done = ray.wait(list(waiting))[0][0]
            shard = waiting.pop(done)
            try:
                report = ray.get(done)
            except RayTaskError as error:
                if isinstance(error.cause, OpenBoxError):
                    raise error.cause from None
                raise
            except RayError as error:
                raise InputError(
                    f"run: {shard}: its worker died {RETRIES + 1} times ({_line(error)}); the same command "
                    "goes on where it stopped"
                ) from error
            yield report
    finally:
        ray.shutdown()


def _with_threads(study: Study, place: Place, shard: Shard, threads: int) -> Report:
    torch.set_num_threads(threads)
    try:
        return run_shard(study, place, shard)
    except OpenBoxError as error:  # as one line, which any process can read
        raise InputError(str(error)) from None


def _unreachable(address: str | None, error: Exception) -> InputError:
    where = f"the cluster that RAY_ADDRESS names ({address})" if address else "a cluster of its own"
    return InputError(f"run: Ray cannot reach {where}: {_line(error)}")


def _line(error: Exception) -> str:
    return (str(error).strip() or type(error).__name__).splitlines()[0]


ENGINES: dict[str, Engine] = {
    "local": Engine("in this process", check_here, run_here),
    "ray": Engine("on a Ray cluster", check_ray, run_on_ray),
}
