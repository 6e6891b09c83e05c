"""What the page Explain saves is what it shows; its files keep the laws of all pages."""

import xml.etree.ElementTree as ElementTree

import numpy as np
import pytest
from downloads import Links
from explain.saving import report
from explain.saving.view import ExportedView
from export import files, sheet
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


def test_arrays_and_conditions_are_of_what_was_asked(view: ExportedView) -> None:
    saved = report.saved(view)
    assert set(saved.arrays) == {*METHODS, "x", "references", "logits"}
    np.testing.assert_array_equal(saved.arrays["openbox"], view.maps["openbox"].values.numpy())
    assert saved.figures["network_sha256"] == view.subject.card.sha256
    assert saved.figures["target"] == {"preferred": 8, "other": 3}
    assert saved.figures["methods"]["openbox"]["numbers"]["error"] < 1e-5


def test_the_drawing_and_the_report_hold_every_map(view: ExportedView) -> None:
    saved = report.saved(view)
    drawing = ElementTree.fromstring(sheet.svg(saved))
    assert len(drawing.findall(".//{http://www.w3.org/2000/svg}image")) == len(METHODS) + 1
    text = files.report(saved)
    assert len(Links(text).found) == len(METHODS) + 2
    for said in (
        "Why “8” rather than “3”?",
        "The network says “8”",
        "R² = ",
        "bit for bit",
        "network_sha256",
    ):
        assert said in text
