"""The time left: by network and method, whatever the number of workers; and what the bar says."""

import pytest

from evaluation.runner.plan.shard import Shard
from evaluation.runner.plan.study import MethodConfig
from evaluation.runner.progress import Progress
from evaluation.runner.shards.work import Report

RATES = {"lime": 10.0, "random": 0.01}  # seconds an image


class Clock:
    now = 50.0

    def __call__(self) -> float:
        return self.now


def shards(rounds: int = 10, images: int = 5) -> list[Shard]:
    """As ``cut`` orders them: the first images by every method, then the next ones."""
    return [
        Shard("mnist", "cnn", 0, MethodConfig(name, None), 0, start * images, images, ())
        for start in range(rounds)
        for name in RATES
    ]


def seconds(shard: Shard) -> float:
    return RATES[shard.method.name] * shard.count


def test_nothing_is_known_at_first() -> None:
    assert Progress(shards(), Clock()).left() == "?"


def test_slow_and_fast_methods_are_told_apart() -> None:
    clock, work = Clock(), shards()
    progress = Progress(work, clock)
    for place, shard in enumerate(work):
        clock.now += seconds(shard)
        progress.finish(Report(shard, 2, 0, seconds(shard)))
        true = sum(map(seconds, work[place + 1 :]))
        if place >= 1:  # both methods were met
            minutes = round(true / 60)
            assert progress.left() == (f"{true:.0f} s" if true < 100 else f"0:{minutes:02d} h")
    assert progress.left() == "0 s"


def test_an_unknown_method_counts_as_the_mean_of_the_known_ones() -> None:
    clock, (first, *rest) = Clock(), shards(rounds=1)
    progress = Progress([first, *rest], clock)
    clock.now += 30
    progress.finish(Report(first, 2, 0, 30))
    assert progress.left() == "30 s"


@pytest.mark.parametrize("workers", [1, 2, 4])
def test_workers_share_the_time_left(workers: int) -> None:
    clock = Clock()
    work = [shard for shard in shards(rounds=40) if shard.method.name == "lime"]
    progress = Progress(work, clock)
    for place, shard in enumerate(work[:20]):
        if place % workers == 0:
            clock.now += seconds(shard)
        progress.finish(Report(shard, 2, 0, seconds(shard)))
    minutes = round(20 * 50 / workers / 60)
    assert progress.left() == f"0:{minutes:02d} h"


def test_what_was_there_before_tells_nothing() -> None:
    clock, work = Clock(), shards()
    progress = Progress(work, clock)
    for shard in work[:10]:
        clock.now += 0.001
        progress.finish(Report(shard, 0, 0, 0.001))
    assert progress.left() == "?"
    for shard in work[10:12]:
        clock.now += seconds(shard)
        progress.finish(Report(shard, 2, 0, seconds(shard)))
    assert progress.left() == "0:03 h"  # four times 50 s and a little


def test_hours() -> None:
    clock, work = Clock(), [shard for shard in shards(rounds=721) if shard.method.name == "lime"]
    progress = Progress(work, clock)
    clock.now += 50
    progress.finish(Report(work[0], 2, 0, 50))
    assert progress.left() == "10:00 h"
