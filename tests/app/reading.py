"""Starting the app in a test and reading what it shows."""

from pathlib import Path

from streamlit.testing.v1 import AppTest

APP = Path(__file__).parents[2] / "app" / "streamlit_app.py"


def start(page: str = "explain", **query: str | list[str]) -> AppTest:
    """The app at one of its pages, opened by a link with these parameters."""
    app = AppTest.from_file(str(APP), default_timeout=120)
    if page != "explain":  # the default page is the app's own to choose
        app.switch_page(f"app_pages/{page}.py")
    for name, value in query.items():
        app.query_params[name] = value
    return app.run()


def shown(app: AppTest) -> str:
    """All that the reader sees outside the widgets, the alternative texts too, as one text."""
    assert not app.exception
    kinds = (app.header, app.subheader, app.markdown, app.caption, app.error, app.warning, app.info)
    texts = [element.value for kind in kinds for element in kind]
    texts += [element.proto.body for element in app.get("html")]
    texts += [table.value.to_string() for table in app.table]
    return "\n".join(texts)
