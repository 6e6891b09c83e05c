"""``kill -9`` at any moment loses at most the shard in flight, and no row is lost or doubled."""

import csv
import os
import random
import signal
import time
from pathlib import Path

import pytest
from starts import count_files, finish, start, wait_until
from tiny_study import all_rows, files_with_times, run_study, same_in_all_runs, write_study

from evaluation.__main__ import main

IMAGES = 40
# 60 shards of 2 images: 181 files
LONGER = [("images = 6", f"images = {IMAGES}"), ("shard_images = 3", "shard_images = 2")]
MEASURED = ("cost.seconds", "cost.peak_memory_mb")
CLOCKS = ("timestamp", "seconds_per_image", "peak_memory_mb")


def kill_many(folder: Path, times: int, seed: int) -> None:
    """Kill a study some times, finish it, and compare its rows with those of an unbroken run.

    Each kill comes a random time, up to 30 ms, after a random number of new files, 0 to 6: there are 181.
    """
    study, out = write_study(folder, *LONGER), folder / "killed"
    finish(study, folder / "unbroken")
    chance, midway = random.Random(seed), 0
    for _ in range(times):
        before, new = files_with_times(out), chance.randint(0, 6)
        process = start(study, out)
        wait_until(lambda: count_files(out) >= len(before) + new, process)  # noqa: B023
        time.sleep(chance.uniform(0, 0.03))
        midway += process.is_alive()
        process.kill()
        process.join()
        after = files_with_times(out)
        for path in before:
            assert path.name == "run.json" or after[path] == before[path], "what was made stays"
    assert midway > 0.8 * times, "hardly a run was killed before its end"
    finish(study, out)
    rows = all_rows(out)
    assert len(rows) == 3 * IMAGES * 4
    assert same_in_all_runs(rows) == same_in_all_runs(all_rows(folder / "unbroken"))
    unbroken = folder / "unbroken"
    assert {path.relative_to(out) for path in files_with_times(out)} == {
        path.relative_to(unbroken) for path in files_with_times(unbroken)
    }
    assert table(out / "tiny") == table(unbroken / "tiny")


def table(run: Path) -> list[dict[str, str]]:
    """The leaderboard of a run, without what the clock and the memory of the machine say."""
    assert main(["leaderboard", str(run), "--out", str(run / "tables"), "--resamples", "50"]) == 0
    with (run / "tables" / "leaderboard.csv").open() as file:
        found = [row for row in csv.DictReader(file) if row["metric"] not in MEASURED]
    return [{name: value for name, value in row.items() if name not in CLOCKS} for row in found]


@pytest.mark.long
@pytest.mark.parametrize("seed", [0, 1])
def test_twenty_kills(seed: int, tmp_path: Path) -> None:
    kill_many(tmp_path, 20, seed)


def test_two_runs_at_once_in_one_folder(tmp_path: Path) -> None:
    study, out = write_study(tmp_path, *LONGER), tmp_path / "runs"
    pair = [start(study, out) for _ in range(2)]
    for process in pair:
        process.join(120)
        assert process.exitcode == 0
    assert len(all_rows(out)) == 3 * IMAGES * 4
    assert not list(out.rglob("*.partial"))


@pytest.mark.long
def test_an_interrupted_run_says_so_and_goes_on(tmp_path: Path) -> None:
    """It is interrupted in its third shard, which would take minutes."""
    endless = [("openbox = {}", ""), ("edges = {}", "edges = {}\nlime = { samples = 100000 }")]
    study, out, log = write_study(tmp_path, *endless), tmp_path / "runs", tmp_path / "log"
    process = start(study, out, log=log)
    rows = out / "tiny" / "rows"
    assert wait_until(lambda: count_files(rows) == 4, process)  # of random and edges, each cost and sparsity
    os.kill(process.pid or 0, signal.SIGINT)
    process.join(60)
    assert process.exitcode == 130
    assert log.read_text() == "interrupted; the same command goes on where it stopped\n"
    assert not list(out.rglob("*.partial"))
    before = files_with_times(rows)
    assert len(before) == 4
    assert run_study(study, out, "--methods", "random,edges") == 0
    assert before.items() <= files_with_times(rows).items()
    assert len(all_rows(out)) == 6 * 2 * 4
