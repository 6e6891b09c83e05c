"""Dear results that report progress while they are made: kept between reruns, bounded in number.

Streamlit's own caches replay what a function draws, so that a function under them cannot move a progress bar.
"""

import threading
from collections import OrderedDict
from collections.abc import Callable, Hashable
from typing import Any, TypeVar

import streamlit as st

Result = TypeVar("Result")


class Kept:
    """At most ``size`` results by key, the ones asked for last; safe to share between threads."""

    def __init__(self, size: int) -> None:
        self._size = size
        self._lock = threading.Lock()
        self._results: OrderedDict[Hashable, Any] = OrderedDict()

    def __contains__(self, key: Hashable) -> bool:
        with self._lock:
            return key in self._results

    def get(self, key: Hashable, make: Callable[[], Result]) -> Result:
        """The result of ``key``, made if it is not there; what ``make`` raises is not kept."""
        with self._lock:
            if key in self._results:
                self._results.move_to_end(key)
                return self._results[key]
        made = make()
        with self._lock:
            self._results[key] = made
            while len(self._results) > self._size:
                self._results.popitem(last=False)
        return made


@st.cache_resource(max_entries=8, show_spinner=False)
def kept(kind: str, size: int) -> Kept:
    """The results of one kind, shared by all sessions."""
    del kind  # part of the key: each kind has a store of its own
    return Kept(size)
