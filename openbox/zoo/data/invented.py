"""An embedded set of titles, so that whatever reads words runs without any data folder.

MADE UP BY US: all 180 are invented, in the vocabulary of DBLP's titles. None was taken from a paper, and what
resembles a paper's title does so by chance. Say "invented" wherever one is shown.
"""

from pathlib import Path

import torch

from openbox.zoo.data.titles import Titles
from openbox.zoo.data.venues import CLASSES

SOURCE = "invented titles, of no real paper"
TRAIN = 20  # of the 30 titles of a class, the first so many are for training and the others for testing
_FILE = Path(__file__).with_name("invented.txt")  # class, tab, title


def read(root: Path, train: bool) -> Titles:
    """20 training or 10 test titles of each class. ``root`` is not used."""
    del root
    rows = [line.split("\t") for line in _FILE.read_text(encoding="utf-8").splitlines()]
    chosen: list[tuple[str, int]] = []
    for label, name in enumerate(CLASSES):
        titles = [title for of, title in rows if of == name]
        chosen += [(title, label) for title in (titles[:TRAIN] if train else titles[TRAIN:])]
    texts, labels = zip(*chosen, strict=True)
    return Titles(texts, torch.tensor(labels), CLASSES, SOURCE)
