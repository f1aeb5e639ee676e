"""What is live now, on a day, planned, retired: all of it read off the live changes."""

from datetime import timedelta

import pytest

from helpcenter.domain.versions import Significance
from helpcenter.publishing.models import LiveChange, Revision
from helpcenter.publishing.verbs import publish, retire
from tests.builders import a_body, a_draft, an_article, at
from tests.replay import replayed

pytestmark = pytest.mark.django_db

AN_INSTANT = timedelta(microseconds=1)


def title(document, day):
    """What readers see on a day, by its title; None if they see nothing."""
    revision = document.revisions.live(at(day) if isinstance(day, str) else day).first()
    return revision and revision.body["title"]


@pytest.fixture
@replayed
def article():
    return an_article(history={"2026-11-01": a_body("old"), "2026-12-01": a_body("new")})


def test_a_planned_revision_is_not_live_before_its_day(article):
    assert title(article, "2026-11-30") == "old"
    assert title(article, "2026-12-01") == "new"


def test_a_revision_is_live_from_its_very_instant(article):
    assert title(article, at("2026-12-01") - AN_INSTANT) == "old"
    assert title(article, at("2026-12-01")) == "new"


def test_nothing_is_live_before_the_first_day(article):
    assert title(article, "2026-10-31") is None


def test_a_draft_is_never_live(article):
    a_draft(article, a_body("draft"))
    assert title(article, "2099-01-01") == "new"


def test_retired_shows_nothing_from_its_day_on_and_keeps_what_was(article):
    retire(article, by=None, at=at("2026-12-24"), now=at("2026-12-24"))
    assert title(article, "2026-12-23") == "new"
    assert title(article, "2026-12-24") is None


def test_what_was_retired_can_come_back(article):
    retire(article, by=None, at=at("2026-12-24"), now=at("2026-12-24"))
    publish(
        article.revisions.get(number=1),
        by=None,
        note="",
        significance=Significance.CONTENT,
        at=at("2026-12-31"),
        now=at("2026-12-31"),
    )
    assert title(article, "2026-12-30") is None
    assert title(article, "2026-12-31") == "old"


def test_a_live_revision_knows_since_when(article):
    assert article.revisions.live(at("2026-12-24")).get().live_since == at("2026-12-01")


def test_each_document_has_one_live_revision_of_its_own(article):
    other = an_article("other", history={"2026-11-15": a_body("other")})
    live = Revision.objects.live(at("2026-12-24"))
    assert {(revision.document_id, revision.body["title"]) for revision in live} == {
        (article.pk, "new"),
        (other.pk, "other"),
    }


def test_readers_have_seen_a_revision_from_its_first_day_on_even_when_another_is_live(article):
    assert [revision.number for revision in article.revisions.seen_by(at("2026-11-30"))] == [1]
    seen = article.revisions.seen_by(at("2026-12-24")).order_by("number")
    assert [(revision.number, revision.first_live) for revision in seen] == [
        (1, at("2026-11-01")),
        (2, at("2026-12-01")),
    ]


def test_readers_have_not_seen_what_was_planned_and_called_off(article):
    planned = Revision.objects.create(document=article, body=a_body("planned"))
    change = publish(
        planned,
        by=None,
        note="",
        significance=Significance.CONTENT,
        at=at("2099-01-01"),
        now=at("2026-12-24"),
    )
    change.delete()
    assert change.revision.number == 3
    assert not article.revisions.seen_by(at("2099-12-31")).filter(number=3).exists()


def test_the_next_planned_change_of_anything_is_known(article):
    an_article("other", history={"2026-11-15": a_body("other")})
    assert LiveChange.objects.next_after(at("2026-11-01")) == at("2026-11-15")
    assert LiveChange.objects.next_after(at("2026-11-15")) == at("2026-12-01")
    assert LiveChange.objects.next_after(at("2026-12-01")) is None
