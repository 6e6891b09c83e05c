"""Train any network of the zoo on any of its data sets.

    python -m openbox.zoo.train --data mnist --network cnn --seed 0

After each epoch the state is saved, so an interrupted run goes on where it stopped. The last epoch is
kept: no choice is made by looking at the test set.
"""

import sys

from openbox.command import run_guarded


def main(arguments: list[str] | None = None) -> int:
    """The command line; returns the exit code."""

    def work() -> int:
        from openbox.zoo.training.command import run

        return run(__doc__, arguments)

    return run_guarded(work)


if __name__ == "__main__":
    sys.exit(main())
