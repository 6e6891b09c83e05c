"""The files of the page Explain: they read back, they need nothing else, and the code makes the same bits."""

import io
import json
import xml.etree.ElementTree as ElementTree
from pathlib import Path

import numpy as np
import pytest
from downloads import SAME, Links, needs_nothing_else, run_code
from explain.saving import report, sheet
from explain.saving import view as saved
from explain.saving.view import ExportedView
from export.files import npz
from PIL import Image
from ui import loading, sources
from ui.loading import Asked, Setup
from work import explaining

from openbox.explainers.explanation import Contrast
from openbox.zoo import load

METHODS = ("openbox", "gradcam", "lime", "openbox_noise")


@pytest.fixture(scope="module")
def view() -> ExportedView:
    card = sources.catalogue().networks["digits"][0]
    test = load("digits")
    references = sources.references("digits", test, loading.samples(card.data, card.shape))
    subject = Asked(card, references, test.batch(slice(2, 3)))
    where, target, setup = loading.source(card), Contrast(8, 3), Setup()
    maps = {name: explaining.explain(where, name, references, subject.x, target, setup) for name in METHODS}
    logits = explaining.answer(where, subject.x).logits
    return ExportedView(subject, "Digits 8x8 test image 2", target, setup, logits, maps)


def test_the_code_makes_the_arrays_again_bit_for_bit(view: ExportedView, tmp_path: Path) -> None:
    (tmp_path / saved.NPZ).write_bytes(npz(view.arrays))
    (tmp_path / "view.py").write_text(saved.snippet(view))
    assert run_code(tmp_path, "view.py") == [f"{name} {SAME}" for name in METHODS]


def test_arrays_and_conditions_read_back(view: ExportedView) -> None:
    arrays = np.load(io.BytesIO(npz(view.arrays)))
    assert set(arrays) == {*METHODS, "x", "references", "logits"}
    np.testing.assert_array_equal(arrays["openbox"], view.maps["openbox"].values.numpy())
    known = json.loads(saved.as_json(view))
    assert known["network_sha256"] == view.subject.card.sha256
    assert known["target"] == {"preferred": 8, "other": 3}
    assert known["methods"]["openbox"]["numbers"]["error"] < 1e-5
    assert {"torch", "numpy", "python", "openbox-explain"} <= known["versions"].keys()


def test_pictures_hold_every_map(view: ExportedView) -> None:
    large = Image.open(io.BytesIO(sheet.png(view)))
    assert large.width > 4 * sheet.SIDE
    drawing = ElementTree.fromstring(sheet.svg(view))
    assert len(drawing.findall("{http://www.w3.org/2000/svg}image")) == len(METHODS) + 1


def test_the_report_needs_nothing_else(view: ExportedView) -> None:
    text = report.report(view)
    needs_nothing_else(text)
    assert len(Links(text).found) == len(METHODS) + 2
    for said in (
        "Why “8” rather than “3”?",
        "The network says “8”",
        "R² = ",
        "bit for bit",
        "network_sha256",
    ):
        assert said in text
