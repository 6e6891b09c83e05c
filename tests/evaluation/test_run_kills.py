"""``kill -9`` at any moment loses at most the shard in flight, and no row is lost or doubled."""

import os
import random
import signal
import time
from pathlib import Path

import pytest
from starts import finish, start, wait_until
from tiny_study import all_rows, files_with_times, run_study, same_in_all_runs, write_study

# 84 shards of 2 images
LONGER = [("images = 6", "images = 56"), ("shard_images = 3", "shard_images = 2")]


def whole(out: Path) -> dict[Path, tuple[int, int]]:
    """The files of a run that are not half there."""
    return {path: times for path, times in files_with_times(out).items() if path.suffix != ".partial"}


def kill_many(folder: Path, times: int, seed: int) -> None:
    """Kill a study some times, finish it, and compare its rows with those of an unbroken run.

    Each kill comes a random time, up to 30 ms, after a random number of new files, 0 to 8: there are 253.
    """
    study, out = write_study(folder, *LONGER), folder / "killed"
    finish(study, folder / "unbroken")
    chance, midway = random.Random(seed), 0
    for _ in range(times):
        before, new = whole(out), chance.randint(0, 8)
        process = start(study, out)
        wait_until(lambda: len(whole(out)) >= len(before) + new, process)  # noqa: B023
        time.sleep(chance.uniform(0, 0.03))
        midway += process.is_alive()
        process.kill()
        process.join()
        after = whole(out)
        assert {path: after.get(path) for path in before if path.name != "run.json"} == {
            path: before[path] for path in before if path.name != "run.json"
        }, "what was made stays"
    assert midway > 0.8 * times, "hardly a run was killed before its end"
    finish(study, out)
    made = whole(out)
    finish(study, out)
    assert {p for p in made if made[p] != whole(out)[p]} <= {out / "tiny" / "run.json"}

    rows = all_rows(out)
    assert len(rows) == 3 * 56 * 4
    assert same_in_all_runs(rows) == same_in_all_runs(all_rows(folder / "unbroken"))
    relative = {path.relative_to(out) for path in made}
    assert relative == {path.relative_to(folder / "unbroken") for path in whole(folder / "unbroken")}


def test_two_kills(tmp_path: Path) -> None:
    kill_many(tmp_path, 2, seed=7)


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
    assert len(all_rows(out)) == 3 * 56 * 4
    assert not list(out.rglob("*.partial"))


def test_an_interrupted_run_says_so_and_goes_on(tmp_path: Path) -> None:
    study, out, log = write_study(tmp_path, *LONGER), tmp_path / "runs", tmp_path / "log"
    process = start(study, out, log=log)
    assert wait_until(lambda: len(whole(out)) > 10, process)
    os.kill(process.pid or 0, signal.SIGINT)
    process.join(60)
    assert process.exitcode == 130
    assert log.read_text() == "interrupted; the same command goes on where it stopped\n"
    assert not list(out.rglob("*.partial"))
    before = whole(out / "tiny" / "rows")
    assert 0 < len(before) < 168
    assert run_study(study, out) == 0
    assert before.items() <= whole(out / "tiny" / "rows").items()
    assert len(all_rows(out)) == 3 * 56 * 4
