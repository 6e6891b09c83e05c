"""What the README and the docs name exists: files, headings, modules."""

import re
from pathlib import Path

import pytest
from documents import ROOT, documents

_LINK = re.compile(r"\]\((?!https?:)([^)#\s]*)(?:#([\w-]+))?\)")
_PATH = re.compile(r"(?<![\w/.-])(?:openbox|evaluation|app|tests|docs|checkpoints)/[\w./*-]*\w[/\w*]*")
_MODULE = re.compile(r"\bpython -m ([\w.]+)")
SNIPPET = re.compile(r'^--8<-- "([\w/.-]+)(?::[\w-]+)?"$', re.MULTILINE)


def anchors(text: str) -> set[str]:
    """The fragments of a page's headings, as GitHub and MkDocs make them."""
    titles = re.findall(r"^#+ (.*)$", text, re.MULTILINE)
    return {re.sub(r"[^\w\s-]", "", title).strip().lower().replace(" ", "-") for title in titles}


@pytest.mark.parametrize("path", documents())
def test_links_lead_somewhere(path: str) -> None:
    for target, anchor in _LINK.findall(documents()[path]):
        file = (ROOT / path).parent / target if target else ROOT / path
        assert file.exists(), f"{path} links to {target}"
        assert not anchor or anchor in anchors(file.read_text()), f"{path} links to {target}#{anchor}"


@pytest.mark.parametrize("path", documents())
def test_files_and_modules_that_are_named_exist(path: str) -> None:
    text = documents()[path]
    for named in [*_PATH.findall(text), *SNIPPET.findall(text)]:
        assert list(ROOT.glob(named.rstrip("/"))), f"{path} names {named}"
    for module in _MODULE.findall(text):
        places = [folder / Path(*module.split(".")) for folder in (ROOT, ROOT / "tests")]
        found = any(place.is_dir() or place.with_suffix(".py").exists() for place in places)
        assert module == "venv" or found, f"{path}: {module}"


def test_every_page_is_in_the_navigation() -> None:
    navigation = (ROOT / "mkdocs.yml").read_text()
    for path in documents():
        if path.startswith("docs/"):
            assert f" {path.removeprefix('docs/')}\n" in navigation, path
