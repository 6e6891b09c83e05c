"""``Answers``: what was computed, by job; of each function only so many, those asked for last."""

from collections import OrderedDict, defaultdict
from collections.abc import Hashable

from work.job import Job
from work.ticket import Ticket


class Answers:
    """At most ``size`` of each function, or as many as its jobs say. Not for several threads at once."""

    def __init__(self, size: int) -> None:
        self._size = size
        self._kept = defaultdict[str, OrderedDict[Hashable, Ticket]](OrderedDict)

    def find(self, job: Job) -> Ticket | None:
        """The ticket of an equal job that was made."""
        function, key = job.name
        kept = self._kept[function]
        if key in kept:
            kept.move_to_end(key)
        return kept.get(key)

    def put(self, ticket: Ticket) -> None:
        """Keep it, if it has an answer."""
        if ticket.failed:
            return
        function, key = ticket.job.name
        kept = self._kept[function]
        kept[key] = ticket
        while len(kept) > (ticket.job.keep or self._size):
            kept.popitem(last=False)
