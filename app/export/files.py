"""The files of a view, each made when it is asked for. No Streamlit."""

import csv
import io
import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import partial
from typing import Any

import numpy as np
from language.mark import mark

from export import paper, sheet
from export.conditions import versions
from export.view import SavedPictures, SavedView


@dataclass(frozen=True)
class ExportFile:
    """A file to save: the ``label`` of its button, its type, its name, and what makes it."""

    label: str
    mime: str
    name: str
    make: Callable[[], bytes | str]


def files(view: SavedView) -> list[ExportFile]:
    """Those that the view has something for."""
    stem = f"openbox-{view.page}"
    found = [ExportFile(mark("Report (HTML)"), "text/html", f"{stem}.html", partial(report, view))]
    if view.drawings or any(isinstance(part, SavedPictures) for part in view.parts):
        found.append(ExportFile("PNG", "image/png", f"{stem}.png", partial(sheet.png, view)))
        found.append(ExportFile("SVG", "image/svg+xml", f"{stem}.svg", partial(sheet.svg, view)))
    if view.arrays:
        make = partial(npz, view.arrays)
        found.append(ExportFile("NPZ", "application/octet-stream", npz_name(view.page), make))
    if view.rows:
        found.append(ExportFile("CSV", "text/csv", f"{stem}.csv", partial(as_csv, view)))
    found.append(ExportFile("JSON", "application/json", f"{stem}.json", partial(as_json, view)))
    if view.code:
        name = f"openbox_{view.page}.py"
        found.append(ExportFile("Python", "text/x-python", name, partial(python, view)))
    return found


def npz_name(page: str) -> str:
    """The file that the code looks for beside itself."""
    return f"openbox-{page}.npz"


def npz(arrays: Mapping[str, np.ndarray]) -> bytes:
    """The arrays as they are."""
    held: dict[str, Any] = dict(arrays)
    out = io.BytesIO()
    np.savez_compressed(out, **held)
    return out.getvalue()


def as_json(view: SavedView) -> str:
    """The figures of the view, and the conditions under which they were made."""
    content: dict[str, Any] = {"page": view.page, "title": view.title, "link": view.link, **view.figures}
    if view.command:
        content["command"] = view.command
    content["versions"] = versions()
    return json.dumps(content, ensure_ascii=False, indent=1)


def as_csv(view: SavedView) -> str:
    """A line for each row, with a head."""
    out = io.StringIO()
    writer = csv.DictWriter(out, [*view.rows[0]], lineterminator="\n")
    writer.writeheader()
    writer.writerows(view.rows)
    return out.getvalue()


def python(view: SavedView) -> str:
    """Python that makes the arrays of the NPZ again, which lies beside it, and says whether they are."""
    return f"""{view.title!r}

{view.code.strip()}

view = np.load("{npz_name(view.page)}")
for name in view:
    print(name, "the same, bit for bit" if np.array_equal(made[name], view[name]) else "differs")
"""


def report(view: SavedView) -> str:
    """The parts of the view, then how it is made again, then its conditions."""
    body = [paper.printed(part) for part in view.parts]
    if view.code:
        again = paper.made_again(npz_name(view.page), npz(view.arrays), python(view), as_json(view))
    else:
        again = paper.written(as_json(view))
    return paper.sheet(view.title, "\n".join([*body, again]))
