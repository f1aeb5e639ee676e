"""The search in a real browser: by keyboard alone, with suggestions, and without JavaScript."""

import subprocess
import sys
from urllib.request import urlopen

import pytest

from tests.browser.conftest import ROOT, surroundings


def test_a_question_is_asked_and_a_suggestion_taken_by_keyboard_alone(new_page):
    page = new_page(width=390)
    page.goto("/zh-hant/search/")
    page.keyboard.type("瀏覽器", delay=20)  # the field has the focus
    field = page.get_by_role("combobox")
    page.wait_for_selector("[role=option]")
    assert field.get_attribute("aria-expanded") == "true"
    page.wait_for_function("document.querySelector('.search [role=status]').textContent.includes('建議')")
    page.keyboard.press("ArrowDown")
    chosen = page.get_by_role("option", selected=True)
    assert field.get_attribute("aria-activedescendant") == chosen.get_attribute("id")
    page.keyboard.press("Enter")
    page.wait_for_url("**/zh-hant/articles/**")


def test_escape_closes_the_list_and_enter_asks_what_was_typed(new_page):
    page = new_page(width=1280)
    page.goto("/en/search/")
    page.keyboard.type("refund", delay=20)
    page.wait_for_selector("[role=option]")
    page.keyboard.press("Escape")
    assert page.locator("#suggestions").is_hidden()
    page.keyboard.press("Enter")
    page.wait_for_url("**/en/search/?q=refund")
    assert page.locator(".result").count() > 0


def test_a_suggestion_is_followed_by_a_click_and_by_nothing_less(new_page):
    page = new_page(width=1280)
    page.goto("/en/search/")
    page.keyboard.type("refund", delay=20)
    option = page.get_by_role("option").first
    option.click(button="right")
    option.dispatch_event("pointerdown")  # a finger that may go on to scroll
    assert page.url.endswith("/en/search/")
    assert option.is_visible()
    option.click()
    page.wait_for_url("**/en/articles/**")


@pytest.mark.parametrize("width", [320, 1280])
def test_without_javascript_the_search_is_a_form_on_every_page(new_page, width):
    page = new_page(width=width, javascript=False)
    page.goto("/en/articles/plans/")
    if width < 960:
        page.get_by_role("link", name="Search").click()
    page.locator("input[name=q]:visible").last.fill("refnud")
    page.keyboard.press("Enter")
    page.wait_for_url("**/search/?q=refnud")
    assert "refund" in page.locator(".result").first.inner_text().lower()


def test_a_synonym_acts_in_a_process_that_did_not_hear_of_it(site, site_folder):
    added = (
        "from helpcenter.search.models import Synonym; Synonym.objects.create(language='en', words='refund\\nzorkback')"
    )
    asked = f"{site}/en/search/?q=zorkback"
    assert 'class="result"' not in urlopen(asked).read().decode()
    shell = [sys.executable, "manage.py", "shell", "--no-imports", "--command", added]
    subprocess.run(shell, cwd=ROOT, env=surroundings(site_folder), check=True, capture_output=True)
    assert 'class="result"' in urlopen(asked).read().decode()
