"""The time left, from how long shards of the same network and method took."""

import time
from collections import defaultdict
from collections.abc import Callable

from .plan.shard import Shard
from .shards.work import Report


class Progress:
    """Counts the images that are left by network and method: LIME's take a thousand times those of noise.

    Workers that go on at the same time are told by the ratio of the work done to the time that went by.
    """

    def __init__(self, shards: list[Shard], clock: Callable[[], float] = time.monotonic) -> None:
        self._left: dict[tuple[str, ...], int] = defaultdict(int)
        self._images: dict[tuple[str, ...], int] = defaultdict(int)
        self._seconds: dict[tuple[str, ...], float] = defaultdict(float)
        for shard in shards:
            self._left[_kind(shard)] += shard.count
        self._clock = clock
        self._begun = clock()

    def finish(self, report: Report) -> None:
        """One shard is finished; only if files were made, its time tells something."""
        kind = _kind(report.shard)
        self._left[kind] -= report.shard.count
        if report.made:
            self._images[kind] += report.shard.count
            self._seconds[kind] += report.seconds

    def left(self) -> str:
        """The time left in words; an image of an unknown kind counts as the mean of the known kinds."""
        rates = {kind: seconds / self._images[kind] for kind, seconds in self._seconds.items()}
        if not rates:
            return "?"
        usual = sum(rates.values()) / len(rates)
        work = sum(count * rates.get(kind, usual) for kind, count in self._left.items())
        at_once = max(1.0, sum(self._seconds.values()) / max(self._clock() - self._begun, 1e-9))
        seconds = work / at_once
        minutes = round(seconds / 60)
        return f"{seconds:.0f} s" if seconds < 100 else f"{minutes // 60}:{minutes % 60:02d} h"


def _kind(shard: Shard) -> tuple[str, ...]:
    return shard.dataset, shard.model, shard.method.name
