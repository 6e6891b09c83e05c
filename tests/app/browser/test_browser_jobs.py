"""Long jobs and several tabs in a real browser.

What they see the tests without a browser see as well, in the default set, but for the
browser's own part: clicks, downloads, the address.
"""

import re

import pytest
from requirements import require_data
from served import PATIENCE, check_four, tile


@pytest.mark.long
def test_two_sessions_at_once(page, browser, address):
    other = browser.new_context(base_url=address)
    try:
        second = other.new_page()
        second.set_default_timeout(PATIENCE)
        page.goto("/?data=MNIST&image=embedded+samples&sample=3%2C+writer+2")
        second.goto("/?data=CIFAR-10&image=embedded+samples&sample=coffee+cup")
        check_four(page, r"\d")
        check_four(second, "[a-z]+")
    finally:
        other.close()


@pytest.mark.long
def test_a_long_job_holds_up_nobody_and_ends_with_its_tab(page, browser, address):
    require_data("mnist")
    long = browser.new_context(base_url=address)
    try:
        waiting = long.new_page()
        waiting.set_default_timeout(PATIENCE)
        waiting.goto("/?data=MNIST&methods=Integrated+gradients%2C+exact&index=3")
        waiting.get_by_text(re.compile(r"[\d,]+ exact pieces, about")).wait_for()
        waiting.get_by_role("button", name="Start").click()
        waiting.get_by_role("button", name="Cancel").wait_for()
        page.goto("/?data=Digits+8x8&methods=OpenBox")
        tile(page, "openbox").locator(".cost").wait_for()
        page.get_by_test_id("stNumberInputStepUp").click()
        page.get_by_text("Digits 8x8 test image 1,").wait_for()
        tile(page, "openbox").locator(".cost").wait_for()
        assert waiting.get_by_role("button", name="Cancel").count() == 1, "it goes on meanwhile"
        page.goto("/?data=Digits+8x8&methods=LIME")
        tile(page, "lime").wait_for()
    finally:
        long.close()
    tile(page, "lime").locator(".cost").wait_for()


@pytest.mark.long
def test_a_dear_job_can_be_cancelled_and_begun_again(page):
    require_data("mnist")
    page.goto("/?data=MNIST&methods=Integrated+gradients%2C+exact&index=4")
    page.get_by_role("button", name="Start").click()
    page.get_by_role("button", name="Cancel").click()
    page.get_by_role("button", name="Start").wait_for()
    assert page.get_by_test_id("stException").count() == 0


@pytest.mark.long
def test_the_forests_of_a_whole_network_can_be_cancelled_and_begun_again(page):
    page.goto("/whole?factors=8&clusters=15")  # which nobody asked for before
    page.get_by_role("button", name="Cancel").click()
    page.get_by_text("Cancelled.").wait_for()
    page.get_by_role("button", name="Start").click()
    page.get_by_text("factor 1 (").wait_for()
    assert page.get_by_role("button", name="Cancel").count() == 0
    assert page.get_by_test_id("stException").count() == 0
