"""What is said to the reader, in the reader's language.

``say`` translates a text, whose parts are filled in afterwards: ``say("Why “{name}”?").format(name=name)``.
Messages of the library, names of methods, networks and classes stay as they are.
"""

import gettext
import io
import sys
from collections.abc import Callable
from contextvars import ContextVar
from functools import lru_cache
from pathlib import Path
from typing import TypeVar

LANGUAGES = ("en", "de", "ru")
ENGLISH = LANGUAGES[0]
KEY = "lang"
FOLDER = Path(__file__).parent
Made = TypeVar("Made")
_held: ContextVar[str | None] = ContextVar("language", default=None)


def current() -> str:
    """The language of this session; English outside of one."""
    if held := _held.get():
        return held
    if "streamlit" not in sys.modules:  # a process that computes, which needs no page
        return ENGLISH
    import streamlit as st
    from streamlit.runtime.scriptrunner import get_script_run_ctx

    if get_script_run_ctx(suppress_warning=True) is None:
        return ENGLISH
    chosen = st.session_state.get(KEY) or st.query_params.get(KEY)
    return chosen if chosen in LANGUAGES else ENGLISH


def lasting(path: str) -> str:
    """A link into the app that is read in the language of now."""
    language = current()
    return path if language == ENGLISH else f"{path}{'&' if '?' in path else '?'}{KEY}={language}"


def held(make: Callable[[], Made]) -> Callable[[], Made]:
    """``make`` in the language of now, wherever it is called: files are made outside of any session."""
    language = current()

    def made() -> Made:
        token = _held.set(language)
        try:
            return make()
        finally:
            _held.reset(token)

    return made


def say(text: str) -> str:
    """The text in the reader's language; as it is, where the catalogue lacks it."""
    return _catalogue(current()).gettext(text) if text else text


def count(one: str, many: str, number: int) -> str:
    """The form of the text for that number, which stands in it as ``{number}``."""
    return _catalogue(current()).ngettext(one, many, number).format(number=figure(f"{number:,}"))


def figure(number: str) -> str:
    """A number as English writes it, with the separators of the reader's language."""
    language = current()
    if language == ENGLISH:
        return number
    from babel.numbers import get_decimal_symbol, get_group_symbol

    marks = {",": get_group_symbol(language), ".": get_decimal_symbol(language)}
    return "".join(marks.get(letter, letter) for letter in number)


@lru_cache
def _catalogue(language: str) -> gettext.NullTranslations:
    path = FOLDER / f"{language}.po"
    if not path.is_file():  # English has none
        return gettext.NullTranslations()
    from babel.messages.mofile import write_mo
    from babel.messages.pofile import read_po

    compiled = io.BytesIO()
    with path.open("rb") as file:
        write_mo(compiled, read_po(file, locale=language))
    compiled.seek(0)
    return gettext.GNUTranslations(compiled)
