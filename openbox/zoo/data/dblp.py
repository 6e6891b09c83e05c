"""DBLP's titles in six fields of computer science, in the split of Tang, Qu and Mei (KDD 2015, PTE)."""

from pathlib import Path

import torch

from openbox.zoo.data.titles import Titles
from openbox.zoo.data.venues import CLASSES
from openbox.zoo.data.words import words

SOURCE = "DBLP, metadata under CC0 1.0"


def read(root: Path, train: bool) -> Titles:
    """The titles of ``root/dblp/text_{train,test}.txt``, with labels 1..6 in ``label_{train,test}.txt``.

    Rows of the test set whose title is in the training set, too, are left out. (58 of 20,000.)
    """
    rows = _rows(root, "train" if train else "test")
    seen = set() if train else {title for title, _ in _rows(root, "train")}
    kept = [(title, label) for title, label in rows if title not in seen]
    texts, labels = zip(*kept, strict=True)
    return Titles(texts, torch.tensor(labels), CLASSES, SOURCE, len(rows) - len(kept))


def _rows(root: Path, split: str) -> list[tuple[str, int]]:
    folder = root / "dblp"
    titles = (folder / f"text_{split}.txt").read_text(encoding="utf-8").splitlines()
    labels = (folder / f"label_{split}.txt").read_text(encoding="utf-8").split()
    if len(titles) != len(labels):
        raise ValueError(f"{len(titles)} titles and {len(labels)} labels of {split}; expected as many")
    wrong = set(labels) - {str(label) for label in range(1, len(CLASSES) + 1)}
    if wrong:
        raise ValueError(f"label {min(wrong)!r} in label_{split}.txt; expected 1 to {len(CLASSES)}")
    return [(" ".join(words(title)), int(label) - 1) for title, label in zip(titles, labels, strict=True)]
