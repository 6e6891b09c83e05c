"""The Gallery page as Streamlit runs it: each family, its claims, its example; without any data."""

from pathlib import Path

import pytest
from gallery.claims import CLAIMS
from reading import shown, start


@pytest.fixture(autouse=True)
def no_data(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OPENBOX_DATA", str(tmp_path))


SAYS = {
    "maximisation": "the answer of one linear programme",
    "data": "Most harmful",
    "change": "of the digits moved onto them turn its decision",
    "constraint": "the constrained one in **none**",
    "attention": "Rank correlation (Kendall's tau)",
}


@pytest.mark.parametrize("family", CLAIMS)
def test_each_family_says_what_it_can_and_cannot_claim(family: str) -> None:
    app = start("gallery", family=CLAIMS[family].title)
    text = shown(app)
    assert not app.exception
    assert not app.error
    assert CLAIMS[family].question in text
    assert CLAIMS[family].can in text
    assert CLAIMS[family].cannot in text
    assert SAYS[family] in text


def test_nonsense_in_a_link_falls_back() -> None:
    app = start("gallery", family="nonsense", gallery_digit="99999", gallery_class="x")
    assert not app.exception
    assert CLAIMS["maximisation"].question in shown(app)


def test_without_the_reader_that_attends_it_says_how_to_train_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("gallery.others.attention_file", lambda: tmp_path / "none.safetensors")
    app = start("gallery", family=CLAIMS["attention"].title)
    assert "python -m openbox.gallery" in app.error[0].value.replace("\\", "")
