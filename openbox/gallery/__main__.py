"""Train the small reader of titles that attends, which the page Gallery of the app shows.

    python -m openbox.gallery

It reads dblp/ below the data root, and takes two minutes on one core.
"""

import argparse
import sys
from pathlib import Path

from openbox.command import run_guarded


def main(arguments: list[str] | None = None) -> int:
    """The command line; returns the exit code."""
    return run_guarded(lambda: _run(arguments))


def _run(arguments: list[str] | None) -> int:
    parser = argparse.ArgumentParser(prog="python -m openbox.gallery", description=__doc__)
    parser.formatter_class = argparse.RawDescriptionHelpFormatter
    parser.add_argument("--data-root", type=Path, help="where dblp/ lies, else OPENBOX_DATA, else data/")
    parser.add_argument("--out", type=Path, help="the file, else checkpoints/gallery/attention.safetensors")
    options = parser.parse_args(arguments)

    from openbox.gallery.attention import mean_tau, save_reader  # late: see openbox.command
    from openbox.gallery.attention_training import reader_accuracy, train_reader
    from openbox.gallery.shipped import attention_file
    from openbox.zoo.data import load_titles

    train, test = (load_titles("dblp", split, options.data_root) for split in (True, False))
    reader = train_reader(train, print)
    accuracy = reader_accuracy(reader, test)
    out = options.out or attention_file()
    out.parent.mkdir(parents=True, exist_ok=True)
    save_reader(reader, out, accuracy)
    tau = mean_tau(reader, test.texts[:1000])
    print(f"{out}: test accuracy {accuracy:.2%}, mean tau on 1,000 test titles {tau:.3f}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
