"""The command line of the harness: ``python -m evaluation --help``."""

import argparse
import sys

from openbox.errors import OpenBoxError

from .bench.table import BENCHMARKS
from .command import Command, Parser, add_commands
from .leaderboard.command import LEADERBOARD
from .runner.command import RUN


def _declare_bench(parser: argparse.ArgumentParser) -> None:
    add_commands(parser, BENCHMARKS, "BENCHMARK")


def _run_chosen(options: argparse.Namespace) -> int:
    raise AssertionError(f"the subcommand's own run was not set: {options}")


COMMANDS: dict[str, Command] = {
    "run": RUN,
    "leaderboard": LEADERBOARD,
    "bench": Command("time the library against its rivals, side by side", _declare_bench, _run_chosen),
}


def main(arguments: list[str] | None = None) -> int:
    """The command line; returns the exit code: 0, 2 for a mistake, 130 when interrupted."""
    parser = Parser(prog="python -m evaluation", description=__doc__)
    add_commands(parser, COMMANDS, "COMMAND")
    options = parser.parse_args(arguments)
    try:
        return options.run(options)
    except OpenBoxError as error:
        print(error, file=sys.stderr)
        return 2
    except KeyboardInterrupt:
        print("interrupted", file=sys.stderr)
        return 130


if __name__ == "__main__":
    sys.exit(main())
