"""A server, a browser, and a page in it that may not leave this computer."""

from collections.abc import Iterator
from importlib.util import find_spec

import pytest
from requirements import require
from served import CHROMIUM, PATIENCE, serve

from evaluation.bench.app import visits


@pytest.fixture(scope="module")
def address(tmp_path_factory) -> Iterator[str]:
    with serve(tmp_path_factory.mktemp("app")) as address:
        yield address


@pytest.fixture(scope="module")
def browser():
    require(find_spec("playwright") is not None, "the package playwright")
    from playwright.sync_api import sync_playwright

    path = visits.find_chromium()
    require(path is not None, "a Chromium browser (on Debian: apt-get install chromium)")
    with sync_playwright() as driver:
        browser = driver.chromium.launch(executable_path=path, args=CHROMIUM)
        yield browser
        browser.close()


@pytest.fixture
def page(browser, address):
    """A fresh session; it fails if the page asks anything outside this computer."""
    context = browser.new_context(viewport={"width": 1280, "height": 900}, base_url=address)
    context.set_default_timeout(PATIENCE)
    page = context.new_page()
    outside: list[str] = []
    page.on("request", lambda request: outside.append(request.url))
    yield page
    context.close()
    assert [url for url in outside if not url.startswith((address, "data:", "blob:"))] == []
