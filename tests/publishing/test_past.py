"""The past is never edited: by the ORM, nor by whoever sits at the database's own shell, on either database."""

from datetime import UTC, datetime, timedelta

import pytest
from django.db import DatabaseError, connection, transaction
from django.db.models import ProtectedError
from django.utils import timezone

from helpcenter.domain.findings import Refused
from helpcenter.domain.review import Role, Verb
from helpcenter.domain.versions import Significance
from helpcenter.publishing import triggers
from helpcenter.publishing.models import Document, Event, Kind, LiveChange, ReviewPolicy, Revision, State
from helpcenter.publishing.verbs import approve, publish, submit
from tests.builders import a_body, a_draft, a_user, an_article, at, reviewed, without_four_eyes

pytestmark = pytest.mark.django_db

NOON = at("2022-01-01")
REFUSAL = {
    "revision": triggers.REVISION_KEPT,
    "past": triggers.PAST_KEPT,
    "grows": triggers.ONLY_GROWS,
    "published": triggers.PUBLISHED_FIRST,
    "events": triggers.EVENT_KEPT,
    "four eyes": triggers.FOUR_EYES,
    "approved": triggers.APPROVED_FIRST,
}


def told():
    """An article that went live, changed, and is planned to change again; somebody's draft and a bundled one."""
    article = an_article(history={"2020-01-01": a_body("first"), "2021-01-01": a_body("second")})
    now = timezone.now()
    planned = Revision.objects.create(document=article, body=a_body("third"))
    publish(planned, by=None, note="", significance=Significance.CONTENT, at=now + timedelta(days=9), now=now)
    a_draft(article, a_body("somebody's"), a_user())
    a_draft(article, a_body("draft"))
    return article


def refused(words):
    return pytest.raises(DatabaseError, match=words)


class TestByTheOrm:
    @pytest.fixture
    def article(self):
        return told()

    def test_a_published_revision_cannot_be_saved_again(self, article):
        revision = article.revisions.get(number=1)
        revision.body = a_body("history rewritten")
        with refused(triggers.REVISION_KEPT), transaction.atomic():
            revision.save()
        assert article.revisions.get(number=1).body["title"] == "first"

    @pytest.mark.parametrize("change", [{"note": "other"}, {"number": 9}, {"state": State.DRAFT, "number": None}])
    def test_no_field_of_a_published_revision_can_be_updated(self, article, change):
        with refused(triggers.REVISION_KEPT), transaction.atomic():
            article.revisions.filter(number=1).update(**change)

    def test_a_published_revision_cannot_be_deleted_even_where_nothing_points_at_it(self, article):
        lonely = Revision.objects.create(document=article, body=a_body(), state=State.PUBLISHED, number=9)
        with refused(triggers.REVISION_KEPT), transaction.atomic():
            lonely.delete()
        with pytest.raises(ProtectedError):
            article.revisions.get(number=1).delete()

    def test_a_draft_may_be_changed_and_deleted(self, article):
        draft = article.revisions.newest_draft()
        article.revisions.filter(pk=draft.pk).update(note="still thinking")
        assert draft.delete()[0] == 1

    @pytest.mark.parametrize(
        "change", [{"at": at("2020-02-02")}, {"revision": None}, {"recorded_at": at("2020-01-01")}]
    )
    def test_a_past_live_change_cannot_be_updated(self, article, change):
        with refused(triggers.PAST_KEPT), transaction.atomic():
            article.live_changes.filter(at=at("2021-01-01")).update(**change)

    def test_a_past_live_change_cannot_be_deleted(self, article):
        with refused(triggers.PAST_KEPT), transaction.atomic():
            article.live_changes.filter(at=at("2021-01-01")).delete()

    def test_a_planned_change_may_be_moved_within_the_future_and_called_off(self, article):
        planned = article.live_changes.filter(at__gt=timezone.now())
        assert planned.update(at=timezone.now() + timedelta(days=30)) == 1
        assert planned.delete()[0] == 1

    def test_a_planned_change_cannot_be_moved_into_the_past(self, article):
        with refused(triggers.PAST_KEPT), transaction.atomic():
            article.live_changes.filter(at__gt=timezone.now()).update(at=at("2020-06-01"))

    @pytest.mark.parametrize("day", ["2019-06-01", "2020-06-01", "2021-01-01", "2022-06-01"])
    def test_nothing_can_be_slipped_into_the_past(self, article, day):
        first = article.revisions.get(number=1)
        with refused(triggers.ONLY_GROWS), transaction.atomic():
            LiveChange.objects.create(document=article, revision=first, at=at(day), recorded_at=timezone.now())

    def test_the_past_stays_even_if_its_recording_is_backdated_too(self, article):
        first = article.revisions.get(number=1)
        with refused(triggers.ONLY_GROWS), transaction.atomic():
            LiveChange.objects.create(
                document=article, revision=first, at=at("2020-06-01"), recorded_at=at("2020-06-01")
            )

    def test_only_the_first_change_of_a_document_may_lie_in_the_past(self):
        article = an_article(history={})
        revision = Revision.objects.create(document=article, body=a_body(), state=State.PUBLISHED, number=1)
        LiveChange.objects.create(document=article, revision=revision, at=at("2020-01-01"), recorded_at=timezone.now())
        assert article.revisions.live(at("2020-01-02")).get() == revision

    def test_a_draft_does_not_go_live(self, article):
        draft = article.revisions.newest_draft()
        with refused(triggers.PUBLISHED_FIRST), transaction.atomic():
            LiveChange.objects.create(document=article, revision=draft, at=NOON, recorded_at=NOON)

    def test_the_version_of_one_document_does_not_go_live_in_another(self, article):
        other = an_article("other", history={"2020-01-01": a_body()})
        with refused(triggers.PUBLISHED_FIRST), transaction.atomic():
            LiveChange.objects.create(
                document=other, revision=article.revisions.get(number=1), at=NOON, recorded_at=NOON
            )

    def test_a_planned_change_cannot_be_bent_to_a_draft(self, article):
        with refused(triggers.PUBLISHED_FIRST), transaction.atomic():
            article.live_changes.filter(at__gt=timezone.now()).update(revision=article.revisions.newest_draft())


class TestFourEyes:
    """Not even who goes around the service approves their own words, or puts others in after an approval."""

    def approved(self):
        draft = a_draft(an_article("reviewed"), a_body("written"), a_user("writer", Role.AUTHOR))
        return reviewed(draft)

    def test_what_is_approved_keeps_its_words_and_its_author(self):
        approved = self.approved()
        for changes in ({"body": a_body("swapped")}, {"author": a_user("other")}):
            with refused(triggers.DRAFTS_ONLY), transaction.atomic():
                Revision.objects.filter(pk=approved.pk).update(**changes)
        with refused(triggers.DRAFTS_ONLY), transaction.atomic():
            Revision.objects.filter(pk=approved.pk).update(state=State.DRAFT, body=a_body("swapped"))

    def test_an_author_of_whom_no_event_speaks_does_not_approve_either(self):
        writer = a_user("writer")
        draft = Revision.objects.create(document=an_article("quiet"), body=a_body(), author=writer, written_at=NOON)
        with refused(triggers.FOUR_EYES), transaction.atomic():
            Event.objects.create(revision=draft, verb=Verb.APPROVE, by=writer, at=NOON)

    def test_words_that_were_approved_while_nobody_asked_for_four_eyes_need_them_now(self):
        without_four_eyes()
        sue, now = a_user("sue"), timezone.now()
        draft = a_draft(an_article("alone"), a_body("mine"), sue)
        alone = approve(submit(draft, by=sue, now=now, note="n"), by=sue, now=now)
        ReviewPolicy.objects.update(four_eyes=True)
        with pytest.raises(Refused):
            publish(alone, by=sue, note="n", significance=Significance.CONTENT, at=now, now=now)
        with refused(triggers.APPROVED_FIRST), transaction.atomic():
            Revision.objects.filter(pk=alone.pk).update(state=State.PUBLISHED, number=9)


PAST, PLANNED = "(SELECT min(id) FROM publishing_livechange)", "(SELECT max(id) FROM publishing_livechange)"
FIRST, DRAFT = "(SELECT min(id) FROM publishing_revision)", "(SELECT max(id) FROM publishing_revision)"
WRITTEN = "(SELECT id FROM publishing_revision WHERE author_id IS NOT NULL)"
AUTHOR = "(SELECT author_id FROM publishing_revision WHERE author_id IS NOT NULL)"
EVENT_COLUMNS = "id, revision_id, verb, by_id, at, note"
DOCUMENT = "(SELECT min(id) FROM publishing_document)"
REVISION_COLUMNS = "id, document_id, number, body, state, significance, note, written_at"
NEW_REVISION = f"{DOCUMENT}, 1, '{{}}', 'published', 'content', '', '2020-01-01 00:00:00'"
CHANGE_COLUMNS = "id, document_id, revision_id, at, recorded_at"

ON_BOTH = [
    ("revision", f"UPDATE publishing_revision SET body = '{{}}' WHERE id = {FIRST}"),
    ("revision", "UPDATE publishing_revision SET note = 'other'"),
    ("revision", "UPDATE publishing_revision SET state = 'draft', number = NULL WHERE number = 1"),
    ("revision", "DELETE FROM publishing_revision WHERE number = 1"),
    ("revision", "DELETE FROM publishing_revision"),
    ("past", f"UPDATE publishing_livechange SET revision_id = NULL WHERE id = {PAST}"),
    ("past", f"UPDATE publishing_livechange SET at = '2050-01-01 00:00:00' WHERE id = {PAST}"),
    ("past", f"UPDATE publishing_livechange SET at = '2020-06-01 00:00:00' WHERE id = {PLANNED}"),
    ("past", f"DELETE FROM publishing_livechange WHERE id = {PAST}"),
    ("past", "DELETE FROM publishing_livechange"),
    (
        "grows",
        (
            f"INSERT INTO publishing_livechange ({CHANGE_COLUMNS}) "
            f"VALUES (99, {DOCUMENT}, NULL, '2020-06-01 00:00:00', '2020-06-01 00:00:00')"
        ),
    ),
    (
        "published",
        (
            f"INSERT INTO publishing_livechange ({CHANGE_COLUMNS}) "
            f"VALUES (99, {DOCUMENT}, {DRAFT}, '2050-06-01 00:00:00', '2026-06-01 00:00:00')"
        ),
    ),
    ("events", "DELETE FROM publishing_event"),
    ("events", "UPDATE publishing_event SET verb = 'restore'"),
    (
        "four eyes",
        f"INSERT INTO publishing_event ({EVENT_COLUMNS}) VALUES (99, {WRITTEN}, 'approve', {AUTHOR}, '2026-06-01', '')",
    ),
    ("approved", f"UPDATE publishing_revision SET state = 'published', number = 9 WHERE id = {WRITTEN}"),
]
ON_SQLITE = [
    (
        "events",
        (
            f"REPLACE INTO publishing_event ({EVENT_COLUMNS}) SELECT id, revision_id, 'restore', by_id, at, '' "
            "FROM publishing_event"
        ),
    ),
    ("revision", f"REPLACE INTO publishing_revision ({REVISION_COLUMNS}) VALUES (1, {NEW_REVISION})"),
    ("revision", f"INSERT OR REPLACE INTO publishing_revision ({REVISION_COLUMNS}) VALUES (99, {NEW_REVISION})"),
    ("revision", f"UPDATE OR REPLACE publishing_revision SET id = {FIRST} WHERE id = {DRAFT}"),
    ("revision", f"UPDATE OR REPLACE publishing_revision SET number = 1, state = 'published' WHERE id = {DRAFT}"),
    (
        "revision",
        (
            f"INSERT INTO publishing_revision ({REVISION_COLUMNS}) VALUES (1, {NEW_REVISION}) "
            "ON CONFLICT (id) DO UPDATE SET body = '{}'"
        ),
    ),
    (
        "grows",
        (
            f"INSERT OR REPLACE INTO publishing_livechange ({CHANGE_COLUMNS}) "
            f"VALUES ({PAST}, {DOCUMENT}, NULL, '2050-06-01 00:00:00', '2026-06-01 00:00:00')"
        ),
    ),
    (
        "grows",
        (
            f"INSERT OR REPLACE INTO publishing_livechange ({CHANGE_COLUMNS}) "
            f"VALUES (99, {DOCUMENT}, NULL, (SELECT at FROM publishing_livechange WHERE id = {PAST}), '2020-01-01')"
        ),
    ),
    ("past", f"UPDATE OR REPLACE publishing_livechange SET id = {PAST} WHERE id = {PLANNED}"),
]
ON_POSTGRESQL = [
    ("past", "TRUNCATE publishing_livechange CASCADE"),
    ("past", "TRUNCATE publishing_revision CASCADE"),
    ("past", "TRUNCATE publishing_event"),
]
EVERYTHING = (
    "SELECT id, document_id, number, body, state, note FROM publishing_revision ORDER BY id",
    "SELECT id, document_id, revision_id, at, recorded_at FROM publishing_livechange ORDER BY id",
    "SELECT * FROM publishing_event ORDER BY id",
)


@pytest.fixture(scope="module")
def settled(template):
    """A database of its own with a past; nothing in these tests gets to change it."""
    database = template.copy()
    database.do(told)
    return database


@pytest.mark.parametrize(
    ("rule", "statement"), [*ON_BOTH, *(ON_SQLITE if connection.vendor == "sqlite" else ON_POSTGRESQL)]
)
def test_the_databases_own_shell_refuses(settled, rule, statement):
    before = [settled.rows(query) for query in EVERYTHING]
    answer = settled.shell(statement)
    assert answer.returncode != 0
    assert REFUSAL[rule] in answer.stderr
    assert [settled.rows(query) for query in EVERYTHING] == before


def test_the_databases_own_shell_may_write_on_a_draft_and_call_off_a_plan(own_database):
    own_database.do(told)
    assert own_database.shell("UPDATE publishing_revision SET note = 'x' WHERE state = 'draft'").returncode == 0
    assert own_database.shell(f"DELETE FROM publishing_livechange WHERE id = {PLANNED}").returncode == 0


def test_what_went_live_this_very_moment_is_past_already():
    document = Document.objects.create(kind=Kind.FLOW)
    revision = Revision.objects.create(document=document, body={}, state=State.PUBLISHED, number=1)
    just_now = datetime.now(UTC) - timedelta(milliseconds=2)
    LiveChange.objects.create(document=document, revision=revision, at=just_now, recorded_at=just_now)
    with refused(triggers.PAST_KEPT), transaction.atomic():
        document.live_changes.all().update(revision=None)
