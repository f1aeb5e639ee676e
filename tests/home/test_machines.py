"""What machines look for: the sitemap, feeds, Markdown, llms.txt, security.txt. The same words as on the pages."""

import re
from xml.etree import ElementTree

import pytest
from bs4 import BeautifulSoup
from django.test import Client
from django.utils import timezone
from hypothesis.extra.django import TestCase

from articles.models import Article
from articles.page import ArticlePage
from articles.redirects import rename
from articles.texts import GLANCE
from helpcenter.domain.versions import Significance
from helpcenter.facts.sheets import sheet_at
from helpcenter.publishing.verbs import publish, retire
from tests.builders import LANGUAGES, a_body, a_draft, a_sheet, a_sheet_body, a_site, an_article, the_bundled_site

pytestmark = pytest.mark.django_db

SAID = ("title", "summary", *GLANCE, "see", "if_not")
"""The fields whose words stand in the Markdown as they are."""

ATOM = "{http://www.w3.org/2005/Atom}"


def bare(text):
    """Words without what only marks them up, and without where links lead."""
    text = re.sub(r"\]\([^)]*\)", "", text)
    text = re.sub(r"^\s*\d+\.", "", re.sub(r"<?https?://(www\.)?", "", text), flags=re.MULTILINE)
    return re.sub(r"[\W_]+", "", text)


class TestTheBundledArticles(TestCase):
    @classmethod
    def setUpTestData(cls):
        the_bundled_site()

    def test_markdown_says_all_that_the_page_says(self):
        now = timezone.now()
        for language in LANGUAGES:
            for reading in Article.objects.all_live(language, now):
                for address in (f"{reading.slug}.md", f"{reading.slug}/versions/1.md"):
                    said = bare(self.client.get(f"/{language}/articles/{address}").content.decode())
                    page = ArticlePage(reading, sheet_at(now))
                    for field, words in page.plain_passages():
                        if isinstance(words, str) and field.rpartition(".")[2] in SAID:
                            assert bare(words) in said, (language, address, field)

    def test_the_sitemap_names_every_article_in_every_language_and_each_is_there(self):
        found = ElementTree.fromstring(self.client.get("/sitemap.xml").content)
        addresses = [each.text.removeprefix("http://testserver") for each in found.iter() if each.tag.endswith("}loc")]
        assert len(addresses) == len(set(addresses)) == len(LANGUAGES) * (12 + 4)
        assert {self.client.get(address).status_code for address in addresses} == {200}
        links = [each.get("href") for each in found.iter() if each.tag.endswith("}link")]
        assert {link.removeprefix("http://testserver") for link in links} == {*addresses}

    def test_agents_are_told_of_every_article(self):
        said = self.client.get("/llms.txt").content.decode()
        links = re.findall(r"\]\(http://testserver(/[^)]+)\)", said)
        assert len(links) == len(LANGUAGES) * 12
        assert {self.client.get(link).headers["Content-Type"] for link in links} == {"text/markdown; charset=utf-8"}


def test_what_is_there_in_one_language_only_is_in_the_sitemap_with_its_day(client):
    a_site()
    an_article("only-here", history={"2026-04-01": a_body()})
    found = re.findall(
        r"<url><loc>([^<]+)</loc><lastmod>([^<]+)</lastmod>", client.get("/sitemap.xml").content.decode()
    )
    assert [day for address, day in found if "only-here" in address] == ["2026-04-01"]
    assert {day for address, day in found if "walked" in address} == {"2026-01-02"}


class TestFeeds:
    def entries(self, address):
        feed = ElementTree.fromstring(Client().get(address).content)
        return [
            (entry.find(f"{ATOM}title").text, entry.find(f"{ATOM}updated").text[:10], entry.find(f"{ATOM}id").text)
            for entry in feed.iter(f"{ATOM}entry")
        ]

    def test_a_language_has_the_changes_of_its_articles_newest_first(self):
        a_site()
        an_article("a", history={"2026-02-01": a_body("One"), "2026-04-01": a_body("Two")})
        an_article("b", history={"2026-03-01": a_body("Three")})
        an_article("c", "zh-hant", history={"2026-03-01": a_body("四")})
        newest = [(title, day) for title, day, _ in self.entries("/en/changes.atom")][:3]
        assert newest == [("Two", "2026-04-01"), ("Three", "2026-03-01"), ("One", "2026-02-01")]
        identities = [identity for *_, identity in self.entries("/en/changes.atom")]
        assert len({*identities}) == len(identities)

    @pytest.mark.writes  # nothing, but databases differ in it
    def test_what_went_live_at_one_instant_has_an_order(self):
        a_site()
        for slug in "abcd":
            an_article(slug, history={"2026-04-01": a_body(slug)})
        assert [title for title, *_ in self.entries("/en/changes.atom")][:4] == ["d", "c", "b", "a"]

    def test_an_article_has_its_history_with_the_facts_in_it(self):
        a_sheet({"2026-01-01": a_sheet_body(), "2026-03-01": a_sheet_body(refund__images="30")})
        an_article("a", history={"2026-02-01": a_body("One", text="{{refund.images}}")})
        assert [day for _, day, _ in self.entries("/en/articles/a/changes.atom")] == ["2026-03-01", "2026-02-01"]

    def test_a_note_is_text_also_where_it_looks_like_markup(self):
        a_site()
        note, now = "<Cancel> & more", timezone.now()
        revision = a_draft(an_article("a"), a_body())
        publish(revision, by=None, note=note, significance=Significance.CONTENT, at=now, now=now)
        summary = ElementTree.fromstring(Client().get("/en/articles/a/changes.atom").content).find(f".//{ATOM}summary")
        assert summary.get("type") == "html"
        assert BeautifulSoup(summary.text, "html.parser").get_text() == note


def test_what_is_renamed_leads_on_and_what_is_retired_is_gone(client):
    a_site()
    text = an_article("old", history={"2026-02-01": a_body()})
    rename(text.article, "new", now=timezone.now())
    for rest in (".md", "/changes.atom", "/versions/1.md"):
        response = client.get(f"/en/articles/old{rest}")
        assert (response.status_code, response.headers["Location"]) == (301, f"/en/articles/new{rest}")
    now = timezone.now()
    retire(text, by=None, at=now, now=now)
    assert client.get("/en/articles/new.md").status_code == 410
    assert client.get("/en/articles/new/versions/1.md").status_code == 200
    assert "/en/articles/new/" not in client.get("/sitemap.xml").content.decode()


def test_a_fact_is_filled_in_as_of_its_version(client):
    a_sheet({"2026-01-01": a_sheet_body(), "2026-03-01": a_sheet_body(refund__images="30")})
    an_article(
        "a", history={"2026-02-01": a_body(text="{#part}\n## Part\n{{refund.images}} [x](a#part) {{site.account}}")}
    )
    now, then = (
        client.get("/en/articles/a.md").content.decode(),
        client.get("/en/articles/a/versions/1.md").content.decode(),
    )
    assert "30 [x](http://testserver/en/articles/a/#part) <https://www.midjourney.com/account>" in now
    assert "20 [x]" in then
    assert "{#" not in now
    assert "30 [x]" in client.get("/en/articles/a/versions/1.md?facts=2").content.decode()


def test_whom_to_tell_of_a_hole(client, settings):
    said = client.get("/.well-known/security.txt").content.decode()
    assert "Contact: mailto:security@testserver\n" in said
    expires = re.search(r"Expires: (\S+)T00:00:00Z", said)[1]
    assert timezone.localdate().isoformat() < expires
    settings.SECURITY_CONTACT = "https://example.org/tell"
    assert "Contact: https://example.org/tell\n" in client.get("/.well-known/security.txt").content.decode()


def test_crawlers_are_told_what_to_leave_out_and_where_the_map_is(client):
    said = client.get("/robots.txt").content.decode()
    assert "Disallow: /admin/" in said
    assert "Sitemap: http://testserver/sitemap.xml" in said
