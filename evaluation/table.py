"""The one table of the harness's commands."""

import argparse

from .bench.table import BENCHMARKS
from .cnn_inte.command import CNN_INTE
from .command import PROGRAM, Command, Parser, add_commands
from .decoupling.command import DECOUPLE
from .leaderboard.command import LEADERBOARD
from .models.command import MODELS
from .runner.command import RUN


def _declare_bench(parser: argparse.ArgumentParser) -> None:
    add_commands(parser, BENCHMARKS, "BENCHMARK")


def _run_chosen(options: argparse.Namespace) -> int:
    raise AssertionError(f"the subcommand's own run was not set: {options}")


COMMANDS: dict[str, Command] = {
    "run": RUN,
    "leaderboard": LEADERBOARD,
    "cnn-inte": CNN_INTE,
    "decouple": DECOUPLE,
    "models": MODELS,
    "bench": Command("time the library against its rivals, side by side", _declare_bench, _run_chosen),
}


def run_command(arguments: list[str] | None = None) -> int:
    """The command that is asked for; returns the exit code. Raises ``OpenBoxError``."""
    parser = Parser(prog=PROGRAM, description="The harness: what the library is measured against, and how.")
    add_commands(parser, COMMANDS, "COMMAND")
    options = parser.parse_args(arguments)
    return options.run(options)
