"""Taking turns: ``torch.export`` changes the whole process while it traces, so nothing computes meanwhile.

It switches oneDNN, NNPACK and cuDNN off and replaces ``nn.Module.__call__``. A convolution of another thread
then runs on another kernel and differs in its last bits, and its calls reach the tracer.
"""

import threading
from collections.abc import Iterator
from contextlib import contextmanager

_turn = threading.Condition()
_computing = 0  # threads inside ``computing``
_tracing = 0  # threads inside ``tracing`` or waiting for it: they go first
_busy = False  # one of them traces
_mine = threading.local()


@contextmanager
def computing() -> Iterator[None]:
    """Wait until nobody traces, then keep tracers out; any number of threads, nested as deep as you like."""
    global _computing
    depth = getattr(_mine, "depth", 0)
    if depth == 0:
        with _turn:
            _turn.wait_for(lambda: _tracing == 0)
            _computing += 1
    _mine.depth = depth + 1
    try:
        yield
    finally:
        _mine.depth = depth
        if depth == 0:
            with _turn:
                _computing -= 1
                _turn.notify_all()


@contextmanager
def tracing() -> Iterator[None]:
    """Wait until nobody computes or traces, then be alone. Not to be entered inside ``computing``."""
    global _tracing, _busy
    if getattr(_mine, "depth", 0):
        raise RuntimeError("tracing() inside computing() would wait for itself; capture the network before")
    with _turn:
        _tracing += 1
    try:
        with _turn:
            _turn.wait_for(lambda: _computing == 0 and not _busy)
            _busy = True
        _mine.depth = 1  # what is computed while tracing needs no turn of its own
        try:
            yield
        finally:
            _mine.depth = 0
            with _turn:
                _busy = False
    finally:
        with _turn:
            _tracing -= 1
            _turn.notify_all()
