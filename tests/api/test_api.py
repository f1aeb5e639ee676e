"""The API says what the pages say, and nothing that it is sent breaks it."""

import re

import pytest
import schemathesis
from bs4 import BeautifulSoup
from django.core.signals import request_finished, request_started
from django.core.wsgi import get_wsgi_application
from django.db import close_old_connections
from django.test import Client
from django.utils import timezone
from hypothesis import HealthCheck, given, settings
from hypothesis.extra.django import TestCase
from schemathesis import GenerationMode

from helpcenter.domain.refunds import Earlier
from helpcenter.publishing.verbs import retire
from tests.builders import LANGUAGES, a_body, a_draft, a_sheet, a_sheet_body, a_site, an_article, the_bundled_site

pytestmark = pytest.mark.django_db


def ask(address):
    response = Client().get(f"/api/{address}")
    return response.status_code, response.json()


def bare(text):
    """Words without what only marks them up."""
    text = re.sub(r"\]\([^)]*\)", "", text)
    return re.sub(r"[\W_]+", "", re.sub(r"<?https?://(www\.)?", "", text))


class TestTheBundledContent(TestCase):
    """JSON, Markdown and page agree, for every article and version in every language."""

    @classmethod
    def setUpTestData(cls):
        the_bundled_site()

    def test_articles(self):
        for language in LANGUAGES:
            listed = self.client.get(f"/api/articles/{language}/").json()
            assert len(listed) == 12
            for brief in listed:
                said = self.client.get(f"/api/articles/{language}/{brief['slug']}/").json()
                assert {name: said[name] for name in brief} == brief
                self.agree(said)
                for each in self.client.get(f"/api/articles/{language}/{brief['slug']}/versions/").json():
                    self.agree(
                        self.client.get(f"/api/articles/{language}/{brief['slug']}/versions/{each['number']}/").json()
                    )

    def agree(self, said):
        """With the page and the Markdown that it names."""
        markdown = self.client.get(said["markdown_address"].removeprefix("http://testserver")).content.decode()
        assert said["markdown"] == markdown
        page = BeautifulSoup(self.client.get(said["address"].removeprefix("http://testserver")).content, "html.parser")
        words = bare(page.select_one("main").get_text())
        assert page.h1.get_text(strip=True) == said["title"]
        for text in (said["summary"], *said["at_a_glance"].values(), *said["sources"]):
            assert bare(text) in words
        assert [step["key"] for step in said["steps"]] == [
            step["id"].removeprefix("step-") for step in page.select("li.step")
        ]
        for step in said["steps"]:
            assert all(bare(step[name]) in words for name in ("title", "see", "if_not"))

    def test_search(self):
        for language, question in (("en", "get my money back"), ("zh-hant", "退款"), ("zh-hans", "退款要多久")):
            said = self.client.get(f"/api/search/{language}/", {"q": question}).json()
            page = BeautifulSoup(self.client.get(f"/{language}/search/", {"q": question}).content, "html.parser")
            links = [link["href"] for link in page.select(".result__title a, .result h2 a, .result a")]
            addresses = [each["address"].removeprefix("http://testserver") for each in said["results"]]
            assert addresses
            assert {*addresses} <= {*links} | {link.partition("#")[0] for link in links}

    def test_the_flow_walks_the_steps_that_articles_have(self):
        for language in LANGUAGES:
            said = self.client.get(f"/api/flow/{language}/").json()
            walks = [node for node in said["nodes"] if node["kind"] == "walk"]
            assert walks
            for walk in walks:
                article = self.client.get(f"/api/articles/{language}/{walk['article']}/").json()
                assert walk["steps"] == [step["key"] for step in article["steps"]]
            assert "{{" not in str(said)

    def test_the_refund_check(self):
        for minutes, images, earlier in ((1, 1, Earlier.NO), (25, 4, Earlier.YES), (90, 100, Earlier.UNSURE)):
            query = {"gpu_minutes": minutes, "images": images, "earlier": earlier.value}
            said = self.client.get("/api/refund/", query).json()
            page = self.client.get("/en/refund/", query).content.decode()
            assert f'data-outcome="{said["this_guide"]["verdict"]}"' in page


class TestWhatReadersDoNotSee:
    def test_no_draft_and_nothing_retired_is_said(self):
        a_site()
        text = an_article("old-news", history={"2026-02-01": a_body("Seen")})
        a_draft(text, a_body("SECRET"))
        assert ask("articles/en/old-news/")[1]["title"] == "Seen"
        now = timezone.now()
        retire(text, by=None, at=now, now=now)
        assert ask("articles/en/old-news/") == (404, {"detail": "Not Found"})
        assert "old-news" not in str(ask("articles/en/"))
        assert ask("articles/en/old-news/versions/1/")[1]["title"] == "Seen"

    def test_a_day_and_a_version_of_the_facts(self):
        a_sheet({"2026-01-01": a_sheet_body(), "2026-03-01": a_sheet_body(refund__images="30")})
        assert ask("facts/?as_of=2026-02-01")[1] == ask("facts/1/")[1]
        assert ask("facts/")[1]["version"] == 2


@pytest.mark.parametrize(
    ("address", "status"),
    [
        ("articles/fr/", 422),
        ("articles/en/no%00thing/", 422),
        ("articles/en/walked/versions/0/", 422),
        ("articles/en/walked/versions/99/", 404),
        ("articles/en/?as_of=yesterday", 422),
        ("articles/en/?as_of=2999-01-01", 404),
        ("search/en/", 422),
        (f"search/en/?q={'x' * 201}", 422),
        ("search/en/?q=%00%1b%22*%20OR%20NEAR(", 200),
        ("refund/?gpu_minutes=nan&images=1", 422),
        ("refund/?gpu_minutes=1&images=1.5", 422),
        ("refund/?gpu_minutes=1&images=1&earlier=perhaps", 422),
        ("facts/99/", 404),
    ],
)
def test_what_cannot_be_answered_is_told(address, status):
    a_site()
    assert ask(address)[0] == status


def test_it_is_only_read():
    a_site()
    for method in ("post", "put", "patch", "delete"):
        assert getattr(Client(), method)("/api/facts/").status_code == 405


def test_what_is_asked_for_its_headers_alone_has_those_of_the_answer():
    a_site()
    for address in ("/api/facts/", "/api/openapi.json", "/api/facts/99/"):
        head, whole = Client().head(address), Client().get(address)
        assert (head.status_code, head.headers["Content-Type"]) == (whole.status_code, whole.headers["Content-Type"])
        assert head.content == b""
    assert Client().head("/en/search/count/").status_code == 405


def test_it_describes_itself_and_loads_nothing_from_elsewhere():
    said = Client().get("/api/openapi.json").json()
    assert all(operation.keys() == {"get"} for operation in said["paths"].values())
    assert Client().get("/api/docs").status_code == 404


class TestSchemathesis(TestCase):
    """Whatever its description allows, and what it does not: an answer as described."""

    @classmethod
    def setUpTestData(cls):
        the_bundled_site()

    def setUp(self):
        # A request closes old connections, and with one this test's transaction. Django's own client does the same.
        for signal in (request_started, request_finished):
            signal.disconnect(close_old_connections)
            self.addCleanup(signal.connect, close_old_connections)

    def test_it_finds_nothing(self):
        schema = schemathesis.openapi.from_wsgi("/api/openapi.json", get_wsgi_application())
        operations = [result.ok() for result in schema.get_all_operations()]
        assert len(operations) == 9
        for operation in operations:
            for mode in GenerationMode:
                self.call(operation, mode)

    def call(self, operation, mode):
        @given(case=operation.as_strategy(generation_mode=mode))
        @settings(max_examples=15, deadline=None, suppress_health_check=list(HealthCheck), database=None)
        def called(case):
            case.call_and_validate()

        called()
