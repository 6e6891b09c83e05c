"""Checks of a score's settings, which a study file may get wrong: one clear message each."""

from openbox.errors import InputError


def check_count(score: str, name: str, value: object, least: int = 1) -> None:
    """Raise ``InputError`` unless ``value`` is a whole number of at least ``least``."""
    if not isinstance(value, int) or isinstance(value, bool) or value < least:
        raise InputError(f"{score}: {name} is {value!r}; give a whole number of at least {least}")


def check_share(score: str, name: str, value: object) -> None:
    """Raise ``InputError`` unless ``value`` is a number above 0 and at most 1."""
    if not isinstance(value, int | float) or isinstance(value, bool) or not 0 < value <= 1:
        raise InputError(f"{score}: {name} is {value!r}; give a number above 0 and at most 1")
