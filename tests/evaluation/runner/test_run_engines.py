"""The same numbers bit for bit, in whatever order and by how many workers the shards are worked through."""

import importlib.util
import multiprocessing
import os
import random
import signal
import time
from collections.abc import Iterator
from dataclasses import replace
from functools import partial
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any

import pytest
from requirements import require
from starts import finish, fork, start, wait_until
from tiny_study import all_rows, run_study, same_in_all_runs, write_study

from evaluation.engines import ENGINES, Work, run_here, run_on_ray
from evaluation.runner.plan.shard import Shard, cut
from evaluation.runner.plan.study import Study
from evaluation.runner.plan.study_file import read_study
from evaluation.runner.shards.work import Place, Report, run_shard
from openbox.errors import InputError

LIME = ("random = {}", "random = {}\nlime = {samples = 50}")


def rows(out: Path) -> list[dict[str, Any]]:
    return same_in_all_runs(all_rows(out))


def require_ray() -> None:
    require(importlib.util.find_spec("ray") is not None, "Ray: pip install -r requirements-ray.txt")


@pytest.fixture
def unbroken(tmp_path: Path) -> list[dict[str, Any]]:
    """The rows of the tiny study, worked through in order."""
    assert run_study(write_study(tmp_path, LIME), tmp_path / "unbroken") == 0
    return rows(tmp_path / "unbroken")


@pytest.mark.parametrize("seed", [0, 1])
def test_any_order(
    seed: int, tmp_path: Path, unbroken: list[dict[str, Any]], monkeypatch: pytest.MonkeyPatch
) -> None:
    def shuffled(work: Work, shards: list[Shard], *how: Any) -> Iterator[Report]:
        random.Random(seed).shuffle(shards)
        return run_here(work, shards, *how)

    monkeypatch.setitem(ENGINES, "local", replace(ENGINES["local"], run=shuffled))
    assert run_study(tmp_path / "tiny.toml", tmp_path / "runs") == 0
    assert rows(tmp_path / "runs") == unbroken


@pytest.mark.parametrize("parts", [2, 3])
def test_shares_make_up_the_whole(
    parts: int, tmp_path: Path, unbroken: list[dict[str, Any]], capsys: pytest.CaptureFixture[str]
) -> None:
    capsys.readouterr()
    for part in range(parts, 0, -1):
        assert run_study(tmp_path / "tiny.toml", tmp_path / "runs", "--shard", f"{part}/{parts}") == 0
    counts = [int(line.split()[0]) for line in capsys.readouterr().out.splitlines() if " files of " in line]
    assert counts == {2: [8, 16], 3: [4, 10, 16]}[parts]  # eight shards, two files of rows each
    assert rows(tmp_path / "runs") == unbroken


@pytest.mark.long
def test_two_ray_workers(tmp_path: Path, unbroken: list[dict[str, Any]]) -> None:
    require_ray()
    finish(tmp_path / "tiny.toml", tmp_path / "runs", "--engine", "ray", "--workers", "2")
    assert rows(tmp_path / "runs") == unbroken


@pytest.mark.long
@pytest.mark.parametrize("workers", [1, 4])
def test_other_numbers_of_ray_workers(
    workers: int, tmp_path: Path, unbroken: list[dict[str, Any]], monkeypatch: pytest.MonkeyPatch
) -> None:
    require_ray()
    monkeypatch.chdir(tmp_path)  # a relative folder means that of whoever starts the run
    assert run_study(Path("tiny.toml"), Path("runs"), "--shard", "1/2") == 0
    finish(Path("tiny.toml"), Path("runs"), "--engine", "ray", "--workers", str(workers))
    assert rows(tmp_path / "runs") == unbroken


def busy_workers(driver: int) -> list[int]:
    """The Ray workers of a process's own cluster, whose session is named after it, with a shard in hand."""
    busy = []
    for folder in Path("/proc").glob("[0-9]*"):
        try:
            if (folder / "cmdline").read_bytes().startswith(b"ray::_with_threads"):
                session = (folder / "fd" / "1").readlink().parents[1].name
                busy += [int(folder.name)] * session.endswith(f"_{driver}")
        except OSError:  # it has ended
            continue
    return busy


SLOW = ("random = {}", "lime = {samples = 20000}")


@pytest.mark.long
def test_a_shard_whose_worker_is_killed_is_started_again(tmp_path: Path) -> None:
    require_ray()
    study = write_study(tmp_path, SLOW)
    process = start(study, tmp_path / "runs", "--engine", "ray", "--workers", "2", "--methods", "lime")
    assert wait_until(lambda: len(busy_workers(process.pid or 0)) == 2, process, every=0.1)
    time.sleep(1)
    victim, *_ = busy_workers(process.pid or 0)
    os.kill(victim, signal.SIGKILL)
    process.join()
    assert process.exitcode == 0
    assert run_study(study, tmp_path / "unbroken", "--methods", "lime") == 0
    assert rows(tmp_path / "runs") == rows(tmp_path / "unbroken")


@pytest.mark.long
def test_a_shard_whose_worker_always_dies(tmp_path: Path) -> None:
    require_ray()
    study, log = write_study(tmp_path, SLOW), tmp_path / "log"
    options = ("--engine", "ray", "--workers", "1", "--methods", "lime")
    process = start(study, tmp_path / "runs", *options, log=log)

    def killed_all() -> bool:
        for one in busy_workers(process.pid or 0):
            os.kill(one, signal.SIGKILL)
        return False

    assert not wait_until(killed_all, process, every=0.1)
    process.join()
    assert process.exitcode == 2
    said = log.read_text()
    last = said.splitlines()[-1]  # Ray may have said something of its own before
    assert last.startswith("engine ray: digits cnn-0, lime-0, images ")
    assert ": its worker died 4 times (" in last
    assert "Traceback" not in said
    finish(study, tmp_path / "runs", "--methods", "random")


def _ray_into_nowhere(study: Study, told: Connection) -> None:
    place = Place(Path("/proc/nowhere"), "cpu", None)
    try:
        list(run_on_ray(partial(run_shard, study, place), list(cut(study)), 1, 1, False))
    except InputError as error:
        told.send(str(error))


@pytest.mark.long
def test_what_a_ray_worker_cannot_write_is_one_line(tmp_path: Path) -> None:
    require_ray()
    heard, told = multiprocessing.Pipe(duplex=False)
    process = fork(_ray_into_nowhere, read_study(write_study(tmp_path)), told)
    process.join()
    assert heard.poll()
    said = heard.recv()
    assert said.startswith("run: cannot write /proc/nowhere/maps/")
    assert "\n" not in said


NO_TOKEN = {"RAY_AUTH_MODE": "disabled"}  # whoever has a cluster of others has its token, too


def _host(told: Connection, end: Connection) -> None:
    os.environ.update(NO_TOKEN)
    import ray

    context: Any = ray.init(num_cpus=2, include_dashboard=False, log_to_driver=False)
    told.send(context.address_info["gcs_address"])
    end.recv()
    ray.shutdown()


@pytest.mark.long
def test_a_cluster_that_is_there(tmp_path: Path, unbroken: list[dict[str, Any]]) -> None:
    require_ray()
    heard, told = multiprocessing.Pipe(duplex=False)
    end, ender = multiprocessing.Pipe(duplex=False)
    host = fork(_host, told, end)
    study, out, log = tmp_path / "tiny.toml", tmp_path / "runs", tmp_path / "log"
    try:
        assert heard.poll(120)
        there = {"RAY_ADDRESS": heard.recv(), **NO_TOKEN}
        finish(study, out, "--engine", "ray", environment=there)
        assert rows(out) == unbroken
    finally:
        ender.send("")
        host.join(60)
    process = start(study, out, "--engine", "ray", log=log, environment=there)
    process.join()
    assert process.exitcode == 2
    said = log.read_text()
    assert said.splitlines()[-1].startswith("engine ray: no answer from the cluster that RAY_ADDRESS names (")
    assert "Traceback" not in said
