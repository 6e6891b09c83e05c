"""``Job``: a call that another process makes."""

from collections.abc import Callable, Hashable
from dataclasses import dataclass
from typing import Any, Literal

Lane = Literal["quick", "slow"]
MINUTE = 60.0


@dataclass(frozen=True)
class Job:
    """``function(*args)``; the function stands at the top of a module without Streamlit, and all pickles.

    Equal ``key`` of one function, equal answer, of which ``keep`` are kept (0: the desk's own number).
    ``limit``: seconds, after which it is given up.
    """

    function: Callable[..., Any]
    args: tuple[Any, ...]
    key: Hashable
    lane: Lane = "quick"
    keep: int = 0
    limit: float = 5 * MINUTE

    @property
    def name(self) -> tuple[str, Hashable]:
        """What tells its answer from all others."""
        return f"{self.function.__module__}.{self.function.__qualname__}", self.key
