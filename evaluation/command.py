"""``Command``: one entry of a table of subcommands, of which the command line and its help are made."""

import argparse
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import NoReturn

# an installed wheel has no top-level package of the name "evaluation"
PROGRAM = "python -m evaluation" if __package__ == "evaluation" else "openbox-eval"


class Parser(argparse.ArgumentParser):
    """Says a mistake in one line, exit code 2; subcommands inherit it."""

    def error(self, message: str) -> NoReturn:
        self.exit(2, f"{self.prog}: {message}; see --help\n")


@dataclass(frozen=True)
class Command:
    """What it is in one sentence, how its arguments are declared, and what it does: returns the exit code."""

    summary: str
    declare: Callable[[argparse.ArgumentParser], None]
    run: Callable[[argparse.Namespace], int]


def add_commands(parser: argparse.ArgumentParser, table: Mapping[str, Command], kind: str) -> None:
    """One subcommand for each entry; the parsed options hold its ``run``."""
    commands = parser.add_subparsers(metavar=kind, required=True)
    for name, command in table.items():
        sub = commands.add_parser(name, help=command.summary, description=command.summary)
        sub.formatter_class = argparse.ArgumentDefaultsHelpFormatter
        sub.set_defaults(run=command.run)
        command.declare(sub)
