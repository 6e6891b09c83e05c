"""``Titles``: a set of labelled titles in memory, as every reader of titles returns it."""

from dataclasses import dataclass

from torch import Tensor


@dataclass(frozen=True, eq=False)
class Titles:
    """Labelled titles.

    ``texts`` are N titles, words separated by single spaces, ``labels`` int64 of shape (N,), ``classes`` the
    names. ``dropped`` counts rows of the source that are left out: titles of a test set that are in the
    training set too. ``source`` says where they are from.
    """

    texts: tuple[str, ...]
    labels: Tensor
    classes: tuple[str, ...]
    source: str
    dropped: int = 0

    def __len__(self) -> int:
        return len(self.texts)
