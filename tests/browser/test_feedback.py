"""Did it help? In a real browser: without JavaScript, by keyboard alone, and for everybody."""

import pytest

from tests.browser.test_accessibility import sideways, violations


@pytest.mark.parametrize("javascript", [False, True])
def test_a_reader_says_that_it_did_not_help_and_why(new_page, javascript):
    page = new_page(width=390, javascript=javascript)
    page.goto("/en/articles/browser/")
    page.get_by_role("button", name="No", exact=True).focus()
    page.keyboard.press("Enter")
    page.get_by_label("What I see is different").check()
    page.get_by_label("In your words").fill("Call me at 0912 345 678 90.")
    page.get_by_role("button", name="Send").click()
    assert "looks like an address or number" in page.locator(".field__error").inner_text()
    page.get_by_label("In your words").fill("There is no such button.")
    page.get_by_role("button", name="Send").click()
    assert "Thank you" in page.locator("h1").inner_text()
    assert page.context.cookies() == []


@pytest.mark.parametrize(("language", "scheme", "width"), [("zh-hant", "light", 320), ("zh-hans", "dark", 1280)])
def test_axe_finds_nothing_on_the_way(new_page, language, scheme, width):
    page = new_page(scheme=scheme, width=width)
    page.goto(f"/{language}/articles/plans/")
    page.locator("[name=helped][value=no]").click()
    button, back = page.locator("main a.button").bounding_box(), page.locator(".back a").bounding_box()
    assert back["y"] - (button["y"] + button["height"]) >= 16
    assert (sideways(page), violations(page)) == (0, [])
    page.locator("textarea").fill("me@example.org")
    page.locator("form.helped-more .button").click()
    assert (sideways(page), violations(page)) == (0, [])
