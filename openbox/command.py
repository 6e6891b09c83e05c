"""What every command of OpenBox does with a mistake and with Ctrl-C."""

import sys
from collections.abc import Callable

from openbox.errors import OpenBoxError


def run_guarded(work: Callable[[], int]) -> int:
    """The exit code of ``work``; 2 for an ``OpenBoxError`` and 130 for Ctrl-C, each said in one line.

    ``work`` imports what it needs itself: torch takes seconds, and Ctrl-C may come then.
    """
    try:
        return work()
    except OpenBoxError as error:
        print(error, file=sys.stderr)
        return 2
    except KeyboardInterrupt:
        print("interrupted", file=sys.stderr)
        return 130
