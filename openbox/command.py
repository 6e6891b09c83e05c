"""What every command of OpenBox does with a mistake and with Ctrl-C."""

import signal
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from openbox.errors import OpenBoxError


class CtrlC(KeyboardInterrupt):
    """Not ``KeyboardInterrupt`` itself: one that passes through ``exec`` of a text, as in SciPy's imports,
    lets Python end by the signal, even if it was caught further up."""


def run_guarded(work: Callable[[], int]) -> int:
    """The exit code of ``work``; 2 for an ``OpenBoxError`` and 130 for Ctrl-C, each said in one line.

    ``work`` imports what it needs itself: torch takes seconds, and Ctrl-C may come then. Whatever an
    import that was broken off raises in its place counts as Ctrl-C, too.
    """
    with _noted() as pressed:
        try:
            return work()
        except KeyboardInterrupt:
            pressed.append(True)
        except OpenBoxError as error:
            if not pressed:
                print(error, file=sys.stderr)
                return 2
        except BaseException:
            if not pressed:
                raise
    print("interrupted", file=sys.stderr)
    return 130


@contextmanager
def _noted() -> Iterator[list[bool]]:
    """A list that is not empty once Ctrl-C was pressed, which raises ``CtrlC``."""
    pressed: list[bool] = []

    def press(*_: object) -> None:
        pressed.append(True)
        raise CtrlC

    alone = threading.current_thread() is threading.main_thread()  # who alone may take signals
    if not alone or signal.getsignal(signal.SIGINT) is not signal.default_int_handler:
        yield pressed
        return
    signal.signal(signal.SIGINT, press)
    try:
        yield pressed
    finally:
        signal.signal(signal.SIGINT, signal.default_int_handler)
