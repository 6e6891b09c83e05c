"""``words``: how a title becomes words, the same for a typed one, a dump's and a data set's.

As in the DBLP titles of Tang, Qu and Mei: only a-z and 0-9 are part of a word, and whatever else stands
between them parts it, so "Object-Oriented C++: A Survey." is ``object oriented c a survey``, and
"Schrödinger's" is ``schr dinger s``. Those titles know no other script; its letters are words here too, so
that nothing that somebody typed is lost, and so is every emoji.
"""

import unicodedata
from functools import cache

_PLAIN = frozenset("abcdefghijklmnopqrstuvwxyz0123456789")
_LATIN = "\u024f"  # up to here the letters beyond a-z are accented Latin ones
_LETTERS = ("Lu", "Ll", "Lt", "Lm", "Lo", "Nd", "Mn", "Mc")  # with the marks that Arabic, Hindi or Thai need
_NOT_LETTERS = ("COMBINING", "VARIATION")  # marks too, of accented Latin and of emoji


def words(text: str) -> list[str]:
    """The words of ``text`` in lower case; empty if it has none. No text is refused."""
    return "".join(map(_spaced, unicodedata.normalize("NFC", text.lower()))).split()


@cache
def _spaced(character: str) -> str:
    """A character that belongs to a word as it is, an emoji as a word of its own, any other as a space."""
    if character in _PLAIN:
        return character
    category = unicodedata.category(character)
    if character <= _LATIN:
        return " "
    if category == "So":
        return f" {character} "
    name = unicodedata.name(character, "")
    kept = category in _LETTERS and "LATIN" not in name and not name.startswith(_NOT_LETTERS)
    return character if kept else " "
