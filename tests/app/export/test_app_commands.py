"""The commands that the files name exist, and so do the studies that they name."""

import argparse
import shlex

import pytest
from leaderboard import results
from models import records

from evaluation.command import PROGRAM, add_commands
from evaluation.models.study_file import find_models
from evaluation.runner.plan.study_file import find_study
from evaluation.table import COMMANDS
from openbox.decoupling.shipped import COMMAND

LINES = {
    **{f"models {name}": records.command(name) for name in records.model_studies()},
    **{f"study {name}": " && ".join(results.commands(name)) for name in results.studies(results.parent())},
    "decouple": COMMAND,
}


@pytest.mark.parametrize("name", LINES)
def test_a_command_can_be_typed(name: str) -> None:
    parser = argparse.ArgumentParser(exit_on_error=False)
    add_commands(parser, COMMANDS, "COMMAND")
    for line in LINES[name].split(" && "):
        assert line.startswith(f"{PROGRAM} ")
        options = parser.parse_args(shlex.split(line.removeprefix(PROGRAM)))
        if name.startswith("models"):
            assert find_models(options.study).is_file()
        elif name.startswith("study") and hasattr(options, "study"):
            assert find_study(options.study).is_file()
