"""An embedded set of titles, so that whatever reads words runs without any data folder.

MADE UP BY US: all 180 are invented, in the vocabulary of DBLP's titles. None was taken from a paper, and what
resembles a paper's title does so by chance. Say "invented" wherever one is shown.
"""

from pathlib import Path

from openbox.zoo.data.venues import CLASSES

SOURCE = "invented titles, of no real paper"
TRAIN = 20  # of the 30 titles of a class, the first so many are for training and the others for testing
_FILE = Path(__file__).with_name("titles.txt")  # class, tab, title


def read_lines() -> list[tuple[str, int]]:
    """The invented titles, each with its label 0..5, class by class and 30 of each."""
    rows = (line.split("\t") for line in _FILE.read_text(encoding="utf-8").splitlines())
    return [(title, CLASSES.index(name)) for name, title in rows]
