"""A reader cancels: from the first page to the end of each path, in both languages, with and without JavaScript."""

from datetime import date

import pytest
from playwright.sync_api import expect

LANGUAGES = {"zh-hant": "zh-TW", "en": "en-GB"}

PATHS = {
    "web": {"biller": "midjourney", "access": "can", "obstacle": "none", "decision": "period-end"},
    "discord": {
        "biller": "unsure",
        "access": "cannot",
        "signup": "discord",
        "discord-open": "open",
        "decision": "refund",
    },
    "email": {"biller": "unsure", "access": "cannot", "signup": "google", "decision": "not-asked"},
}


def page_key(page) -> str:
    """The part of the address that names the wizard's page; the first page's is its first question."""
    return page.url.split("?")[0].rstrip("/").rpartition("/")[2].replace("wizard", "biller")


def follow(page, answers) -> int:
    """Answer until an outcome is there; says how many clicks it took."""
    clicks = 0
    while page.locator(".choice").count():
        key = page_key(page)
        before = page.url
        page.locator(f"#choice-{key}-{answers.get(key, 'done')}").click()
        page.wait_for_url(lambda url, before=before: url != before)
        clicks += 1
    return clicks


def travel(page, steps, url) -> None:
    """Back and Forward as readers press them: htmx keeps no snapshots, so each loads the page of its address."""
    with page.expect_event("load"):
        page.evaluate("steps => { setTimeout(() => history.go(steps)) }", steps)
    page.wait_for_url(url)


@pytest.mark.parametrize("javascript", [True, False], ids=["with-js", "without-js"])
@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("path", PATHS)
def test_each_path_ends_within_twelve_clicks(new_page, path, language, javascript):
    page = new_page(javascript=javascript, locale=LANGUAGES[language])
    page.goto("/")
    assert f"/{language}/" in page.url
    page.locator("main a[href$='/wizard/']").first.click()
    page.wait_for_url("**/wizard/")
    clicks = 1 + follow(page, PATHS[path])
    assert clicks <= 12
    assert page.locator(".checklist li").count() >= 2
    expected = "refunded" if path == "discord" else "cancelled"
    assert page_key(page) == expected


@pytest.mark.parametrize("javascript", [True, False], ids=["with-js", "without-js"])
def test_the_outcome_works_out_the_dates_and_hands_them_to_the_refund_check(new_page, javascript):
    page = new_page(javascript=javascript, locale="en-GB")
    page.goto("/en/wizard/")
    follow(page, PATHS["web"])
    charged = date.today().isoformat()
    page.locator("input[name=start]").fill(charged)
    page.locator(".dates__form button").click()
    page.wait_for_url(f"**start={charged}**")
    assert page.locator(".timeline__day").count() >= 2
    page.locator(".next a[href*='/refund/']").click()
    page.wait_for_url(f"**/refund/?start={charged}**")
    page.locator("#id_gpu_minutes").fill("26")
    page.locator("#id_images").fill("4")
    page.locator(".refund__form .button--primary").click()
    verdict = page.locator("[data-outcome]")
    expect(verdict).to_have_attribute("data-outcome", "eligible")


def test_back_forward_and_reload_keep_every_answer(new_page):
    page = new_page(locale="en-GB")
    page.goto("/en/wizard/")
    page.locator("#choice-biller-midjourney").click()
    page.wait_for_url("**/access/?**")
    page.locator("#choice-access-cannot").click()
    page.wait_for_url("**/signup/?**")
    heading = page.locator("h1").inner_text()
    title = page.title()

    travel(page, -1, "**/access/?biller=midjourney")
    expect(page.locator("#choice-access-cannot")).to_be_visible()
    assert page.title() != title
    travel(page, -1, "**/en/wizard/")
    expect(page.locator("#choice-biller-midjourney")).to_be_visible()
    travel(page, 1, "**/access/?biller=midjourney")
    travel(page, 1, "**/signup/?**")
    expect(page.locator("h1")).to_have_text(heading)
    assert page.title() == title
    page.reload()
    expect(page.locator("h1")).to_have_text(heading)
    expect(page.locator(".answers__row")).to_have_count(2)


def test_what_was_typed_on_the_first_page_is_still_there_after_the_way_back(new_page):
    page = new_page(locale="en-GB")
    page.goto("/en/")
    page.locator("#id_gpu_minutes").fill("26")
    page.locator("#id_images").fill("4")
    page.locator(".quick-refund button").click()
    page.wait_for_url("**/refund/?**")
    travel(page, -1, "**/en/")
    expect(page.locator("#id_gpu_minutes")).to_have_value("26")
    expect(page.locator("#id_images")).to_have_value("4")


def test_back_from_an_outcome_and_on_again_keeps_the_day_that_was_typed(new_page):
    page, charged = new_page(locale="en-GB"), date.today().isoformat()
    page.goto("/en/wizard/")
    follow(page, PATHS["web"])
    page.locator("input[name=start]").fill(charged)
    page.locator(".dates__form button").click()
    page.wait_for_url(f"**start={charged}**")
    outcome = page.url
    page.locator(".back a").click()
    page.wait_for_url(f"**/decision/**start={charged}**")
    page.locator("#choice-decision-period-end").click()
    page.wait_for_url(outcome)
    expect(page.locator("input[name=start]")).to_have_value(charged)


def test_two_tabs_do_not_disturb_each_other(new_page):
    one, other = new_page(locale="en-GB"), new_page(locale="en-GB")
    for page in (one, other):
        page.goto("/en/wizard/")
    one.locator("#choice-biller-store").click()
    other.locator("#choice-biller-midjourney").click()
    one.wait_for_url("**/store/?biller=store")
    other.wait_for_url("**/access/?biller=midjourney")
    one.reload()
    assert page_key(one) == "store"


def test_the_new_heading_has_the_focus_after_each_step(new_page):
    page = new_page(locale="en-GB")
    page.goto("/en/wizard/")
    page.locator("#choice-biller-midjourney").click()
    page.wait_for_url("**/access/?**")
    expect(page.locator("h1")).to_be_focused()


def test_a_link_to_a_state_opens_that_state(new_page):
    page = new_page(locale="en-GB")
    page.goto("/en/wizard/")
    page.locator("#choice-biller-midjourney").click()
    page.wait_for_url("**/access/?**")
    friend = new_page(javascript=False, locale="en-GB")
    friend.goto(page.url)
    assert friend.url == page.url
    assert friend.locator("h1").inner_text() == page.locator("h1").inner_text()


def test_changing_an_answer_keeps_the_others_and_says_what_no_longer_applies(new_page):
    page = new_page(locale="en-GB")
    page.goto("/en/wizard/signup/?biller=midjourney&access=cannot")
    page.locator("#choice-signup-discord").click()
    page.wait_for_url("**/discord-open/?**")
    page.locator(".answers a").nth(1).click()
    page.wait_for_url("**/access/?**")
    expect(page.locator("#choice-access-cannot")).to_have_attribute("aria-current", "true")
    expect(page.locator("#choice-access-can .choice__note")).to_be_visible()
    page.locator(".onward a").click()
    page.wait_for_url("**/discord-open/?**")


def test_keyboard_alone_leads_through_a_question(new_page):
    page = new_page(locale="en-GB", width=1280)
    page.goto("/en/wizard/")
    page.keyboard.press("Tab")
    expect(page.locator(".skip")).to_be_focused()
    page.keyboard.press("Enter")
    for _ in range(12):
        page.keyboard.press("Tab")
        if page.evaluate("document.activeElement.id") == "choice-biller-midjourney":
            break
    page.keyboard.press("Enter")
    page.wait_for_url("**/access/?biller=midjourney")


def test_the_refund_check_answers_as_one_types_and_keeps_the_caret(new_page):
    page = new_page(locale="en-GB", width=1280)
    page.goto("/en/refund/")
    page.locator("#id_gpu_minutes").click()
    page.keyboard.type("19.9")
    page.keyboard.press("Tab")
    page.keyboard.type("40", delay=80)
    expect(page.locator("[data-outcome=eligible]")).to_be_visible()
    expect(page.locator("#id_images")).to_be_focused()
    page.keyboard.type("0")
    expect(page.locator("#id_images")).to_have_value("400")


def test_a_bad_number_is_explained_beside_the_field(new_page):
    page = new_page(javascript=False, locale="zh-TW")
    page.goto("/zh-hant/refund/?gpu_minutes=abc&images=")
    expect(page.locator("#id_gpu_minutes")).to_have_attribute("aria-invalid", "true")
    expect(page.locator("#id_gpu_minutes")).to_have_value("abc")
    expect(page.locator("#id_gpu_minutes_error")).to_be_visible()
    expect(page.locator(".error-summary li")).to_have_count(2)
    assert page.locator("[data-outcome]").count() == 0


def test_a_server_error_is_shown_at_its_own_address(new_page, site):
    page = new_page(locale="en-GB")
    page.goto("/en/wizard/")
    page.route("**/access/**", lambda route: route.fulfill(status=404, body="<h1>gone</h1>", content_type="text/html"))
    page.locator("#choice-biller-midjourney").click()
    expect(page.locator("h1")).to_have_text("gone")
    assert "/access/" in page.url


def test_each_page_that_is_reached_is_told_once_and_coming_back_is_not(new_page):
    page = new_page()
    told = []
    page.on("request", lambda request: told.append(request.method) if request.url.endswith("/wizard/count/") else None)
    page.goto("/en/wizard/")
    page.locator(".choices a").first.click()
    page.wait_for_url("**/en/wizard/access/**")
    page.wait_for_timeout(300)
    assert told == ["POST", "POST"]
    page.go_back()
    page.wait_for_url("**/en/wizard/**")
    page.wait_for_timeout(500)  # htmx asks for the whole page
    page.reload()
    page.wait_for_timeout(300)
    assert told == ["POST", "POST"]
