"""Any story of drafting, publishing, planning, going back and retiring, told beside a plain list of changes.

Its days lie ahead of the database's clock, so that only our own rules speak here; the triggers have test_past.py.
"""

from datetime import datetime, timedelta

import pytest
from django.db import transaction
from django.utils import timezone
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule, run_state_machine_as_test

from helpcenter.domain.findings import Refused
from helpcenter.domain.versions import Change, Significance, live_at
from helpcenter.publishing.models import Revision, State
from helpcenter.publishing.verbs import publish, retire, save_draft
from tests.builders import a_body, an_article

HOUR = timedelta(hours=1)
AN_INSTANT = timedelta(microseconds=1)

hours = st.integers(-2, 5)
"""From now: a plan, if it is ahead; backdated, if it is not."""


class Story(RuleBasedStateMachine):
    """One article and what its readers, editors and publishers do."""

    def __init__(self):
        super().__init__()
        self.transaction = transaction.atomic()
        self.transaction.__enter__()
        self.now = timezone.now() + timedelta(days=1)
        self.article = an_article("told", history={})
        self.changes: list[Change[int]] = []
        self.draft: str | None = None
        self.bodies: dict[int, str] = {}  # of published versions, by number
        self.past: dict[datetime, int | None] = {}  # what readers saw, by instant

    def teardown(self):
        try:
            self.readers_see_exactly_what_the_list_of_changes_says()
        finally:
            transaction.set_rollback(True)
            self.transaction.__exit__(None, None, None)

    def readers_see_exactly_what_the_list_of_changes_says(self):
        for at in {self.now, *(at for change in self.changes for at in (change.at, change.at - AN_INSTANT))}:
            assert self._seen(at) == live_at(self.changes, at)
        assert {at: self._seen(at) for at in self.past} == self.past  # what readers saw stays what they saw

    @rule(words=st.sampled_from("abc"))
    def write(self, words):
        save_draft(self.article, a_body(words), by=None)
        self.draft = words

    @precondition(lambda self: self.draft)
    @rule(ahead=hours)
    def publish_the_draft(self, ahead):
        number = len(self.bodies) + 1
        if self._goes_live(self.article.revisions.newest_draft(), ahead, number):
            self.bodies[number], self.draft = self.draft, None

    @precondition(lambda self: self.bodies)
    @rule(ahead=hours, choice=st.integers(0, 99))
    def publish_an_old_version(self, ahead, choice):
        number = choice % len(self.bodies) + 1
        self._goes_live(self.article.revisions.get(number=number), ahead, number)

    @rule(ahead=hours)
    def retire(self, ahead):
        at = self.now + ahead * HOUR
        possible = self._possible(at)
        assert possible == _done(lambda: retire(self.article, by=None, at=at, now=self.now))
        if possible:
            self._happens(at, None)

    @rule(hours=st.integers(1, 3))
    def wait(self, hours):
        self.readers_see_exactly_what_the_list_of_changes_says()
        for at in (self.now, self.now + HOUR - AN_INSTANT):
            self.past[at] = self._seen(at)
        self.now += hours * HOUR

    @invariant()
    def numbers_count_up_and_what_was_published_never_changes(self):
        published = self.article.revisions.filter(state=State.PUBLISHED).order_by("number")
        told = {revision.number: revision.body["title"] for revision in published}
        assert list(told.items()) == list(self.bodies.items())

    @invariant()
    def there_is_one_draft_at_most_and_it_is_the_editors(self):
        drafts = self.article.revisions.filter(state=State.DRAFT)
        assert [draft.body["title"] for draft in drafts] == ([self.draft] if self.draft else [])

    def _seen(self, at: datetime) -> int | None:
        """The number of the version that readers see at an instant, its words being what was published."""
        live = self.article.revisions.live(at).first()
        assert live is None or live.body["title"] == self.bodies[live.number]
        return live and live.number

    def _goes_live(self, revision: Revision, ahead: int, number: int) -> bool:
        at = self.now + ahead * HOUR
        possible = self._possible(at)
        terms = {"by": None, "note": "", "significance": Significance.CONTENT}
        assert possible == _done(lambda: publish(revision, **terms, at=at, now=self.now))
        if possible:
            self._happens(at, number)
        return possible

    def _possible(self, at):
        """Backdated only if it is the first; else not at an instant that is taken, nor before what has happened."""
        if at < self.now:
            return not self.changes
        return all(change.at != at for change in self.changes)

    def _happens(self, at, number):
        if at < self.now:
            self.past.clear()  # the first one holds since before we looked
        self.changes.append(Change(at, number))


def _done(verb):
    try:
        verb()
    except Refused:
        return False
    return True


@pytest.mark.django_db
def test_every_story_ends_as_the_list_of_changes_tells_it():
    run_state_machine_as_test(Story, settings=settings(max_examples=20, stateful_step_count=12))
