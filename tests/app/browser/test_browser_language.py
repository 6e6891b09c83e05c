"""The app speaks the reader's language, and changes it without losing what was chosen."""

import pytest
from served import still, tile


@pytest.mark.long
def test_the_browser_s_language_the_switch_and_the_link(browser, address):
    reader = {"locale": "de-DE", "viewport": {"width": 1280, "height": 900}, "base_url": address}
    context = browser.new_context(**reader)
    page = context.new_page()
    page.set_default_timeout(180_000)
    page.goto("/")
    page.get_by_role("heading", name="Das Netz sagt").first.wait_for()
    assert "lang=de" in page.url
    page.goto("/?data=Digits+8x8&methods=OpenBox+weights&index=5")
    page.get_by_role("heading", name="The network says").first.wait_for()
    assert page.get_by_role("radio", name="en").is_checked()
    page.get_by_role("radio", name="de").click()
    page.get_by_role("heading", name="Das Netz sagt").first.wait_for()
    tile(page, "openbox_weights").locator(".cost").wait_for()
    still(page)
    assert page.evaluate("document.documentElement.lang") == "de"
    assert "lang=de" in page.url
    page.get_by_role("radio", name="ru").click()
    page.get_by_role("heading", name="Сеть отвечает").first.wait_for()
    still(page)
    assert page.get_by_role("link", name="Геометрия").is_visible()
    assert page.evaluate("document.documentElement.lang") == "ru"
    assert page.locator(".stMain [data-testid=stImage] figcaption, .stMain img").count()
    for kept in ("lang=ru", "methods=OpenBox+weights", "index=5"):
        assert kept in page.url
    other = browser.new_context(locale="en-US", base_url=address).new_page()
    other.set_default_timeout(180_000)
    other.goto(page.url)
    other.get_by_role("heading", name="Сеть отвечает").first.wait_for()
    tile(other, "openbox_weights").locator(".cost").wait_for()
    other.context.close()
    context.close()
