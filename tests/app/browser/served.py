"""The app served as a user serves it, and what tests do on its pages in a real browser."""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from evaluation.bench.app import server
from openbox.zoo.data import data_root

METHODS = ("openbox", "lime", "shap", "gradcam")
PATIENCE = 180_000  # ms; the first map waits for torch, LIME and SHAP to be imported, and machines are busy
ENVIRONMENT = {
    "OPENBOX_APP_INLINE": "", "OMP_NUM_THREADS": "1",
    "OPENBOX_DATA": str(data_root().resolve()),
}  # fmt: skip
CHROMIUM = [
    "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-sync",
    "--disable-background-networking", "--disable-component-update",
]  # fmt: skip


@contextmanager
def serve(folder: Path, *options: str, **environment: str) -> Iterator[str]:
    """A server of its own with the settings of the tests; its log lies in ``folder``."""
    with server.serve(folder, options, {**ENVIRONMENT, **environment}) as address:
        yield address


def tile(page, method: str):
    return page.locator(f".st-key-tile-{method}")


def receipts(page) -> dict[str, str]:
    """The text under each of the four maps, once all are there."""
    texts = {}
    for method in METHODS:
        tile(page, method).locator(".cost").wait_for()
        texts[method] = tile(page, method).inner_text()
        assert tile(page, method).locator("img").first.get_attribute("alt")
    return texts


def check_four(page, unit_of_answer: str) -> None:
    # the maps of the picture before stay until the new ones are there
    tile(page, "openbox").get_by_text(re.compile(f"logit of “{unit_of_answer}”")).first.wait_for()
    texts = receipts(page)
    assert re.search(
        r"Σ w·x \+ b = .* = logit of “" + unit_of_answer + r"”, error (0|\de-\d\d)", texts["openbox"]
    )
    assert "2 model calls" in texts["openbox"]
    assert re.search(r"R² = .?\d\.\d\d", texts["lime"])
    assert "1,000 model calls" in texts["lime"]
    assert re.search(r"additivity gap [+\N{MINUS SIGN}]\d", texts["shap"])
    assert "makes no such claim" in texts["gradcam"]


def still(page) -> None:
    """Wait until the page is drawn: nothing runs, and nothing is shown faded as that of a run before."""
    page.wait_for_function(
        "document.querySelector('[data-testid=stApp][data-test-script-state=notRunning]') !== null"
        " && document.querySelector('[data-stale=true]') === null"
    )


def settled(page, place) -> dict[str, float]:
    """The box of an element, once nothing above it moves any more."""
    before, box = None, place.bounding_box()
    while box != before or box is None:
        page.wait_for_timeout(400)
        before, box = box, place.bounding_box()
    return box


def choose(page, label: str, option: str) -> None:
    box = page.get_by_role("combobox", name=label)
    box.click()
    box.fill(option)
    page.get_by_role("option", name=option).first.click()


def upload(page, name: str, data: bytes) -> None:
    file = {"name": name, "mimeType": "image/png", "buffer": data}
    page.locator("input[type=file]").set_input_files(file)
