"""How the tests are shared out: all tests of a case to one process, which opens its network once.

All other tests of a file stay together. (xdist has marks for groups, which it loses under pytest 9.2, see
its issue 1386, so the groups are read off the ids of the tests.)
"""

from cases import CASES
from xdist.scheduler import LoadScopeScheduling

ROOMS = ("tests/linearize/", "tests/program/", "tests/geometry/")  # whose tests go over the table of cases
LAST = "tests/linearize/test_whole_table.py"  # reads what all the others have found


def group(test: str) -> str:
    """The case that a test is about, by its id, or its file."""
    file, _, function = test.partition("::")
    if file.startswith(ROOMS):
        words = function.partition("[")[2].removesuffix("]").split("-")
        for parts in range(len(words), 0, -1):  # the parameters stand in an order that is not known
            for start in range(len(words) - parts + 1):
                name = "-".join(words[start : start + parts])
                if name in CASES:
                    return name
    return file


def turn(test: str) -> int:
    """Files go first, which take longer than cases, so that no process waits for the other at the end."""
    return 2 if group(test) == LAST else int(group(test) in CASES)


class ByCase(LoadScopeScheduling):
    """What xdist does with modules and classes, with cases and files."""

    def _split_scope(self, nodeid: str) -> str:
        return group(nodeid)
