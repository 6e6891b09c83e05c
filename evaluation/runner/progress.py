"""The time left, from how long shards of the same network and method took."""

import time
from collections import defaultdict
from statistics import fmean

from evaluation.runner.shard import Shard


class Progress:
    """Counts the images that are left by network and method: LIME's take a thousand times those of noise."""

    def __init__(self, shards: list[Shard]) -> None:
        self._left: dict[tuple[str, ...], int] = defaultdict(int)
        self._rates: dict[tuple[str, ...], list[float]] = defaultdict(list)
        for shard in shards:
            self._left[_kind(shard)] += shard.count
        self._clock = time.monotonic()

    def finish(self, shard: Shard, made: int) -> None:
        """One shard is finished; only if files were made, its time tells something."""
        now = time.monotonic()
        kind = _kind(shard)
        self._left[kind] -= shard.count
        if made:
            self._rates[kind].append((now - self._clock) / shard.count)
        self._clock = now

    def left(self) -> str:
        """The time left in words; unknown kinds count as the mean of the known ones."""
        if not self._rates:
            return "?"
        known = {kind: fmean(rates) for kind, rates in self._rates.items()}
        usual = fmean(known.values())
        seconds = sum(count * known.get(kind, usual) for kind, count in self._left.items())
        minutes = round(seconds / 60)
        return f"{seconds:.0f} s" if seconds < 100 else f"{minutes // 60}:{minutes % 60:02d} h"


def _kind(shard: Shard) -> tuple[str, ...]:
    return shard.dataset, shard.model, shard.method.name
