"""The README is short, and its drawing of the rooms is the house."""

import re
from itertools import pairwise

from documents import ROOT, page
from test_floors import floor

DRAWING = page("README.md").split("[start:rooms] -->\n```\n")[1].split("```")[0]
ABOVE, OPENBOX = DRAWING.split("openbox/\n")
HIDDEN = {"__init__", "__pycache__"}


def drawn() -> list[list[str]]:
    """The rooms of openbox and the rooms in them, a list for each line, from top to bottom."""
    lines: list[list[str]] = []
    room = ""
    for line in OPENBOX.splitlines():
        names = re.match(r"  (\w+(?:, \w+)*)/?", line)
        room = names[1] if names else room
        inner = [f"{room}.{name}" for name in re.findall(r"(\w+)/(?= |$)", line[16:])]
        lines.append([*(names[1].split(", ") if names else []), *inner])
    return lines


def test_the_readme_is_short() -> None:
    assert len(page("README.md").splitlines()) <= 150


def test_the_drawing_shows_every_room_of_openbox_and_no_other() -> None:
    names = {name for line in drawn() for name in line}
    folder = ROOT / "openbox"
    rooms = {path.stem for path in folder.iterdir() if path.is_dir() or path.suffix == ".py"} - HIDDEN
    assert {name for name in names if "." not in name} == rooms
    inner = {
        f"{path.parent.name}.{path.name}"
        for path in folder.glob("*/*")
        if path.is_dir() and path.name not in HIDDEN
    }
    assert {name for name in names if "." in name} == inner


def test_the_drawing_has_the_floors_of_the_house() -> None:
    """What is drawn lower stands on a lower floor, or on the same."""
    lines = [[floor(f"openbox.{name}") for name in line if is_floor(name)] for line in drawn()]
    for above, below in pairwise(lines):
        assert min(above) >= max(below), (above, below)


def is_floor(name: str) -> bool:
    return name != "geometry" and not name.startswith(("explainers.", "zoo."))


def test_the_drawing_shows_the_rooms_above() -> None:
    names = set(re.findall(r"(\w+)/", ABOVE)) - {"app", "evaluation"}
    folders = {
        path.name
        for top in ("app", "evaluation")
        for path in (ROOT / top).iterdir()
        if path.is_dir() and list(path.glob("*.py"))
    }
    assert names == folders
