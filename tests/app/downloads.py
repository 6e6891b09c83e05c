"""What a page offers to save, as its buttons would make it."""

import re
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pytest
from streamlit.runtime.media_file_manager import MediaFileManager

ROOT = Path(__file__).parents[2]
SAME = "the same, bit for bit"


@contextmanager
def offered() -> Iterator[dict[str, Callable[[], bytes | str]]]:
    """By file name what the buttons of the pages that run meanwhile would make; the last page's stay."""
    found: dict[str, Callable[[], bytes | str]] = {}
    register = MediaFileManager.add_deferred

    def keep(self: MediaFileManager, data: Any, *args: Any, file_name: str, **rest: Any) -> str:
        found[file_name] = data
        return register(self, data, *args, file_name=file_name, **rest)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(MediaFileManager, "add_deferred", keep)
        yield found


class Links(HTMLParser):
    """Every address that a page asks for, and every tag."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.found: list[str] = []
        self.tags: set[str] = set()
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.add(tag)
        self.found += [value or "" for name, value in attrs if name in ("src", "href", "srcset", "data")]


def needs_nothing_else(text: str) -> None:
    """A report loads nothing, and runs nothing."""
    links = Links(text)
    assert all(link.startswith("data:") for link in links.found)
    assert not {"script", "iframe", "object", "link", "embed"} & links.tags
    assert not re.search(r"url\((?!#)", text), "but to a part of itself"
    assert "default-src 'none'" in text


def run_code(folder: Path, name: str) -> list[str]:
    """The lines that a saved program prints, in a process of its own beside its arrays."""
    made = subprocess.run([sys.executable, name], cwd=folder, capture_output=True, text=True, check=True)
    return made.stdout.splitlines()
