"""The Explain page as Streamlit runs it, without a browser: choices, contrasts, failures, no data."""

import picture_files
import pytest
import streamlit as st
from explain import choices
from reading import shown, start
from requirements import require_data
from ui import calls, prices
from work import explaining

from openbox.errors import InputError
from openbox.explainers.table import EXPLAINERS
from openbox.zoo.checkpoints import checkpoint_folder


@pytest.fixture
def no_data(tmp_path):
    with pytest.MonkeyPatch.context() as patch:  # not the fixture, which the caches do not outlive
        patch.setenv("OPENBOX_DATA", str(tmp_path))
        yield


@pytest.mark.parametrize("query", [{}, {"data": "Digits 8x8"}])
def test_without_data_it_opens_on_embedded_digits(no_data, query):
    app = start(**query)
    text = shown(app)
    assert app.selectbox(key="data").value == "digits"
    assert "The network says “" in text
    assert "Σ w·x + b = " in text
    assert "R² = " in text
    assert "additivity gap" in text
    assert "makes no such claim" in text
    assert "computing" not in text


@pytest.mark.parametrize("data", ["MNIST", "CIFAR-10"])
def test_without_data_every_network_has_embedded_samples(no_data, data):
    app = start(data=data, methods="OpenBox")
    text = shown(app)
    assert f"The {data} test set is not on this computer" in text
    assert "OPENBOX_DATA" in text
    assert "Σ w·x + b = " in text
    assert "test set" not in app.radio(key="image").options


def test_a_data_folder_that_is_a_file_does_no_harm(tmp_path, monkeypatch):
    (tmp_path / "file").write_text("no folder")
    monkeypatch.setenv("OPENBOX_DATA", str(tmp_path / "file"))
    assert "not on this computer" in shown(start(data="MNIST", methods="OpenBox"))


def test_a_contrast(no_data):
    app = start(data="Digits 8x8")
    app.radio(key="explain").set_value("A rather than B").run()
    app.selectbox(key="A").set_value(3).run()
    app.selectbox(key="B").set_value(8).run()
    text = shown(app)
    assert "Why “3” rather than “8”?" in text
    assert "logit of “3” \N{MINUS SIGN} logit of “8”" in text
    assert "3" not in app.selectbox(key="B").options
    app.selectbox(key="A").set_value(8).run()  # the other class of the contrast
    assert "Why “8” rather than “" in shown(app)


def test_a_contrast_follows_the_picture_until_classes_are_chosen(no_data):
    app = start(data="Digits 8x8", explain="A rather than B", methods="OpenBox")
    first = app.subheader[0].value
    assert first.startswith("Why “1” rather than “")
    app.number_input(key="index").increment().run()
    assert app.subheader[0].value != first


def test_one_class(no_data):
    app = start(explain="one class", **{"class": "4"})
    assert "Why “4”?" in shown(app)


def test_whoever_selects_all_starts_nothing_that_takes_long(no_data, monkeypatch):
    """On a computer where each slow method is dear: each waits for its Start, and none is computed."""
    monkeypatch.setattr(prices, "DEAR", 0.0)
    asked: list[str] = []
    explain = explaining.explain

    def note(source, method, *rest):
        asked.append(method)
        return explain(source, method, *rest)

    monkeypatch.setattr(explaining, "explain", note)
    slow = [name for name in EXPLAINERS if calls.slow(name)]
    assert len(slow) > 5
    app = start(index="77", methods="OpenBox")
    app.multiselect(key="methods").set_value(["openbox", *slow]).run()
    assert asked == ["openbox"]
    assert [button.key for button in app.button if button.label == "Start"] == [f"start-{n}" for n in slow]
    app.button(key=f"start-{slow[0]}").click().run()
    assert asked == ["openbox", slow[0]]


@pytest.mark.long
def test_all_methods_and_all_looks(no_data, monkeypatch):
    monkeypatch.setattr(prices, "DEAR", float("inf"))  # on a busy machine the page would ask first
    app = start(shared="true", native="true")
    app.multiselect(key="methods").set_value(list(EXPLAINERS)).run()
    assert shown(app).count("model calls") == len(EXPLAINERS) + 1  # the glossary
    assert not app.error
    app.multiselect(key="methods").set_value([]).run()
    assert "Choose at least one method" in shown(app)


@pytest.mark.parametrize(
    "query",
    [
        {"data": "nonsense"},
        {"network": "nonsense"},
        {"data": "Digits 8x8", "index": "-5"},
        {"data": "Digits 8x8", "index": "99999"},
        {"data": "Digits 8x8", "index": "seven"},
        {"image": "nonsense"},
        {"methods": "nonsense"},
        {"explain": "A rather than B", "A": "nonsense", "B": "0"},
        {"explain": "A rather than B", "A": "5", "B": "5"},
        {"shared": "maybe", "unknown": "x"},
    ],
)
def test_a_link_with_nonsense_falls_back(no_data, query):
    assert "The network says “" in shown(start(**query))


def test_a_link_restores_the_state(no_data):
    app = start(data="Digits 8x8", index="3", methods="LIME", explain="A rather than B", A="1", B="2")
    assert app.number_input(key="index").value == 3
    assert app.multiselect(key="methods").value == ["lime"]
    assert "Why “1” rather than “2”?" in shown(app)


@pytest.mark.parametrize(
    ("error", "message"),
    [(InputError("no layer to look at"), "no layer to look at"), (ZeroDivisionError("by zero"), "by zero")],
)
def test_one_failing_method_is_one_tile(no_data, monkeypatch, error, message):
    explain = explaining.explain

    def failing(source, method, *rest):
        if method == "openbox":
            raise error
        return explain(source, method, *rest)

    monkeypatch.setattr(explaining, "explain", failing)
    app = start()
    assert [message in element.value for element in app.error] == [True]
    assert "R² = " in shown(app)
    assert "computing" not in shown(app)


def test_no_checkpoints_at_all(tmp_path, monkeypatch):
    monkeypatch.setenv("OPENBOX_CHECKPOINTS", str(tmp_path))
    app = start()
    assert "No trained network was found" in shown(app)


def test_a_damaged_checkpoint_is_a_message(no_data, tmp_path, monkeypatch):
    card = checkpoint_folder() / "digits-cnn-seed0.json"
    (tmp_path / card.name).write_text(card.read_text())
    (tmp_path / "digits-cnn-seed0.safetensors").write_bytes(b"damaged")
    monkeypatch.setenv("OPENBOX_CHECKPOINTS", str(tmp_path))
    st.cache_resource.clear()
    assert "restore the file" in shown(start())
    st.cache_resource.clear()


def test_uploads_before_and_after_a_bad_file(no_data):
    app = start(data="MNIST", image="upload", methods="OpenBox")
    assert "Choose a picture at the left" in shown(app)
    app.file_uploader(key="file").set_value(("notes.png", picture_files.text(), "image/png")).run()
    assert "not a PNG, JPEG or WebP picture" in shown(app)
    app.file_uploader(key="file").set_value(("seven.png", picture_files.transparent(), "image/png")).run()
    text = shown(app)
    assert "filled with white" in text
    assert "The network says “7”" in text


def test_the_test_set_is_the_default_where_it_is_there():
    require_data("mnist")
    app = start(data="MNIST", methods="OpenBox")
    assert app.radio(key="image").value == "test set"
    assert "The network says “7”" in shown(app)


def test_presets_choose_methods_and_all_of_them_exist():
    app = start(methods="Random")
    for label, names in choices.PRESETS.items():
        assert set(names) <= set(EXPLAINERS), label
    app.button(key="preset exact").click().run()
    assert set(app.multiselect(key="methods").value) == set(choices.PRESETS["exact"])
    assert shown(app).count("error ") >= 3  # each exact one has its certificate
