"""The Text page as Streamlit runs it, without a browser: titles, words, contrasts, what is dropped."""

from collections.abc import Iterator
from pathlib import Path

import pytest
import streamlit as st
from reading import shown, start
from small_reader import save_reader
from streamlit.testing.v1 import AppTest

from openbox.zoo import load_titles

FAST = "OpenBox"
TITLE = "a cost model for join ordering"


@pytest.fixture
def reader(tmp_path: Path) -> Iterator[Path]:
    """A folder with one reader of fresh weights, and a data root without titles."""
    save_reader(tmp_path / "checkpoints", "dblp")
    with pytest.MonkeyPatch.context() as patch:  # not the fixture, which the caches do not outlive
        patch.setenv("OPENBOX_CHECKPOINTS", str(tmp_path / "checkpoints"))
        patch.setenv("OPENBOX_DATA", str(tmp_path))
        yield tmp_path


def opened(**query: str) -> AppTest:
    return start("text", **{"how": "type one", "title": TITLE, "readings": FAST} | query)


def test_a_title_is_answered_word_by_word(reader: Path) -> None:
    text = shown(opened())
    assert "The network says “" in text
    assert "Its class is not known: it was typed." in text
    assert "What each word adds to the logit of “" in text
    for word in TITLE.split():
        assert f">{word}</bdi>" in text
    assert "sum(W x) + b = score" in text
    assert "e\N{MINUS SIGN}1" in text, "an error near 1e-16"


def test_without_data_there_are_invented_titles(reader: Path) -> None:
    app = start("text", readings=FAST)
    text = shown(app)
    assert "The dblp titles are not on this computer; these are invented" in text
    assert "The title is from: invented titles, of no real paper." in text
    assert app.selectbox(key="pick").value in load_titles("titles").texts


@pytest.mark.parametrize("group", ["right", "wrong", "borderline"])
def test_titles_are_sorted_by_what_the_network_makes_of_them(reader: Path, group: str) -> None:
    app = start("text", readings=FAST)
    app.radio(key="group").set_value(group).run()
    text = shown(app)
    assert group == "borderline" or f": {group}." in text


def test_a_contrast_and_a_class(reader: Path) -> None:
    app = opened(text_explain="A rather than B")
    assert "\N{MINUS SIGN} logit of “" in shown(app)
    app.selectbox(key="text_A").set_value(2).run()
    app.selectbox(key="text_B").set_value(5).run()
    assert "logit of “hardware” \N{MINUS SIGN} logit of “theory”" in shown(app)
    app.radio(key="text_explain").set_value("one class").run()
    app.selectbox(key="text_class").set_value(0).run()
    assert "What each word adds to the logit of “databases”" in shown(app)


def test_a_word_that_is_dropped(reader: Path) -> None:
    app = opened()
    assert "Without" not in shown(app)
    app.pills(key="dropped").set_value([2]).run()
    text = shown(app)
    assert "Without “model”: “" in text
    assert " gates agree" in text
    assert "another region" in text or "same region" in text
    assert ">?</bdi>" in text


def test_the_link_restores_the_question(reader: Path) -> None:
    text = shown(opened(text_explain="one class", text_class="theory"))
    assert "logit of “theory”" in text
    text = shown(opened(readings="Word length", title="join join"))
    assert "characters" in text
    assert text.count(">join</bdi>") == 2


@pytest.mark.long
def test_all_methods_at_once(reader: Path) -> None:
    from openbox.text import TEXT_EXPLAINERS

    app = opened(title="cost model")
    app.multiselect(key="readings").set_value(list(TEXT_EXPLAINERS)).run()
    text = shown(app)
    assert "computing" not in text
    for entry in TEXT_EXPLAINERS.values():
        assert entry.title in text


def test_markup_in_a_title_is_no_markup(reader: Path) -> None:
    text = shown(opened(title="<img src=x onerror=alert(1)> שלום 😀"))
    assert "<img" not in text
    assert "<bdi style=" in text
    assert "שלום" in text


@pytest.mark.parametrize("title", ["   ", "\x00\x07", "word " * 10_000])
def test_what_is_no_title_gets_one_message(reader: Path, title: str) -> None:
    app = opened()
    app.text_input(key="title").set_value(title).run()
    text = shown(app)
    assert "No title to read yet" in text
    assert "without any word" in text or "pass at most 200" in text
    app.text_input(key="title").set_value(TITLE).run()
    assert "The network says “" in shown(app)


def test_no_reader_at_all(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OPENBOX_CHECKPOINTS", str(tmp_path))
    st.cache_resource.clear()
    assert "Train one: `python -m openbox.zoo.train --data dblp --network rnn`" in shown(start("text"))


def test_without_methods_the_page_says_so(reader: Path) -> None:
    app = opened()
    app.multiselect(key="readings").set_value([]).run()
    assert "Choose at least one method" in shown(app)
