"""Run the examples of pages: {page: [code, ..]} on standard input, {page: [printed, ..]} on standard output.

The examples of one page go on where the last one stopped, those of another page start anew. A process of its
own, so that they find what a reader's Python finds, and not what tests left behind.
"""

import io
import json
import sys
import traceback
from contextlib import redirect_stdout


def run(codes: list[str]) -> list[str]:
    """What each of a page's examples prints; the traceback of the one that fails ends the list."""
    names: dict[str, object] = {"__name__": "__main__"}
    printed = []
    for code in codes:
        out = io.StringIO()
        try:
            with redirect_stdout(out):
                exec(code, names)
        except Exception:
            return [*printed, out.getvalue() + traceback.format_exc()]
        printed.append(out.getvalue())
    return printed


json.dump({page: run(codes) for page, codes in json.load(sys.stdin).items()}, sys.stdout)
