"""``retold``: what the library or a process said in English, in the reader's language."""

import re
from collections.abc import Mapping, Sequence
from functools import lru_cache

from language.catalogue import figure, say

Templates = Mapping[str, Sequence[str]]


def retold(text: str, templates: Sequence[str], parts: Templates | None = None) -> str:
    """The text, said by the first of the templates that it was made from, or as a whole if by none.

    ``parts`` has templates for what stands in a template's places, by their names; at ``{number}`` stands one
    as English writes it.
    """
    parts = parts or {}
    for template in templates:
        if found := _pattern(template, tuple(parts)).fullmatch(text):
            filled = {
                name: figure(value) if name == "number" else retold(value, parts.get(name, ()), parts)
                for name, value in found.groupdict().items()
            }
            return say(template).format(**filled)
    return say(text)


@lru_cache
def _pattern(template: str, several: tuple[str, ...]) -> re.Pattern[str]:
    """``at {place}`` finds ``at 3`` and ``at (3, 7)``; only in the places named ``several`` stand words."""

    def place(found: re.Match[str]) -> str:
        name = found[1]
        return f"(?P<{name}>.+)" if name in several else rf"(?P<{name}>\([^)]*\)|\S+)"

    return re.compile(re.sub(r"\\\{(\w+)\\\}", place, re.escape(template)))
