"""The editors' main job in a real browser: write, send back, mend, approve, plan, translate, show a picture."""

import contextlib
import os
import re
import subprocess
import sys
from datetime import timedelta
from io import BytesIO
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.utils import timezone
from PIL import Image
from playwright.sync_api import Error as PlaywrightError

from tests.browser.conftest import ROOT, serving, surroundings
from tests.signing_in import a_code

RULES = {"runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"], "resultTypes": ["violations"]}
CONTRAST = {"runOnly": ["color-contrast"], "resultTypes": ["violations"]}
PASSWORD = "correct horse battery"
PEOPLE = {"amy": "作者 Authors", "ray": "審稿者 Reviewers", "pam": "發布者 Publishers"}
MAKE_PEOPLE = f"""
from django.contrib.auth.models import Group, User
from tests.signing_in import an_app
for name, group in {PEOPLE!r}.items():
    user = User.objects.create_user(name, password={PASSWORD!r}, is_staff=True)
    an_app(user)
    user.groups.add(Group.objects.get(name=group))
an_app(User.objects.create_superuser("root", password={PASSWORD!r}))
"""

PICTURES = os.environ.get("GUIDE_PICTURES", "")
"""A folder to take the guide's pictures into: GUIDE_PICTURES=docs/editing."""


@pytest.fixture(scope="module")
def desk_site(tmp_path_factory):
    folder = tmp_path_factory.mktemp("desk")
    with serving(folder) as address:
        made = [sys.executable, "manage.py", "shell", "-v0", "-c", MAKE_PEOPLE]
        subprocess.run(made, cwd=ROOT, env=surroundings(folder) | {"PYTHONPATH": str(ROOT)}, check=True)
        yield address


@pytest.fixture(scope="module")
def people(chromium, desk_site):
    """A page for each of them, signed in."""
    pages, complaints = {}, []
    for name in PEOPLE:
        context = chromium.new_context(viewport={"width": 1200, "height": 900}, base_url=desk_site, locale="en")
        pages[name] = page = context.new_page()
        page.set_default_timeout(10_000)
        page.on("console", lambda said: complaints.append(said.text) if said.type == "error" else None)
        page.goto("/admin/")
        sign_in(page, name)
    yield pages
    for page in pages.values():
        page.context.close()
    told = ("403", "503", "413", "htmx:")  # who is signed out may not keep anything, nor is everything kept
    assert [each for each in complaints if not any(status in each for status in told)] == []


def sign_in(page, name):
    page.fill("[name=login]", name)
    page.fill("[name=password]", PASSWORD)
    page.press("[name=password]", "Enter")
    page.fill("[name=code]", a_code())
    page.press("[name=code]", "Enter")
    page.wait_for_url("**/admin/")


def change_page(page, text):
    """The page on which a text is written."""
    page.goto(f"/admin/articles/translation/?q={text.partition(' ')[0]}")
    page.get_by_role("link", name=text, exact=True).click()
    page.wait_for_selector("form.writing")
    page.wait_for_load_state()  # what keeps what is typed has to be there before anybody types


def picture(page, name):
    if PICTURES:
        page.screenshot(path=Path(ROOT, PICTURES, f"{name}.png"))


def through_review(people, changed):
    """Amy has a page filled in: she submits, Ray approves, Pam publishes."""
    amy, ray, pam = people["amy"], people["ray"], people["pam"]
    amy.fill("[name=note]", changed)
    amy.click("[name=_submit]")
    amy.wait_for_url("**/review/**")
    ray.goto(amy.url)
    ray.click("[name=_approve]")
    ray.wait_for_selector("text=Approved")
    pam.goto(amy.url)
    return pam


def catches_up(people):
    """The translator takes over what changed, and readers are no longer told that it is behind."""
    amy = people["amy"]
    change_page(amy, "cancel-web · English")
    assert "多寫一句。" in amy.inner_text(".original")
    picture(amy, "translate")
    amy.fill("[name=summary]", f"{amy.input_value('[name=summary]')} One more sentence.")
    amy.check("[name=_up_to_date]")
    pam = through_review(people, "One more sentence.")
    pam.click("[name=_publish]")
    pam.wait_for_selector("text=Published.")
    pam.goto("/en/articles/cancel-web/")
    assert "One more sentence." in pam.content()
    assert "The original has changed" not in pam.content()


def test_from_the_first_word_to_a_plan_that_goes_live_by_itself_and_its_translation(people):
    amy, ray, pam = people["amy"], people["ray"], people["pam"]
    change_page(amy, "cancel-web · 繁體中文")
    amy.fill("[name=summary]", f"{amy.input_value('[name=summary]')}多寫一據。")
    picture(amy, "write")
    amy.fill("[name=note]", "補上一句。")
    amy.click("[name=_submit]")
    amy.wait_for_url("**/review/**")
    ray.goto("/admin/")
    picture(ray, "desk")
    ray.click("text=Waiting for my review")
    ray.get_by_role("link", name="在網站上取消 Midjourney 訂閱 · 繁體中文").click()
    assert ray.locator("ins").first.inner_text().strip("[+] \n") == "多寫一據。"
    picture(ray, "review")
    ray.fill("[name=review_note]", "Typo in the last sentence.")
    ray.click("[name=_send_back]")
    amy.goto("/admin/")
    amy.click("text=Sent back to me")
    amy.get_by_role("link", name="在網站上取消 Midjourney 訂閱 · 繁體中文").click()
    assert "Typo in the last sentence." in amy.inner_text(".finding--error")
    amy.fill("[name=summary]", amy.input_value("[name=summary]").replace("一據", "一句"))
    amy.click("[name=_submit]")
    amy.wait_for_url("**/review/**")
    ray.goto(amy.url)
    ray.click("[name=_approve]")
    ray.wait_for_selector("text=Approved")
    pam.goto(amy.url)
    at = timezone.localtime() + timedelta(seconds=8)
    pam.locator("[name=at]").evaluate("(field, at) => field.value = at", f"{at:%Y-%m-%dT%H:%M:%S}")
    pam.check("[name=significance][value=major]")
    pam.click("[name=_publish]")
    pam.wait_for_selector("text=Planned for")
    picture(pam, "plan")
    reader = pam.context.browser.new_context(base_url=pam.url.partition("/admin")[0]).new_page()
    reader.goto("/zh-hant/articles/cancel-web/")
    before = reader.content()
    assert timezone.localtime() > at or "多寫一句。" not in before  # on a machine that is too busy to have seen it
    for _ in range(60):
        reader.wait_for_timeout(500)
        reader.goto("/zh-hant/articles/cancel-web/")
        if "多寫一句。" in reader.content():
            break
    assert "多寫一句。" in reader.content()
    reader.goto("/en/articles/cancel-web/")
    assert "The original has changed in important ways" in reader.content()
    reader.context.close()
    catches_up(people)


def test_a_step_gets_a_picture(people):
    amy = people["amy"]
    file = BytesIO()
    Image.new("RGB", (900, 500), "teal").save(file, "PNG")
    amy.goto("/admin/articles/picture/add/")
    amy.fill("[name=key]", "sign-in-2026")
    amy.set_input_files("[name=file]", {"name": "x.png", "mimeType": "image/png", "buffer": file.getvalue()})
    amy.click("[name=_save]")
    change_page(amy, "cancel-web · English")
    amy.select_option("[name=steps-0-drawing]", "")
    amy.select_option("[name=steps-0-picture]", "sign-in-2026")
    amy.fill("[name=steps-0-alt]", "The two buttons for signing in.")
    pam = through_review(people, "A picture of the sign-in.")
    pam.click("[name=_publish]")
    pam.wait_for_selector("text=Published.")
    pam.goto("/en/articles/cancel-web/?as_of=" + timezone.localdate().isoformat())  # what it kept is a minute old
    shown = pam.get_by_alt_text("The two buttons for signing in.")
    shown.scroll_into_view_if_needed()
    pam.wait_for_function("document.querySelector('img.picture').naturalWidth > 0")


def test_typing_is_kept_while_one_types_and_offered_after_the_tab_is_gone(people):
    amy = people["amy"]
    change_page(amy, "plans · English")
    amy.locator("[name=summary]").press_sequentially("Half a sent")
    amy.wait_for_selector("#kept:has-text('Kept at')")
    change_page(amy, "plans · English")
    amy.click("text=Go on with it")
    amy.wait_for_selector("form.writing")
    assert "Half a sent" in amy.input_value("[name=summary]")


def test_leaving_what_is_not_kept_yet_is_asked_about(people):
    amy = people["amy"]
    change_page(amy, "billing · English")
    amy.locator("[name=summary]").press_sequentially("x")
    asked = []
    amy.once("dialog", lambda dialog: (asked.append(dialog.type), dialog.accept()))
    amy.goto("/admin/")
    assert asked == ["beforeunload"]


def test_who_is_signed_out_is_told_that_nothing_is_kept_and_goes_on_after_signing_in_again(people):
    amy = people["amy"]
    change_page(amy, "resubscribe · English")
    amy.locator("[name=summary]").press_sequentially("Kept words. ")
    amy.wait_for_selector("#kept:has-text('Kept at')")
    amy.context.clear_cookies()
    amy.locator("[name=summary]").press_sequentially("Words without a session. ")
    amy.wait_for_selector("#not-kept:visible")
    assert amy.locator("#kept").inner_text() == ""
    with amy.context.expect_page() as opened:
        amy.click("#not-kept a")
    sign_in(opened.value, "amy")
    opened.value.close()
    amy.locator("[name=summary]").press_sequentially("More.")
    amy.wait_for_selector("#not-kept", state="hidden")
    amy.wait_for_selector("#kept:has-text('Kept at')")
    amy.click("text=Save as a draft")
    amy.wait_for_selector("text=The draft is saved")
    assert "Kept words. Words without a session. More." in amy.input_value("[name=summary]")


@pytest.mark.parametrize("gone", ["sessionid", None], ids=["the session", "all cookies"])
def test_what_is_sent_at_once_with_a_session_that_has_ended_is_not_lost(people, gone):
    amy = people["amy"]
    change_page(amy, "past-due · English")
    words = f"Words typed at once, without {gone}. "
    amy.locator("[name=summary]").press_sequentially(words)
    amy.context.clear_cookies(name=gone) if gone else amy.context.clear_cookies()
    for _press in range(3):  # whoever presses again does not mean to lose them
        amy.click("text=Save as a draft")
        amy.wait_for_selector("#not-kept:visible")
        amy.wait_for_timeout(300)
        assert words in amy.input_value("[name=summary]")
    with amy.context.expect_page() as opened:
        amy.click("#not-kept a")
    sign_in(opened.value, "amy")
    opened.value.close()
    amy.click("text=Save as a draft")
    amy.wait_for_selector("text=The draft is saved")
    assert words in amy.input_value("[name=summary]")


def test_what_a_network_swallows_is_told_of_and_not_lost(people):
    amy = people["amy"]
    change_page(amy, "plans · English")
    amy.route("**/typed/", lambda _route: None)  # neither an answer nor a refusal
    amy.locator("[name=summary]").press_sequentially("Swallowed words. ")
    amy.wait_for_timeout(2500)  # htmx has sent them by now
    asked = []
    amy.once("dialog", lambda dialog: (asked.append(dialog.type), dialog.dismiss()))
    with contextlib.suppress(PlaywrightError):
        amy.goto("/admin/", timeout=2000)
    assert asked == ["beforeunload"]
    amy.click("text=Save as a draft")
    amy.wait_for_selector("#not-kept:visible", timeout=15000)
    amy.unroute("**/typed/")
    amy.click("text=Save as a draft")
    amy.wait_for_selector("text=The draft is saved")
    assert "Swallowed words. " in amy.input_value("[name=summary]")


@pytest.mark.parametrize(
    ("status", "words"), [(503, "for the moment"), (413, "more than can be saved"), (403, "signed out")]
)
def test_why_nothing_is_kept_is_said_as_it_is(people, status, words):
    amy = people["amy"]
    change_page(amy, "plans · English")
    amy.route("**/typed/", lambda route: route.fulfill(status=status))
    amy.click("text=Save as a draft")
    amy.wait_for_selector(f"#not-kept:has-text('{words}')")
    assert [words in each for each in amy.locator("#not-kept span:visible").all_inner_texts()] == [True]
    amy.unroute("**/typed/")


@pytest.mark.parametrize("pause", [50, 150, 300])
def test_who_presses_twice_has_pressed_once(people, pause):
    amy = people["amy"]
    change_page(amy, "browser · English")
    amy.locator("[name=summary]").press_sequentially("Twice. ")
    sent = []
    amy.on("request", lambda request: sent.append(request) if request.is_navigation_request() else None)
    button = amy.get_by_role("button", name="Save as a draft")
    button.click(no_wait_after=True)
    amy.wait_for_timeout(pause)
    with contextlib.suppress(PlaywrightError):
        button.click(no_wait_after=True, timeout=200)
    amy.wait_for_selector("text=The draft is saved")
    assert amy.locator("text=Nothing was saved yet").count() == 0
    assert [request.method for request in sent].count("POST") == 1


def test_what_could_not_be_saved_is_offered_again(people):
    amy = people["amy"]
    change_page(amy, "refund-eligibility · English")
    amy.locator("[name=summary]").press_sequentially("Not saved. ")
    amy.fill("[name=title]", "")
    amy.click("text=Save as a draft")
    amy.wait_for_selector("text=Nothing was saved yet")
    change_page(amy, "refund-eligibility · English")
    amy.click("text=Go on with it")
    amy.wait_for_selector("form.writing")
    assert "Not saved. " in amy.input_value("[name=summary]")


CUT_OFF = """() => [...document.querySelectorAll('form.writing :is(input:not([type=hidden]), select, textarea)')]
    .filter(field => field.getBoundingClientRect().right > field.closest('.form-row').getBoundingClientRect().right)
    .map(field => field.name)"""


@pytest.mark.parametrize("width", [390, 1280])  # the guide has the last
def test_the_flows_page_is_short_and_no_field_of_it_is_cut_off(people, width):
    amy = people["amy"]
    before = amy.viewport_size
    amy.set_viewport_size({"width": width, "height": 900})
    amy.goto("/admin/wizard/flowdocument/")
    amy.click("#result_list tbody th a")
    amy.wait_for_selector("form.writing")
    assert amy.evaluate("document.documentElement.scrollHeight") < 5000
    amy.locator(".diagram").scroll_into_view_if_needed()
    picture(amy, "flow")
    amy.evaluate("document.querySelectorAll('form.writing details').forEach(fold => fold.open = true)")
    assert amy.evaluate(CUT_OFF) == []
    assert amy.evaluate("document.documentElement.scrollWidth") <= width
    amy.set_viewport_size(before)


def number(link):
    """The key of the row that a link of a list leads to."""
    return re.search(r"/(\d+)/", link.get_attribute("href"))[1]


ADDED = {
    "first page": "/admin/",
    "list that waits": "/admin/desk/overdue/",
    "calendar": "/admin/desk/calendar/",
    "comparison": "/admin/articles/translation/{text}/compare/",
    "still correct": "/admin/articles/translation/{text}/verify/",
    "share": "/admin/articles/translation/{text}/share/",
    "writing": "/admin/articles/translation/{text}/change/",
    "flow": "/admin/wizard/flowdocument/{flow}/change/",
    "where used": "/admin/references/reference/",
    "pictures": "/admin/articles/picture/",
    "addresses not found": "/admin/articles/missingpage/",
}


@pytest.fixture(scope="module")
def rows(people):
    """The keys that stand in the addresses."""
    amy = people["amy"]
    amy.goto("/admin/articles/translation/?q=billing")
    text = number(amy.get_by_role("link", name="billing · English"))
    amy.goto("/admin/wizard/flowdocument/")
    return {"text": text, "flow": number(amy.locator("#result_list tbody th a").first)}


def test_no_page_of_the_desk_asks_for_what_its_policy_refuses(people):
    """Every kind of page that links lead an administrator to; a refusal stands in the console."""
    page = people["amy"].context.browser.new_context(base_url=people["amy"].url, locale="en").new_page()
    said: list[str] = []
    page.on("console", lambda message: said.append(f"{page.url}: {message.text}") if message.type == "error" else None)
    page.goto("/admin/")
    sign_in(page, "root")
    waiting, met, policies = ["/admin/"], {"/admin/"}, set()
    while waiting and len(policies) < MOST_PAGES:
        answered = page.goto(waiting.pop())
        if "text/html" not in answered.headers["content-type"]:
            continue
        policies.add(answered.headers["content-security-policy"])
        for link in page.eval_on_selector_all("a[href]", "all => all.map(link => new URL(link.href).pathname)"):
            kind = re.sub(r"\d+", "1", link)
            if kind.startswith("/admin/") and kind not in met and "logout" not in kind:
                met.add(kind)
                waiting.append(link)
    page.context.close()
    assert len(policies) > 40, "each page has a nonce of its own"
    assert said == []


MOST_PAGES = 150


@pytest.mark.parametrize("kind", ADDED)
def test_axe_finds_nothing_on_the_desks_pages(people, rows, kind):
    amy = people["amy"]
    amy.emulate_media(color_scheme="light")
    amy.goto(ADDED[kind].format(**rows))
    found = Axe().run(amy, context="#content", options=RULES).response["violations"]
    amy.emulate_media(color_scheme="dark")
    amy.reload()  # the admin's colours change slowly
    found += Axe().run(amy, context="#content", options=CONTRAST).response["violations"]
    assert [f"{each['id']}: {node['target']} {node['html'][:120]}" for each in found for node in each["nodes"]] == []
