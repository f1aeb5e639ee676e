"""What an article offers to read next, and the reason that it gives."""

import pytest

from helpcenter.publishing.verbs import retire
from tests.builders import LANGUAGES, a_body, a_glance, a_sheet, an_article, at
from tests.replay import replayed

pytestmark = pytest.mark.django_db


SHELVES = {"way": "cancel", "leave": "cancel", "stuck": "trouble", "far": "after", "twin": "trouble", "money": "refund"}


@pytest.fixture(autouse=True)
@replayed
def site():
    a_sheet()
    for language in LANGUAGES:
        for slug, topic in SHELVES.items():
            path = {"leave": "web", "way": "email"}.get(slug, "")
            body = a_body(f"Title of {slug}", at_a_glance=a_glance() if path else {})
            an_article(slug, language, history={"2026-02-01": body}, topic=topic, path=path)


def offered(client, slug, language="en", **query):
    related = client.get(f"/{language}/articles/{slug}/", query).context["related"]
    return [(each.page.reading.slug, str(each.reason)) for each in related]


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_other_ways_come_first_then_what_comes_next(client, language):
    assert [slug for slug, _ in offered(client, "leave", language)] == ["way", "far"]


def test_each_says_why(client):
    assert offered(client, "leave") == [("way", "Another way to cancel"), ("far", "What comes next")]
    assert offered(client, "stuck") == [
        ("leave", "What comes next"),
        ("way", "What comes next"),
        ("twin", "On the same topic"),
    ]
    assert offered(client, "money") == []


def test_what_the_text_names_is_offered_under_its_former_address_too(client):
    from articles.models import Article
    from articles.redirects import rename

    an_article("named", history={"2026-02-01": a_body("Named")}, topic="refund")
    an_article("naming", history={"2026-02-01": a_body("Naming", text="See [it](named#x).")}, topic="after")
    assert ("named", "Mentioned in this article") in offered(client, "naming")
    rename(Article.objects.get(slug="named"), "renamed", now=at("2026-03-01"))
    assert ("renamed", "Mentioned in this article") in offered(client, "naming")


def test_what_readers_cannot_open_is_not_offered(client):
    from articles.models import Translation

    way = Translation.objects.get(article__slug="way", language="en")
    retire(way, by=None, at=at("2026-03-01"), now=at("2026-03-01"))
    assert offered(client, "leave") == [("far", "What comes next")]
    assert offered(client, "leave", as_of="2026-02-15")[0][0] == "way"


def test_a_version_for_ever_offers_nothing_for_it_would_change(client):
    assert offered(client, "leave/versions/1") == []
