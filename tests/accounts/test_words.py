"""What editors read on the way to the desk: each page says where one is, what to do and how to go on, in each language.

And it calls one thing by one name, in Chinese too: the words of Django and allauth are others than ours.
"""

import re

import pytest
from django.test import Client

from tests.accounts.pages_of_accounts import PAGES, WHERE_MAIL_IS_SENT
from tests.pages import Page

pytestmark = pytest.mark.django_db

SITE = {"en": "Cancelling Midjourney", "zh-hant": "Midjourney 取消訂閱指南", "zh-hans": "Midjourney 取消订阅指南"}
every_language = pytest.mark.parametrize("language", SITE)

OTHER_NAMES = {
    "en": r"security key|authenticator|two-factor|token|reauthenticate|Hello from|Thank you for using",
    "zh-hant": (
        r"[復恢]原?[代]?碼|代碼|帳[戶户]|賬|你|(?:工作|登入)階段|驗證器|雙重|二階|二步|多重要素|帳號名稱|信箱|重置|重設"
        r"|點擊|用戶|登錄|註銷|鏈接|郵箱|令牌|token|\.\."
    ),
    "zh-hans": (
        r"恢复[代]?码|代码|帐|账户|账号名称|你|会话|[验认]证器|双重|两步|多重|注销|登出|令牌|重置|电子邮件|Email|登入|链結|token"
    ),
}
"""Of what has a name on these pages: recovery codes, codes, account, you, sessions, app, factor, username, mail."""

KNOWN = {"Midjourney", "App", "PIN", "QR", "JavaScript", "https", "http", "localhost", "manage", "py"}
KNOWN |= {"axes", "reset", "username", "changepassword", "remove", "factors", "editor", "My", "phone"}
"""What stands in Latin letters on a Chinese page: names, and what an administrator types."""


def lines(page: Page) -> list[str]:
    """What is read on it, without what is typed on a server, written by a browser or drawn."""
    for each in page.soup.select("script, code, svg, time, textarea, td.agent, input"):
        each.decompose()
    return list(page.soup.select_one("main").stripped_strings)


@every_language
@pytest.mark.parametrize("name", PAGES)
def test_a_page_says_where_one_is_what_to_do_and_how_to_go_on(name, language, settings):
    settings.SENDS_MAIL = name in WHERE_MAIL_IS_SENT
    page = Page(PAGES[name](Client(headers={"accept-language": language})))
    assert page.response.status_code in {200, 429}
    title, _bar, site = page.title.partition(" | ")
    assert site == SITE[language]
    assert title in {page.heading, re.sub("「.*」|“.*”", "", page.heading)} or "passkey away" in name
    sentences = [each.get_text(" ", strip=True) for each in page.soup.select("main p:not([hidden], noscript p)")]
    assert [each for each in sentences if each[-1:] in ".:?。：？"]
    ways = page.soup.select("main a[href]:not([href*='forgotten']), main form button:not(#logout-form button)")
    assert [each for each in ways if each.get_text(strip=True)]
    words = " ".join([*lines(page), title])
    assert not re.findall(OTHER_NAMES[language], words, re.IGNORECASE)
    if language != "en":
        assert set(re.findall(r"[A-Za-z]{2,}", words)) <= KNOWN


@pytest.mark.parametrize("name", ["a link, a password", "a link that has ended"])
def test_after_a_link_one_can_sign_in(name, browser):
    assert Page(PAGES[name](browser)).links()["Sign in"] == "/admin/account/login/"


def test_a_link_that_has_ended_says_so_in_the_title_and_leads_to_a_new_one(browser):
    page = Page(PAGES["a link that has ended"](browser))
    assert page.title.startswith("This link no longer works")
    assert page.links()["Get a new link"] == "/admin/account/password/forgotten/"


def test_after_a_change_of_password_one_is_not_at_the_same_form(browser):
    assert Page(PAGES["password changed"](browser)).heading == "Your account"


def test_recovery_codes_say_what_they_are_for_and_that_they_are_shown_once(browser):
    page = Page(PAGES["recovery codes, shown"](browser))
    assert "signs you in once" in page.text()
    assert "shown only now" in page.text()
    assert page.links()["To the desk"] == "/admin/"
    again = Page(browser.get("/admin/account/factors/recovery-codes/"))
    assert "cannot be shown again" in again.text()
    assert not again.soup.select("textarea")
    assert again.links()["Make new ones"]


@pytest.mark.parametrize("name", ["second factor", "a wrong code", "again, by code"])
def test_one_can_type_a_code_at_once(name, browser):
    (field,) = Page(PAGES[name](browser)).soup.select("[name=code]")
    assert field.has_attr("autofocus")
    assert (field["inputmode"], field["autocomplete"]) == ("numeric", "one-time-code")


def test_the_first_code_of_an_app_does_not_hide_its_drawing(browser):
    (field,) = Page(PAGES["app"](browser)).soup.select("[name=code]")
    assert not field.has_attr("autofocus")
    assert (field["inputmode"], field["autocomplete"]) == ("numeric", "one-time-code")
