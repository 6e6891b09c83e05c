"""Words on coloured ground, each with its number: alike in the app and in a notebook."""

from collections.abc import Sequence
from html import escape

import numpy as np

from openbox.display.colours import diverging, sequential

_DARK = 130  # of a ground's luminance: below it, letters are white


def coloured_words(words: Sequence[str], values: Sequence[float], signed: bool) -> str:
    """HTML of the words in their order, on colours up to the largest number.

    Nothing of a word is taken for markup, and each keeps its own direction of writing.
    """
    cells = zip(words, values, painted(values, signed), strict=True)
    return " ".join(
        f'<span style="display:inline-block;text-align:center;padding:1px 5px;border-radius:4px;{style}">'
        f"<bdi>{escape(word)}</bdi><br><small>{value:.3g}</small></span>"
        for word, value, style in cells
    )


def painted(values: Sequence[float], signed: bool, limit: float | None = None) -> list[str]:
    """For each value the CSS of its ground and of letters that can be read on it.

    ``limit`` is the number of the fullest colour, None for the largest one.
    """
    row = np.array([values], dtype=float)
    reach = float(np.abs(row).max(initial=0)) if limit is None else limit
    grounds = (diverging if signed else sequential)(row, reach)[0].tolist()
    return [f"background:rgb({r},{g},{b});color:{_letters(r, g, b)}" for r, g, b in grounds]


def _letters(red: int, green: int, blue: int) -> str:
    return "#fff" if 0.299 * red + 0.587 * green + 0.114 * blue < _DARK else "#111"
