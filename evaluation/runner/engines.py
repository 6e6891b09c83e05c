"""The one table of engines: how the shards of a run are worked through; the work itself is the same."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import torch

from evaluation.runner.shard import Shard
from evaluation.runner.study import Study
from evaluation.runner.work import Place, Report, run_shard
from openbox.errors import InputError

Run = Callable[[Study, Place, list[Shard], int, int], Iterator[Report]]
RETRIES = 3  # of a shard whose worker died


@dataclass(frozen=True)
class Engine:
    """``run(study, place, shards, workers, threads)`` yields a report as each shard is finished."""

    summary: str
    run: Run


def run_here(study: Study, place: Place, shards: list[Shard], workers: int, threads: int) -> Iterator[Report]:
    """One after the other, in this process."""
    if workers != 1:
        raise InputError(
            f"run: --workers {workers} with --engine local, which is one process; use --engine ray, or start "
            "several with --shard 1/N, 2/N, .."
        )
    torch.set_num_threads(threads)
    for shard in shards:
        yield run_shard(study, place, shard)


def run_on_ray(
    study: Study, place: Place, shards: list[Shard], workers: int, threads: int
) -> Iterator[Report]:
    """The same shards on a Ray cluster: the one that ``RAY_ADDRESS`` names, else ``workers`` local processes.

    A shard whose worker dies is started again. The folder must be one that all workers reach.
    """
    try:
        import ray
    except ImportError as error:
        raise InputError("run: --engine ray needs Ray; pip install -r requirements-ray.txt") from error

    cuda = torch.device(place.device).type == "cuda"
    options: dict[str, Any] = {"num_cpus": 1, "num_gpus": int(cuda), "max_retries": RETRIES}
    ray.init(
        num_cpus=workers, include_dashboard=False, log_to_driver=False, configure_logging=False,
        ignore_reinit_error=True,
    )  # fmt: skip
    try:
        work = ray.remote(**options)(_with_threads)
        waiting = [work.remote(study, place, shard, threads) for shard in shards]
        while waiting:
            done, waiting = ray.wait(waiting)
            yield ray.get(done[0])
    finally:
        ray.shutdown()


def _with_threads(study: Study, place: Place, shard: Shard, threads: int) -> Report:
    torch.set_num_threads(threads)
    return run_shard(study, place, shard)


ENGINES: dict[str, Engine] = {
    "local": Engine("in this process", run_here),
    "ray": Engine("on a Ray cluster", run_on_ray),
}
