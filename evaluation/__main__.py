"""The command line of the harness: ``python -m evaluation --help``."""

import sys

from openbox.command import run_guarded


def main(arguments: list[str] | None = None) -> int:
    """The command line; returns the exit code: 0, 2 for a mistake, 130 when interrupted."""

    def work() -> int:
        from .table import run_command

        return run_command(arguments)

    return run_guarded(work)


if __name__ == "__main__":
    sys.exit(main())
