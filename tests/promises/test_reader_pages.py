"""What every reader page promises, in both languages: see the contract in docs/architecture.md."""

import re
from urllib.parse import urlsplit

import pytest
from django.conf import settings as project
from django.db import transaction
from django.test import Client, RequestFactory, override_settings
from django.utils.csp import CSP
from django.utils.translation import override

from articles.steps import DRAWINGS
from helpcenter.home.views import server_error
from tests.builders import LANGUAGES, TAGS, a_body, a_site, a_user, an_article
from tests.pages import Page
from tests.promises.every_page import ADDRESSES, EVERY_PAGE, KINDS, a_site_with_every_page

pytestmark = pytest.mark.django_db
every_page = pytest.mark.parametrize(("language", "address"), EVERY_PAGE, ids=KINDS)

ANOTHER_BROWSER = {"HX-Request": "true", "HX-Target": "wizard", "HX-Boosted": "true", "User-Agent": "another"}
SYMBOLS = set(
    re.findall(r'<symbol id="([^"]+)"', (project.BASE_DIR / "static" / "img" / "drawings.svg").read_text("utf-8"))
)
COOKIES = {"sessionid": "0123456789abcdefghijklmnopqrstuv", "csrftoken": "x" * 32, "theme": "dark"}


@pytest.fixture(scope="module")
def answers(django_db_setup, django_db_blocker):
    """What the site answers to each way of asking for each page, asked once for all these tests."""
    asked = {}
    plain_files = {"staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}}
    with (
        override_settings(STORAGES={**project.STORAGES, **plain_files}, ALLOWED_HOSTS=["testserver"]),
        django_db_blocker.unblock(),
        transaction.atomic(),
    ):
        a_site_with_every_page()
        for language, address in EVERY_PAGE:
            asked[address] = ask(address, another_language="en" if language == "zh-hant" else "zh-hant")
        transaction.set_rollback(True)
    return asked


def ask(address, *, another_language):
    """Plainly; by htmx in another browser, with another language, cookies and another page kept; once more."""
    plain, another = Client().get(address), Client()
    for name, value in {**COOKIES, "django_language": another_language}.items():
        another.cookies[name] = value
    headers = {**ANOTHER_BROWSER, "Accept-Language": another_language, "If-None-Match": '"another"'}
    return {
        "plainly": plain,
        "page": Page(plain),
        "otherwise": another.get(address, headers=headers),
        "again": Client().get(address, headers={"If-None-Match": plain.headers["ETag"]}),
    }


@pytest.fixture
def page(answers, address):
    return answers[address]["page"]


@pytest.fixture
def site():
    a_site_with_every_page()


# ---- One answer for everybody ----


@every_page
def test_a_page_has_no_cookie_and_may_be_kept_by_anybody(answers, language, address):
    response = answers[address]["plainly"]
    assert response.status_code == 200
    assert not response.cookies
    assert "Vary" not in response.headers
    assert re.fullmatch(r"public, max-age=([0-9]|[1-5][0-9]|60)", response.headers["Cache-Control"])


@every_page
def test_a_page_is_the_same_bytes_however_it_is_asked_for(answers, language, address):
    plain, other = answers[address]["plainly"], answers[address]["otherwise"]
    assert other.content == plain.content
    seconds_may_have_passed = {"Cache-Control": "public"}
    assert {**other.headers, **seconds_may_have_passed} == {**plain.headers, **seconds_may_have_passed}
    assert not other.cookies


@pytest.mark.parametrize("session", ["", "x", "0123456789abcdefghijklmnopqrstuv"])
def test_a_session_that_there_is_not_is_not_spoken_of(site, session):
    client = Client()
    client.cookies["sessionid"] = session
    response = client.get("/en/")
    assert "Vary" not in response.headers
    assert not response.cookies


@pytest.mark.parametrize("language", LANGUAGES)
def test_an_editor_who_is_signed_in_reads_the_same_bytes(site, language):
    editor = Client()
    editor.force_login(a_user())
    for address in ADDRESSES.values():
        theirs, ours = (client.get(f"/{language}/{address}") for client in (editor, Client()))
        assert theirs.content == ours.content
        assert "Vary" not in theirs.headers


@every_page
def test_a_browser_that_has_the_page_is_told_that_it_has_it(answers, language, address):
    tag, again = answers[address]["plainly"].headers["ETag"], answers[address]["again"]
    assert re.fullmatch(r'"[^"]+"', tag), "strong: the very bytes"
    assert again.status_code == 304
    assert again.content == b""
    assert again.headers["ETag"] == tag
    assert again.headers["Cache-Control"].startswith("public")


def test_different_pages_have_different_tags(answers):
    assert len({asked["plainly"].headers["ETag"] for asked in answers.values()}) == len(EVERY_PAGE)


# ---- A whole page ----


@every_page
def test_a_page_says_its_language_has_one_heading_and_a_way_past_the_menu(page, language, address):
    assert page.attributes("html", "lang") == [TAGS[language]]
    assert page.heading
    assert page.response.headers["Content-Language"] == language
    skip = page.soup.body.find("a")
    assert page.soup.select_one(skip["href"]).name == "main"
    ids = page.attributes("[id]", "id")
    assert len(ids) == len(set(ids))


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_title_belongs_to_one_page(answers, language):
    pages: dict[str, str] = {}
    for address in ADDRESSES.values():
        page = answers[f"/{language}/{address}"]["page"]
        assert pages.setdefault(page.title, address.partition("?")[0]) == address.partition("?")[0]
    assert len(pages) > len({address.partition("?")[0] for address in ADDRESSES.values()})


@pytest.mark.parametrize("address", [f"/zh-hant/{address}" for address in ADDRESSES.values()], ids=list(ADDRESSES))
def test_chinese_has_no_blank_after_its_own_marks_and_no_colon_of_another_script(page, address):
    said = [
        page.soup.body.get_text(),
        page.soup.title.get_text(),
        *page.attributes("meta[name=description]", "content"),
    ]
    assert re.findall(r"[。：，；！？] [^·\s]|[一-鿿]:", "\n".join(said)) == []


@every_page
def test_a_page_and_its_translation_name_each_other(answers, page, language, address):
    alternates = alternates_of(page)
    assert set(alternates) == {*TAGS.values(), "x-default"}
    assert alternates["x-default"] == alternates["zh-Hant"]
    assert alternates[page.attributes("html", "lang")[0]] == f"http://testserver{address}"
    for each in {*alternates.values()}:
        translation = answers[each.removeprefix("http://testserver")]["page"]
        assert alternates_of(translation) == alternates
    for switch in page.attributes("#languages a", "href"):
        assert f"http://testserver{switch}" in alternates.values()


@pytest.mark.django_db
class TestALanguageThatDoesNotHaveThePage:
    """It is not named as an alternate, and the switch leads to something that is there."""

    @pytest.fixture
    def english(self):
        a_site()
        return an_article("topic", "en", history={"2026-01-02": a_body("One"), "2026-02-02": a_body("Two")})

    @pytest.mark.parametrize("address", ["", "versions/", "versions/1/", "versions/compare/?from=1&to=2"])
    def test_because_it_has_no_such_article(self, english, address):
        page = Page.at(f"/en/articles/topic/{address}")
        assert set(alternates_of(page)) == {"en"}
        assert page.attributes("#languages a", "href") == ["/zh-hant/articles/", "/zh-hans/articles/"]

    @pytest.mark.parametrize("address", ["versions/2/", "versions/compare/?from=1&to=2"])
    def test_because_it_has_fewer_versions(self, english, address):
        an_article("topic", "zh-hant", history={"2026-01-02": a_body("One")})
        page = Page.at(f"/en/articles/topic/{address}")
        assert set(alternates_of(page)) == {"en"}
        assert page.attributes("#languages a", "href") == ["/zh-hant/articles/topic/", "/zh-hans/articles/"]
        assert set(alternates_of(Page.at("/en/articles/topic/versions/1/"))) == {"en", "zh-Hant", "x-default"}


def alternates_of(page):
    return {link["hreflang"]: link["href"] for link in page.soup.select("link[rel=alternate][hreflang]")}


# ---- Nothing from elsewhere, nothing inline ----


def faults(page):
    for tag in page.soup.find_all(True):
        if tag.name == "style" or (tag.name == "script" and (not tag.get("src") or tag.get_text(strip=True))):
            yield f"inline {tag.name}"
        for name, value in tag.attrs.items():
            words = " ".join(value) if isinstance(value, list) else value
            if name == "style" or name.startswith("on") or words.strip().lower().startswith("javascript:"):
                yield f"{tag.name} {name}"
            loads = name in ("src", "srcset", "poster", "data", "action") or (
                name == "href" and tag.name in ("link", "use", "image", "base")
            )
            if loads and urlsplit(words).netloc not in ("", "testserver"):
                yield f"{tag.name} {words}"


@every_page
def test_a_page_brings_no_inline_code_and_asks_nobody_else(page, language, address):
    assert list(faults(page)) == []


@pytest.mark.parametrize("language", LANGUAGES)
def test_nor_do_the_pages_for_what_goes_wrong(site, language):
    missing = Client().get(f"/{language}/nowhere/")
    with override(language):
        broken = server_error(RequestFactory().get(f"/{language}/"))
    for response in (missing, broken):
        assert list(faults(Page(response))) == []
        assert not response.cookies
        assert "public" not in response.headers.get("Cache-Control", "")


@every_page
def test_the_browser_is_told_to_run_nothing_else(answers, language, address):
    headers = answers[address]["plainly"].headers
    sent = {name: values for name, *values in (part.split() for part in headers["Content-Security-Policy"].split(";"))}
    assert sent == {name: list(map(str, values)) for name, values in project.SECURE_CSP.items()}
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["X-Frame-Options"] == "DENY"
    assert headers["Referrer-Policy"] == "same-origin"


def test_the_policy_itself_lets_through_our_own_files_only():
    assert project.SECURE_CSP["default-src"] == [CSP.NONE]
    sources = {
        name: values for name, values in project.SECURE_CSP.items() if name.endswith(("-src", "-uri", "-action"))
    }
    sources.pop("report-uri")
    assert {value for values in sources.values() for value in values} <= {CSP.NONE, CSP.SELF}
    assert project.SECURE_CSP["require-trusted-types-for"] == ["'script'"]
    assert project.SECURE_CSP["trusted-types"] == ["default"]  # which only the pages with htmx make


@every_page
def test_a_script_comes_with_the_pages_that_use_it(page, language, address):
    scripted = address.split("/")[2] in ("search", "wizard", "refund")
    assert bool(page.attributes("script", "src")) == scripted
    assert len(page.soup.select("script")) == len(page.attributes("script", "src"))


@every_page
def test_each_icon_and_drawing_is_there(page, language, address):
    drawn = page.attributes("use", "href")
    assert drawn
    assert {href.partition("#")[2] for href in drawn} <= SYMBOLS
    assert {href.partition("#")[0] for href in drawn} == set(page.attributes("link[rel=icon]", "href")), (
        "asked for once"
    )


def test_each_drawing_that_an_editor_may_choose_is_there():
    assert set(DRAWINGS) <= SYMBOLS


@every_page
def test_a_page_works_without_javascript(page, language, address):
    """Links lead somewhere and forms are ordinary forms: each names an address, and only an answer is sent by POST."""
    for form in page.soup.select("form"):
        assert form["action"]
        assert form.get("method", "get") == ("post" if "helped" in form.get("class", []) else "get")
        assert form.select_one("button")
    for link in page.soup.select("main a"):
        assert link["href"].startswith(("/", "#", "https://"))
        if link["href"].startswith("#"):
            assert page.soup.select_one(f'[id="{link["href"][1:]}"]'), link["href"]
        if link["href"].startswith("https://"):
            assert "noopener" in link["rel"]


# ---- Only the door looks at the browser ----


def test_only_the_door_looks_at_what_the_browser_asks_for():
    assert Client().get("/").headers["Vary"] == "Accept-Language"


@pytest.mark.parametrize("address", ["/admin/", "/admin/login/"])
def test_nobody_keeps_a_copy_of_the_desk(address):
    assert "public" not in Client().get(address).headers["Cache-Control"]
