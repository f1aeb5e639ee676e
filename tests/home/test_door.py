"""The door: the language that the browser asks for, the first page, and the way on from where nothing is."""

import pytest
import time_machine
from django.test import Client, RequestFactory
from django.utils.functional import SimpleLazyObject
from django.utils.translation import override

from articles.models import Topic
from helpcenter.home.views import choose_language, server_error
from tests.builders import (
    LANGUAGES,
    TAGS,
    a_body,
    a_site,
    a_site_with_three_paths,
    an_article,
    at,
    the_bundled_site,
)
from tests.pages import Page

# ---- The language ----


@pytest.mark.parametrize(
    ("asked", "language"),
    [
        ("zh-TW,zh;q=0.9,en-US;q=0.8", "zh-hant"),
        ("zh-HK", "zh-hant"),
        ("zh-SG", "zh-hans"),
        ("zh", "zh-hant"),
        ("zh-Hant-TW", "zh-hant"),
        ("zh-CN,zh;q=0.9", "zh-hans"),
        ("en", "en"),
        ("en-GB,en;q=0.9", "en"),
        ("EN-us", "en"),
        ("fr,en;q=0.5", "en"),
        ("en;q=0.2,zh-TW;q=0.9", "zh-hant"),
        ("zh-TW;q=0.2,en;q=0.9", "en"),
        ("de;q=1.0,en-US;q=0.001", "en"),
        ("fr,*;q=0.5,en;q=0.1", "en"),
        ("fr", "zh-hant"),
        ("fr,en;q=0", "zh-hant"),
        ("*", "zh-hant"),
        ("", "zh-hant"),
        (";;;q=", "zh-hant"),
        ("en;q=much", "zh-hant"),
        ("\x00\xff", "zh-hant"),
        ("x" * 10_000, "zh-hant"),
    ],
)
def test_a_browser_is_sent_to_the_language_it_asks_for(asked, language):
    response = choose_language(RequestFactory().get("/", headers={"Accept-Language": asked}))
    assert response.status_code == 302
    assert response.headers["Location"] == f"/{language}/"


@pytest.mark.django_db
def test_a_browser_that_asks_for_nothing_reads_chinese():
    response = Client().get("/")
    assert response.status_code == 302
    assert response.headers["Location"] == "/zh-hant/"


@pytest.mark.django_db
def test_a_copy_of_the_door_is_kept_for_each_language_asked_for():
    response = Client().get("/", headers={"Accept-Language": "en"})
    assert response.headers["Vary"] == "Accept-Language"
    assert response.headers["Cache-Control"].startswith("public")
    assert not response.cookies


# ---- The first page ----


@pytest.mark.django_db
@pytest.mark.parametrize("language", LANGUAGES)
def test_home_offers_the_three_paths_the_wizard_and_the_refund_check(language):
    a_site_with_three_paths()
    page = Page.at(f"/{language}/")
    assert list(page.links(".paths").values()) == [
        f"/{language}/articles/cancel-{path}/" for path in ("web", "discord", "email")
    ]
    assert f"/{language}/wizard/" in page.links().values()
    form = page.soup.select_one("main form")
    assert form["action"].partition("#")[0] == f"/{language}/refund/"
    assert [field["name"] for field in form.select("input")] == ["gpu_minutes", "images"]


@pytest.mark.django_db
def test_home_leads_to_every_other_article_by_topic():
    a_site()
    for topic in Topic:
        an_article(f"about-{topic}", topic=topic.value, history={"2026-01-02": a_body(f"About {topic}")})
    links = Page.at("/en/").links(".shelf")
    assert links == {f"About {topic}": f"/en/articles/about-{topic}/" for topic in Topic if topic != Topic.CANCEL}


@pytest.mark.django_db
@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("room", ["", "nowhere/"])
def test_what_many_get_stuck_at_is_named_by_what_they_see(language, room):
    the_bundled_site()
    links = Page(Client().get(f"/{language}/{room}")).links(".shelf__list").values()
    cancel_web = f"/{language}/articles/cancel-web/"
    assert [href for href in links if "#" in href] == [f"{cancel_web}#no-button", f"{cancel_web}#no-plan"]


@pytest.mark.django_db
def test_home_of_a_day_shows_what_was_live_on_it(client):
    a_site()
    an_article("later", topic="refund", history={"2026-06-01": a_body("Later")})
    assert "Later" in Page.at("/en/").links()
    assert "Later" not in Page.at("/en/?as_of=2026-05-31").links()
    assert client.get("/en/?as_of=soon").status_code == 404


# ---- Where nothing is ----


@pytest.mark.django_db
@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize(
    "nowhere",
    [
        "nowhere/",
        "articles/nothing/",
        "articles/walked/versions/99/",
        "articles/walked/?as_of=2025-01-01",
        "articles/walked/?as_of=9999-12-31",
        "articles/walked/?as_of=x",
        "wizard/nothing/",
        "refund/?facts=99",
        "%ff/%00/",
    ],
)
def test_what_does_not_exist_leads_on_in_the_readers_language(language, nowhere):
    a_site_with_three_paths()
    response = Client().get(f"/{language}/{nowhere}")
    page = Page(response)
    assert response.status_code == 404
    assert page.attributes("html", "lang") == [TAGS[language]]
    assert page.heading
    assert list(page.links(".paths").values()) == [
        f"/{language}/articles/cancel-{path}/" for path in ("web", "discord", "email")
    ]
    assert f"/{language}/wizard/" in page.links().values()
    assert f"/{language}/articles/walked/" in page.links().values()
    assert page.attributes("meta[name=robots]", "content") == ["noindex"]
    assert not response.cookies


@pytest.mark.django_db
def test_a_language_that_we_do_not_have_is_not_found_in_the_one_that_the_browser_asks_for():
    a_site()
    page = Page(Client().get("/fr/", headers={"Accept-Language": "en"}))
    assert page.response.status_code == 404
    assert page.attributes("html", "lang") == ["en"]


@pytest.mark.django_db
@pytest.mark.parametrize("address", ["/en/", "/en/nowhere/", "/en/articles/", "/en/wizard/", "/en/refund/"])
def test_before_there_is_any_content_nothing_is_found_and_nothing_breaks(address):
    page = Page(Client().get(address))
    assert page.response.status_code == 404
    assert page.heading == "This page does not exist"
    assert "/en/wizard/" in page.links().values()
    assert not page.soup.select(".paths")


@pytest.mark.django_db
def test_a_page_that_names_no_language_is_found_in_the_one_that_the_browser_asks_for():
    response = Client().get("/refund/?images=1", headers={"Accept-Language": "en"})
    assert response.status_code == 302
    assert response.headers["Location"] == "/en/refund/?images=1"


# ---- When something breaks ----


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_page_for_our_own_faults_needs_no_database(language):
    def nobody_asks():
        raise AssertionError("who is signed in is a question to the database")

    request = RequestFactory().get(f"/{language}/")
    request.user = SimpleLazyObject(nobody_asks)
    with override(language):
        page = Page(server_error(request))
    assert page.response.status_code == 500
    assert page.heading
    assert page.attributes("a", "href") == ["/"]
    assert page.attributes("html", "lang") == [TAGS[language]]
    assert not page.soup.select("script:not([src]), style, [style]")


@pytest.mark.django_db
def test_a_fault_shows_that_page(monkeypatch):
    def broken(*args):
        raise RuntimeError("broken")

    monkeypatch.setattr("helpcenter.refunds.views.sheet_at", broken)
    page = Page(Client(raise_request_exception=False).get("/en/refund/"))
    assert page.response.status_code == 500
    assert page.heading == "Something went wrong here"
    assert "broken" not in page.response.content.decode()


@pytest.mark.django_db
def test_a_day_in_taiwan_begins_before_the_day_in_utc():
    a_site()
    with time_machine.travel(at("2026-03-10").replace(hour=20), tick=False):  # already the 11th in Taipei
        assert Client().get("/en/?as_of=2026-03-11").status_code == 200
        assert Client().get("/en/?as_of=2026-03-12").status_code == 404


# ---- Crawlers ----


@pytest.mark.django_db
def test_crawlers_read_everything_but_answers_and_the_desk():
    response = Client().get("/robots.txt")
    assert response.headers["Content-Type"].startswith("text/plain")
    lines = response.content.decode().splitlines()
    assert lines[0] == "User-agent: *"
    closed = [line.removeprefix("Disallow: ") for line in lines if line.startswith("Disallow")]
    assert closed == ["/admin/", "/shared/", "/*/wizard/*?", "/*/refund/?", "/*/search/"]


@pytest.mark.django_db
def test_a_readers_page_takes_no_post_and_says_so_as_a_page_of_the_site():
    a_site()
    response = Client(enforce_csrf_checks=True).post("/zh-hant/refund/", {"gpu_minutes": "1"})
    assert (response.status_code, response["Allow"]) == (405, "GET, HEAD")
    page = Page(response)
    assert page.attributes("html", "lang") == ["zh-Hant"]
    assert "/zh-hant/wizard/" in page.links().values()
