"""DBLP's titles from dblp's own dump: four text files, of which none is ever half-written.

Kept are the papers of the venues in ``LABELS``. What stands in tags inside a title is left out, as in the
titles of Tang, Qu and Mei: their "An O(n<sup>2</sup>) Algorithm" is ``an o n algorithm``.
"""

import random
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from openbox.errors import InputError, named
from openbox.files import write_by_rename
from openbox.zoo.data.dblp_records import Record, read_records
from openbox.zoo.data.venues import CLASSES, LABELS
from openbox.zoo.data.words import words

FILES = ("text_train.txt", "label_train.txt", "text_test.txt", "label_test.txt")
TRAIN_SHARE = 0.75
_STEP = 100_000  # records between two reports

_Titles = list[tuple[str, int]]


@dataclass(frozen=True)
class Tally:
    """What became of the ``records`` of a dump: each is counted in exactly one of the other numbers.

    ``train`` and ``test`` are the numbers of titles by class; ``repeated`` ones were drawn for the test
    split, but stand in the training split too, and were dropped.
    """

    records: int
    without_venue: int
    other_venue: int
    without_title: int
    repeated: int
    train: tuple[int, ...]
    test: tuple[int, ...]


@named("dblp_dump.build")
def build(dump: Path, out: Path, seed: int = 0, progress: Callable[[int], None] | None = None) -> Tally:
    """Write ``FILES`` into the folder ``out``, in an order and a split that ``seed`` draws.

    dump: dblp.xml or dblp.xml.gz. ``progress`` is told now and then how many records were read.
    Raises ``InputError`` for a dump that cannot be read to its end or holds no paper of a known venue, and
    for a folder that cannot be written; the files in ``out`` are then as they were.
    """
    titles: _Titles = []
    fates: Counter[str] = Counter()
    for number, record in enumerate(read_records(dump), 1):
        fate, label, title = _judged(record)
        fates[fate] += 1
        if fate == "kept":
            titles.append((title, label))
        if progress and number % _STEP == 0:
            progress(number)
    if not titles:
        raise InputError(
            f"{str(dump)!r} has {fates.total()} papers, none with a title and a known venue; pass dblp.xml "
            "or dblp.xml.gz as https://dblp.org/xml/ has them, with keys like 'conf/sigmod/Codd74'"
        )
    train, test, repeated = _split(titles, seed)
    columns = [[row[place] for row in rows] for rows in (train, test) for place in (0, 1)]
    try:
        out.mkdir(parents=True, exist_ok=True)
        _write_together([out / name for name in FILES], columns)
    except OSError as error:
        raise InputError(f"cannot write into {str(out)!r} ({error}); pass another folder") from error
    return Tally(
        fates.total(), fates["without_venue"], fates["other_venue"], fates["without_title"], repeated,
        _per_class(train), _per_class(test),
    )  # fmt: skip


def _judged(record: Record) -> tuple[str, int, str]:
    """What becomes of a record, its label and its title in words."""
    stream, *parts = record.key.split("/")
    if stream not in ("conf", "journals") or len(parts) < 2:
        return "without_venue", 0, ""
    label = LABELS.get(f"{stream}/{parts[0]}", 0)
    if not label:
        return "other_venue", 0, ""
    title = " ".join(words(record.title))
    return "kept" if title else "without_title", label, title


def _split(titles: _Titles, seed: int) -> tuple[_Titles, _Titles, int]:
    """Train, test, and how many titles left the test split because they stand in the training split."""
    shuffled = titles.copy()
    random.Random(seed).shuffle(shuffled)
    size = round(TRAIN_SHARE * len(shuffled))
    train, rest = shuffled[:size], shuffled[size:]
    known = {title for title, _ in train}
    test = [row for row in rest if row[0] not in known]
    return train, test, len(rest) - len(test)


def _per_class(rows: _Titles) -> tuple[int, ...]:
    counted = Counter(label for _, label in rows)
    return tuple(counted[label] for label in range(1, len(CLASSES) + 1))


def _write_together(paths: list[Path], columns: list[list[str | int]]) -> None:
    """One entry a line; the last file is full beside its place before any is renamed into its own."""
    if paths:

        def fill(partial: Path) -> None:
            partial.write_text("".join(f"{entry}\n" for entry in columns[0]), newline="\n", encoding="utf-8")
            _write_together(paths[1:], columns[1:])

        write_by_rename(paths[0], fill)
