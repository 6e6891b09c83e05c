"""The data sets of the zoo: one table, one reader a file, one place that says where data lies."""

import os
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from openbox.errors import DataNotFoundError, UnknownNameError, named
from openbox.zoo.data import cifar10, dblp, digits, folder, invented, mnist
from openbox.zoo.data.images import Images as Images
from openbox.zoo.data.titles import Titles as Titles


@dataclass(frozen=True)
class DataSet:
    """One entry of the table: its reader, and how a network is trained on it by default.

    ``read(root, train, download)``; ``shift`` is the largest random translation in pixels;
    ``flip`` mirrors left and right; ``embedded`` data need no file and no network.
    """

    read: Callable[[Path, bool, bool], Images]
    epochs: int
    shift: int
    flip: bool
    embedded: bool = False


@dataclass(frozen=True)
class TextDataSet:
    """The same for titles: ``read(root, train)``."""

    read: Callable[[Path, bool], Titles]
    epochs: int
    embedded: bool = False


DATASETS: dict[str, DataSet] = {
    "digits": DataSet(digits.read, epochs=60, shift=1, flip=False, embedded=True),
    "mnist": DataSet(mnist.read, epochs=20, shift=2, flip=False),
    "cifar10": DataSet(cifar10.read, epochs=24, shift=4, flip=True),
}
TEXT_DATASETS: dict[str, TextDataSet] = {
    "titles": TextDataSet(invented.read, epochs=40, embedded=True),
    "dblp": TextDataSet(dblp.read, epochs=8),
}
FOLDER_PREFIX = "folder:"  # "folder:PATH" names the user's own ImageFolder at PATH
_FOLDER = DataSet(folder.read, epochs=30, shift=4, flip=True)
_FOLDER_ADVICE = (
    "give the path of a folder with train/<class>/<picture> and test/<class>/<picture>, or, to look at "
    "pictures only, with <class>/<picture>"
)
_TITLES_ADVICE = (
    "set --data-root or OPENBOX_DATA to a folder with dblp/, or make it "
    "(python -m openbox.zoo.dblp --help); 'titles' is always there"
)


def data_root(root: str | Path | None = None) -> Path:
    """Where data lies: the argument, else the variable ``OPENBOX_DATA``, else ``data/``."""
    return Path(root or os.environ.get("OPENBOX_DATA") or "data")


@named("zoo.load")
def dataset(name: str) -> DataSet:
    """The table's entry for ``name``, or the reader of ``folder:PATH``."""
    if name.startswith(FOLDER_PREFIX):
        return _FOLDER
    if name not in DATASETS:
        advice = "for titles call load_titles" if name in TEXT_DATASETS else ""
        raise UnknownNameError("data set", name, [*DATASETS, FOLDER_PREFIX + "PATH"], advice)
    return DATASETS[name]


@named("zoo.load_titles")
def text_dataset(name: str) -> TextDataSet:
    """The table's entry for ``name``."""
    if name not in TEXT_DATASETS:
        raise UnknownNameError("data set of titles", name, TEXT_DATASETS)
    return TEXT_DATASETS[name]


def load_titles(name: str, train: bool = False, root: str | Path | None = None) -> Titles:
    """Read a whole split of an entry of ``TEXT_DATASETS``; ``root`` see ``data_root``.

    Raises ``DataNotFoundError`` where there is nothing to read. (``python -m openbox.zoo.dblp`` makes the
    titles of ``dblp``.)
    """
    entry, where = text_dataset(name), data_root(root)
    try:
        return entry.read(where, train)
    except (OSError, ValueError) as error:
        raise DataNotFoundError(name, where, False, error, _TITLES_ADVICE, "load_titles") from error


def load(
    name: str, train: bool = False, root: str | Path | None = None, download: bool = False,
    shape: tuple[int, int, int] = folder.SHAPE,
) -> Images:  # fmt: skip
    """Read a whole split into memory.

    ``name`` is an entry of ``DATASETS`` or ``folder:PATH``; ``root`` see ``data_root``; with
    ``download`` torchvision fetches what is missing into the root. ``shape``: (C, H, W) that pictures of a
    folder get; those of the table have their own.
    Raises ``DataNotFoundError`` where there is nothing to read.
    """
    entry = dataset(name)
    where = Path(name.removeprefix(FOLDER_PREFIX)) if entry is _FOLDER else data_root(root)
    try:
        if entry is _FOLDER:
            return folder.read(where, train, shape=shape)
        return entry.read(where, train, download)
    except (RuntimeError, KeyError, *folder.DAMAGED) as error:  # missing, damaged, or another layout
        advice = _FOLDER_ADVICE if entry is _FOLDER else ""
        raise DataNotFoundError(name, where, download, error, advice) from error
