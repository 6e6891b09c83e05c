"""``kill -9`` at any moment loses at most the part or the epoch in flight of a study of networks."""

import random
import time
from pathlib import Path

import pytest
from starts import begin, count_files, wait_until

from evaluation.whole.facts import Fact, read_facts

CLOCKS = ("time left", "ms before")
COMMANDS = {
    "decouple": [
        "--checkpoints", "digits-cnn-seed0", "--rates", "0.75,0.5", "--epochs", "2", "--images", "150",
        "--attacks", "fgsm", "--epsilon", "0.2",
    ],
    "cnn-inte": ["--checkpoint", "digits-cnn-seed0", "--factors", "2,3", "--clusters", "5,8"],
    "models": ["--study", "tiny.toml"],
}  # fmt: skip
STUDY = """
name = "tiny"
data = "digits"
seeds = [0, 1]
[training]
epochs = 3
learning_rate = 0.05
[sampling]
agreement = 0
flips = 1
patch = 4
[models.linear]
kind = "linear"
[models.dense]
kind = "dense"
width = 8
"""
KILLS = 5


@pytest.mark.long
@pytest.mark.parametrize("command", COMMANDS)
def test_killed_and_called_again_it_goes_on(
    command: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    Path("tiny.toml").write_text(STUDY)
    words = [command, *COMMANDS[command], "--out"]
    unbroken, out = tmp_path / "unbroken", tmp_path / "killed"
    process = begin([*words, str(unbroken)])
    process.join()
    assert process.exitcode == 0
    chance, midway = random.Random(0), 0
    for _ in range(KILLS):
        process, before = begin([*words, str(out)]), count_files(out)
        wait_until(lambda: count_files(out) > before, process)  # noqa: B023
        time.sleep(chance.uniform(0, 0.1))
        midway += process.is_alive()
        process.kill()
        process.join()
    assert midway >= KILLS - 1, "hardly a run was killed before its end"
    made = {path: path.stat().st_mtime_ns for path in out.rglob("parts/*.csv")}
    process = begin([*words, str(out)])
    process.join()
    assert process.exitcode == 0
    assert all(path.stat().st_mtime_ns == time for path, time in made.items()), "what was made stays"
    assert not list(out.rglob("*.partial"))
    assert not list(out.rglob("*.pt"))
    assert without_clocks(out) == without_clocks(unbroken)


def without_clocks(folder: Path) -> list[Fact]:
    """All facts that a second run has to find again, bit for bit."""
    (file,) = folder.rglob("facts.csv")
    return [fact for fact in read_facts(file) if fact.metric not in CLOCKS]
