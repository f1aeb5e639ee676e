"""The list of articles however many there are: first ones on each shelf, pages of its own, and what they cost."""

from xml.etree import ElementTree

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from articles import shelves
from helpcenter.home import machines
from tests.builders import LANGUAGES, a_body, a_glance, a_site, an_article
from tests.pages import Page
from tests.replay import replayed

pytestmark = pytest.mark.django_db

FEW, MANY = 5, 30


@pytest.fixture(autouse=True)
def _short_pages(monkeypatch):
    monkeypatch.setattr(shelves, "ON_A_PAGE", 8)


@pytest.fixture
def _site():
    a_site()


def more_articles(first, last, languages=LANGUAGES):
    for number in range(first, last):
        for language in languages:
            history = {"2026-01-02": a_body(f"Title {number:02}", text="[there](walked) {{refund.images}}")}
            an_article(f"a{number:02}", language, topic="refund", order=number, history=history)


@pytest.fixture
@replayed
def _three_pages():
    """Beside a site as many articles on one shelf as fill two pages of it, and some more."""
    a_site()
    more_articles(0, 20)


def links(address, selector="main .shelf__list"):
    return list(Page.at(address).links(selector))


@pytest.mark.usefixtures("_site")
class TestWhatAShelfShows:
    def test_a_shelf_that_fits_leads_nowhere_else(self):
        more_articles(0, shelves.MOST)
        for address in ("/en/", "/en/articles/"):
            assert [title for title in links(address) if title.startswith("Title")] == [
                f"Title {number:02}" for number in range(shelves.MOST)
            ]
            assert not links(address, ".shelf__more")

    def test_a_longer_one_shows_its_first_and_leads_to_all(self):
        more_articles(0, shelves.MOST + 1)
        for address in ("/en/", "/en/articles/"):
            page = Page.at(address)
            assert len([title for title in page.links(".shelf__list") if title.startswith("Title")]) == shelves.MOST
            assert page.links(".shelf__more") == {"All on “Refunds”": "/en/articles/topics/refund/"}

    def test_an_article_about_a_path_is_on_the_door_however_long_its_shelf_is(self):
        more_articles(0, shelves.MOST + 1)
        body = a_body("Late", steps=("go",), at_a_glance=a_glance())
        an_article("late", topic="refund", path="web", order=99, history={"2026-01-02": body})
        assert "/en/articles/late/" in Page.at("/en/").links(".paths").values()
        assert "/en/articles/late/" not in Page.at("/en/").links(".shelf__list").values()


class TestAShelfOfItsOwn:
    ADDRESS = "/en/articles/topics/refund/"

    @pytest.mark.usefixtures("_three_pages")
    def test_its_pages_have_every_article_once_in_order(self):
        address, titles, pages = self.ADDRESS, [], 0
        while address:
            page = Page.at(address)
            titles += page.links(".shelf__list")
            following = page.attributes("a[rel=next]", "href")
            address, pages = f"{self.ADDRESS}{following[0]}" if following else "", pages + 1
        assert titles == [f"Title {number:02}" for number in range(20)]
        assert pages == 3

    @pytest.mark.usefixtures("_three_pages")
    def test_a_page_leads_back(self):
        assert Page.at(f"{self.ADDRESS}?page=3").attributes("a[rel=prev]", "href") == ["?page=2"]
        assert not Page.at(self.ADDRESS).attributes("a[rel=prev]", "href")

    @pytest.mark.usefixtures("_three_pages")
    @pytest.mark.parametrize("page", ["4", "0", "-1", "x", "", "999999999", "9999999999"])
    def test_a_page_that_is_not_there_is_not_found(self, page):
        assert Client().get(f"{self.ADDRESS}?page={page}").status_code == 404

    @pytest.mark.usefixtures("_site")
    def test_a_shelf_that_is_not_there_or_empty_is_not_found(self):
        for topic in ("nothing", "after"):
            assert Client().get(f"/en/articles/topics/{topic}/").status_code == 404

    @pytest.mark.usefixtures("_three_pages")
    def test_search_engines_keep_its_first_page_if_it_has_more_than_the_list(self, monkeypatch):
        first, second = Page.at(self.ADDRESS), Page.at(f"{self.ADDRESS}?page=2")
        short = Page.at("/en/articles/topics/cancel/")
        monkeypatch.undo()
        assert Page.at(self.ADDRESS).attributes("link[rel=canonical]", "href") == [f"http://testserver{self.ADDRESS}"]
        assert not first.attributes("link[rel=canonical]", "href")  # with pages of 8 it has no more than the shelf
        for page in (second, short):
            assert page.attributes("meta[name=robots]", "content") == ["noindex"]

    @pytest.mark.usefixtures("_site")
    def test_in_a_language_with_fewer_pages_the_list_of_all_stands_instead(self):
        more_articles(0, 8)
        an_article("only-here", topic="refund", order=99, history={"2026-01-02": a_body("Only here")})
        page = Page.at(f"{self.ADDRESS}?page=2")
        assert page.links(".languages")["繁體中文"] == "/zh-hant/articles/"
        assert Page.at(self.ADDRESS).links(".languages")["繁體中文"] == "/zh-hant/articles/topics/refund/"


ADDRESSES = (
    "/en/",
    "/en/articles/",
    "/en/articles/topics/refund/",
    "/en/articles/a00/versions/",
    "/en/articles/a00/changes.atom",
    "/en/wizard/",
    "/en/wizard/way-go/?first=walk",
    "/en/wizard/over/?first=walk&way-go=done&way-stop=done",
    "/en/search/?q=zebra",
    "/en/changes.atom",
    "/en/nowhere/",
    "/sitemap.xml",
    "/llms.txt",
    "/api/articles/en/",
    "/api/flow/en/",
)


@pytest.mark.usefixtures("_site")
def test_more_articles_are_no_more_questions_and_no_more_texts_read(monkeypatch):
    for bound in ("articles.feeds.MOST_ENTRIES", "helpcenter.home.views.MOST_NAMED", "helpcenter.api.views.ON_A_PAGE"):
        monkeypatch.setattr(bound, FEW)
    monkeypatch.setattr(shelves, "MOST", FEW)
    more_articles(0, 2 * FEW, languages=["en"])
    for address in ADDRESSES:
        Client().get(address)  # what is remembered from the first time on
    few = {address: asked(address) for address in ADDRESSES}
    more_articles(2 * FEW, MANY, languages=["en"])
    assert {address: asked(address) for address in ADDRESSES} == few


def asked(address):
    """How many questions a page asks of the database, and how many texts it reads."""
    with CaptureQueriesContext(connection) as queries, Rows() as rows:
        Client().get(address)
    return len(queries), rows.fetched


class Rows:
    """How many bodies of revisions are read from the database meanwhile."""

    def __enter__(self):
        from helpcenter.publishing.fields import BodyField

        self.fetched, self._read = 0, BodyField.from_db_value
        counted = self

        def read(field, value, expression, connection):
            counted.fetched += 1
            return counted._read(field, value, expression, connection)

        BodyField.from_db_value = read
        return self

    def __exit__(self, *error):
        from helpcenter.publishing.fields import BodyField

        BodyField.from_db_value = self._read


@pytest.mark.usefixtures("_site")
def test_a_large_sitemap_is_cut_into_parts_that_have_all_of_it(monkeypatch):
    more_articles(0, 12)
    named = locations("/sitemap.xml")
    monkeypatch.setattr(machines, "BLOCK", 5)
    parts = locations("/sitemap.xml")
    assert len(parts) > 2
    assert sorted(each for part in parts for each in locations(part)) == sorted(named)
    assert "http://testserver/en/articles/topics/refund/" in named
    assert Client().get("/sitemap-99999.xml").status_code == 404


def locations(address):
    found = ElementTree.fromstring(Client().get(address.removeprefix("http://testserver")).content)
    return [each.text for each in found.iter() if each.tag.endswith("}loc")]


@pytest.mark.usefixtures("_site")
def test_the_api_says_page_by_page_what_there_is(monkeypatch):
    more_articles(0, 12)
    monkeypatch.setattr("helpcenter.api.views.ON_A_PAGE", 5)
    address, slugs = "/api/articles/en/?as_of=2026-02-01", []
    while address:
        response = Client().get(address)
        slugs += [each["slug"] for each in response.json()]
        link = response.headers.get("Link", "")
        assert "as_of=2026-02-01" in link or not link
        address = link.partition(">")[0].removeprefix("<http://testserver")
    assert slugs == [*(f"a{number:02}" for number in range(12)), "walked"]
    assert Client().get("/api/articles/en/?page=4").status_code == 404
