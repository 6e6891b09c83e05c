"""The captures that are kept beside the checkpoints, so that a network is open in a fraction of a second.

python -m openbox.zoo.captures keeps those of all checkpoints for images anew.
"""

import argparse
import logging
import sys
from pathlib import Path

import torch

from openbox.command import run_guarded
from openbox.errors import CaptureError, StaleCaptureError
from openbox.opening import capture, load_capture
from openbox.zoo.checkpoints import Checkpoint, checkpoint_folder, list_checkpoints, load_checkpoint


def keep(checkpoint: Checkpoint, folder: str | Path | None = None) -> Path:
    """Capture a network that reads images; returns the file, which lies beside its weights.

    Raises what a capture raises, and ``OSError``.
    """
    path = _place(checkpoint, folder)
    capture(checkpoint.model, torch.zeros(1, *checkpoint.card.shape)).save(path)
    return path


def recall(checkpoint: Checkpoint, folder: str | Path | None = None) -> bool:
    """Whether a kept capture fits: then ``openbox.capture`` finds it, and makes no trace.

    A file that does not fit is said in the log, and the network is captured when it is asked for.
    """
    path = _place(checkpoint, folder)
    if not path.is_file():
        return False
    try:
        load_capture(path, checkpoint.model)
    except (CaptureError, StaleCaptureError) as error:
        logging.getLogger(__name__).warning("%s", error)
        return False
    return True


def _place(checkpoint: Checkpoint, folder: str | Path | None) -> Path:
    return Path(folder or checkpoint_folder()) / f"{checkpoint.card.name}.capture"


def main(arguments: list[str] | None = None) -> int:
    """The command line; returns the exit code."""

    def work() -> int:
        parser = argparse.ArgumentParser("python -m openbox.zoo.captures", description=__doc__)
        parser.add_argument("--checkpoints", type=Path, default=checkpoint_folder(), metavar="FOLDER")
        folder = parser.parse_args(arguments).checkpoints
        for name in list_checkpoints(folder):
            path = keep(load_checkpoint(name, folder), folder)
            print(f"{path}: {path.stat().st_size:,} bytes")
        return 0

    return run_guarded(work)


if __name__ == "__main__":
    sys.exit(main())
