"""What a page shows, kept to be saved: its parts in their order, its figures, its arrays. No Streamlit."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import altair as alt
import numpy as np


@dataclass(frozen=True)
class SavedWords:
    """A paragraph, in the little Markdown of ``paper.marked``; ``heading``: it begins a section."""

    text: str
    heading: bool = False


@dataclass(frozen=True, eq=False)
class SavedPictures:
    """Pictures (H, W, 3) uint8 beside each other, each with its caption, ``width`` pixels wide."""

    pictures: Sequence[tuple[np.ndarray, str]]
    width: int


@dataclass(frozen=True, eq=False)
class SavedChart:
    """A chart, and what it shows as a sentence."""

    chart: alt.Chart | alt.LayerChart
    words: str


@dataclass(frozen=True, eq=False)
class SavedTable:
    """Rows by column; all have the columns of the first."""

    rows: Sequence[Mapping[str, Any]]


@dataclass(frozen=True, eq=False)
class SavedMarkup:
    """HTML or SVG of ours, which asks for nothing from elsewhere; made when a file is."""

    html: Callable[[], str]


SavedPart = SavedWords | SavedPictures | SavedChart | SavedTable | SavedMarkup


@dataclass(frozen=True, eq=False)
class SavedView:
    """``page``: its name in links and files. ``parts`` are what the report shows, ``figures`` what the JSON
    says, ``arrays`` what the NPZ holds, ``rows`` the CSV; the SVG and the PNG show
    the pictures of the parts, then the ``drawings``. No file is of nothing.

    ``code``: Python that makes the arrays again, as the dict ``made``; ``command``: what makes the figures
    again in a shell, where that is another thing.
    """

    page: str
    title: str
    parts: Sequence[SavedPart]
    figures: Mapping[str, Any]
    arrays: Mapping[str, np.ndarray] = field(default_factory=dict)
    rows: Sequence[Mapping[str, Any]] = ()
    drawings: Sequence[SavedChart | SavedMarkup] = ()
    code: str = ""
    command: str = ""
    link: str = ""
