"""What is chosen on one page is still chosen after a visit to another, and folded parts are in the link."""

import pytest
from reading import start
from streamlit.testing.v1 import AppTest

CHOICES = {  # page, kind of widget, key, value, a page to visit
    "the methods": ("explain", "multiselect", "methods", ["openbox"], "lesson"),
    "how a title is given": ("text", "radio", "how", "type one", "lesson"),
    "the family": ("gallery", "radio", "family", "constraint", "lesson"),
    "a slider of the lesson": ("lesson", "slider", "lesson_picture", 3, "leaderboard"),
    "the score": ("leaderboard", "selectbox", "metric", "flip.morf", "lesson"),
}
SLOW = {
    "the data set": ("explain", "selectbox", "data", "mnist", "models"),
    "the picture": ("geometry", "number_input", "index", 5, "lesson"),
    "the study": ("models", "selectbox", "study", "digits", "lesson"),
    "the accuracy": ("models", "slider", "least-cifar10", 50.0, "lesson"),
    "the leaves of the tree": ("whole", "slider", "leaves", 20, "lesson"),
}
FOLDED = {
    "explain": ("browse", "inspect", "inside", "delete", "compare", "families", "regions", "words"),
    "text": ("text_words",),
    "lesson": ("answer1", "notes1"),
}
START = {
    "explain": {"methods": "OpenBox"},
    "geometry": {"budget2000": "100"},
    "text": {"readings": "OpenBox"},
}


@pytest.mark.parametrize("what", [*CHOICES, *(pytest.param(what, marks=pytest.mark.long) for what in SLOW)])
def test_a_choice_is_kept_while_another_page_is_visited(what: str) -> None:
    page, kind, key, value, other = (CHOICES | SLOW)[what]
    app = start(page, **START.get(page, {}))
    getattr(app, kind)(key=key).set_value(value).run()
    link = dict(app.query_params)
    _visit(app, other)
    _visit(app, page)
    assert getattr(app, kind)(key=key).value == value
    assert {name: app.query_params.get(name) for name in link} == link


@pytest.mark.long
def test_network_and_picture_go_from_page_to_page() -> None:
    app = start("explain", index="4", network="mlp, seed 0", methods="OpenBox", budget2000="100")
    network = app.selectbox(key="network").value
    _visit(app, "geometry")
    assert (app.number_input(key="index").value, app.selectbox(key="network").value) == (4, network)


def test_what_has_no_widget_is_kept_too() -> None:
    app = start("lesson", step="3")
    _visit(app, "leaderboard")
    _visit(app, "lesson")
    assert app.header[0].value.startswith("3.")
    assert app.query_params["step"] == "3"
    app.button(key="turn Left").click().run()
    assert app.header[0].value.startswith("2.")


@pytest.mark.parametrize("page", FOLDED)
def test_a_link_opens_what_is_folded(page: str) -> None:
    folded = start(page, **START.get(page, {}))
    opened = start(page, **START.get(page, {}), **dict.fromkeys(FOLDED[page], "true"))
    assert not opened.exception
    for key in FOLDED[page]:
        assert (folded.session_state[key], opened.session_state[key]) == (False, True), key


def _visit(app: AppTest, page: str) -> None:
    app.switch_page(f"app_pages/{page}.py").run()
    assert not app.exception
