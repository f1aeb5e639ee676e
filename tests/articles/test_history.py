"""The public history: each moment at which what readers see of an article changed, by its text or by a fact."""

import pytest
from django.utils.translation import override

from articles.history import history, rows
from articles.models import Article
from helpcenter.publishing.verbs import retire
from tests.builders import a_body, a_sheet, a_sheet_body, an_article, at

pytestmark = pytest.mark.django_db

TWENTY, THIRTY = a_sheet_body(), a_sheet_body(refund__gpu_minutes="30")
LIMIT = a_body(text="{{refund.gpu_minutes}}")


def told(slug="topic", day="2026-11-01"):
    """Day, version, sheet and changed facts of each entry, newest first."""
    reading = Article.objects.live(slug, "en", at(day))
    return [
        (
            f"{entry.at:%m-%d}",
            entry.reading and entry.reading.number,
            entry.sheet.version,
            [key for key, *_ in entry.facts],
        )
        for entry in history(reading, at(day))
    ]


def test_it_tells_every_version_and_every_fact_that_changed_under_it():
    a_sheet({"2026-01-01": TWENTY, "2026-03-01": THIRTY})
    an_article("topic", history={"2026-02-01": LIMIT, "2026-04-01": a_body("New", text="{{refund.gpu_minutes}}")})
    assert told() == [("04-01", 2, 2, []), ("03-01", 1, 2, ["refund.gpu_minutes"]), ("02-01", 1, 1, [])]


def test_it_does_not_tell_of_facts_that_the_article_does_not_use():
    a_sheet({"2026-01-01": TWENTY, "2026-03-01": THIRTY})
    an_article("topic", history={"2026-02-01": a_body(text="{{refund.images}}")})
    assert told() == [("02-01", 1, 1, [])]


def test_it_does_not_tell_of_other_articles():
    a_sheet()
    an_article("other", history={"2026-03-01": a_body()})
    an_article("topic", history={"2026-02-01": a_body()})
    assert told() == [("02-01", 1, 1, [])]


def test_a_text_and_the_sheet_that_went_live_together_are_one_moment():
    an_article("topic", history={"2026-02-01": a_body(), "2026-03-01": a_body("New")})
    a_sheet({"2026-02-01": TWENTY, "2026-03-01": THIRTY})
    assert told() == [("03-01", 2, 2, []), ("02-01", 1, 1, [])]


def test_a_text_that_waited_for_its_facts_is_seen_from_their_day_on():
    article = an_article("topic", history={"2026-02-01": a_body()})
    a_sheet({"2026-03-01": TWENTY})
    assert article.revisions.count() == 1
    assert told() == [("03-01", 1, 1, [])]


def test_it_ends_at_its_moment():
    a_sheet()
    an_article("topic", history={"2026-02-01": a_body(), "2026-04-01": a_body("New")})
    assert told(day="2026-03-31") == [("02-01", 1, 1, [])]


def test_it_tells_when_it_was_retired():
    a_sheet()
    article = an_article("topic", history={"2026-02-01": a_body(), "2026-04-01": a_body("Back")})
    other = an_article("other", history={"2026-02-01": a_body()})
    retire(other, by=None, at=at("2026-03-01"), now=at("2026-03-01"))
    reading = Article.objects.live("other", "en", at("2026-02-02"))
    assert [entry.reading and entry.reading.number for entry in history(reading, at("2026-11-01"))] == [None, 1]
    assert article.live_changes.count() == 2


def test_each_row_has_its_permalink_its_change_in_words_and_the_way_to_compare():
    a_sheet({"2026-01-01": TWENTY, "2026-03-01": THIRTY})
    an_article("topic", history={"2026-02-01": LIMIT})
    with override("en"):
        newest, first = rows(history(Article.objects.live("topic", "en", at("2026-11-01")), at("2026-11-01")))
    assert newest.href == "/en/articles/topic/versions/1/?facts=2"
    assert newest.facts == [("refund.gpu_minutes", "20", "30")]
    assert newest.compare == "/en/articles/topic/versions/compare/?from=1&to=1&facts_from=1&facts_to=2"
    assert (first.href, first.compare) == ("/en/articles/topic/versions/1/?facts=1", "")
