"""Any story of writing, reviewing, publishing, planning and retiring, told beside a plain model of the desk.

Its days lie ahead of the database's clock, so that only our own rules speak here; the triggers have test_past.py.
"""

from dataclasses import dataclass, field
from datetime import datetime, timedelta

import pytest
from django.db import transaction
from django.utils import timezone
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule
from hypothesis.stateful import run_state_machine_as_test as run

from helpcenter.domain.findings import Refused
from helpcenter.domain.review import TRANSITIONS, Role, State, Verb, obstacle
from helpcenter.domain.versions import Significance
from helpcenter.publishing import verbs
from helpcenter.publishing.models import ReviewPolicy, Revision
from tests.builders import a_body, a_user, an_article

HOUR = timedelta(hours=1)
AN_INSTANT = timedelta(microseconds=1)

PEOPLE = {
    "ann": (Role.AUTHOR,),
    "ray": (Role.AUTHOR, Role.REVIEWER),
    "pam": (Role.AUTHOR, Role.PUBLISHER),
    "sue": tuple(Role),
}
people = st.sampled_from(sorted(PEOPLE))
hours = st.integers(-2, 5)
"""From now: a plan, if it is ahead; backdated, if it is not."""


@dataclass
class Told:
    """What the model knows of a revision."""

    words: str
    base: int | None
    state: State = State.DRAFT
    writers: set[str] = field(default_factory=set)
    number: int | None = None


@dataclass
class Plan:
    """What goes live at `at`; with `until`, readers see afterwards again what they saw before."""

    at: datetime
    revision: int | None
    until: datetime | None = None


def live_at(changes: list[tuple[datetime, int | None]], at: datetime) -> int | None:
    """The revision of the newest change up to that instant: the rule in one line, which the database has in SQL."""
    return max((change for change in changes if change[0] <= at), key=lambda change: change[0], default=(at, None))[1]


class Story(RuleBasedStateMachine):
    """One article and what its readers and the people at the desk do. Revisions are known by their keys."""

    def __init__(self):
        super().__init__()
        self.transaction = transaction.atomic()
        self.transaction.__enter__()
        self.now = timezone.now() + timedelta(days=1)
        self.article = an_article("told", history={})
        self.people = {name: a_user(name, *roles) for name, roles in PEOPLE.items()}
        self.four_eyes = True
        self.told: dict[int, Told] = {}
        self.plans: list[Plan] = []
        self.past: dict[datetime, int | None] = {}  # what readers saw, by instant

    @initialize()
    def something_is_live(self):
        bundled = Revision.objects.create(document=self.article, body=a_body("bundled"))
        terms = {"by": None, "note": "", "significance": Significance.CONTENT}
        verbs.publish(bundled, **terms, at=self.now, now=self.now)
        self.told[bundled.pk] = Told("bundled", None, State.PUBLISHED, number=1)
        self.plans.append(Plan(self.now, bundled.pk))
        self.now += AN_INSTANT

    def teardown(self):
        try:
            self.readers_see_exactly_what_the_plans_say()
        finally:
            transaction.set_rollback(True)
            self.transaction.__exit__(None, None, None)

    # ---- Writing and reviewing ----

    @rule(who=people, words=st.sampled_from("abc"))
    def begin(self, who, words):
        draft = verbs.begin_draft(self.article, a_body(words), by=self.people[who], now=self.now)
        self.told[draft.pk] = Told(words, self._live(self.now), writers={who})

    @precondition(lambda self: self.told)
    @rule(who=people, which=st.integers(0, 99), words=st.sampled_from("abc"), taken_over=st.booleans())
    def go_on(self, who, which, words, taken_over):
        pk, told = self._pick(which)
        live = self._live(self.now)
        over = Revision.objects.get(pk=live) if taken_over and live else None
        write = lambda draft, **by: verbs.save_draft(draft, a_body(words), taken_over=over, **by)  # noqa: E731
        if self._done(Verb.SAVE, who, pk, write):
            if words != told.words:
                told.words = words
                told.writers.add(who)
            told.base = live if over else told.base

    @precondition(lambda self: self.told)
    @rule(who=people, which=st.integers(0, 99), verb=st.sampled_from(sorted(set(Verb) - {Verb.SAVE, Verb.PUBLISH})))
    def move_on(self, who, which, verb):
        pk, told = self._pick(which)
        note = {"note": "why"} if verb in (Verb.SUBMIT, Verb.SEND_BACK, Verb.APPROVE) else {}
        if self._done(verb, who, pk, lambda revision, **by: getattr(verbs, verb.value)(revision, **note, **by)):
            told.state = TRANSITIONS[verb].target
            if verb is Verb.APPROVE and self.four_eyes:
                assert who not in told.writers

    @rule(on=st.booleans())
    def switch_four_eyes(self, on):
        ReviewPolicy.objects.update(four_eyes=on)
        self.four_eyes = on

    # ---- Going live ----

    @precondition(lambda self: self.told)
    @rule(who=people, which=st.integers(0, 99), ahead=hours, lasts=st.sampled_from((None, None, 1, 3)))
    def publish(self, who, which, ahead, lasts):
        pk, told = self._pick(which)
        at = self.now + ahead * HOUR
        until = at + lasts * HOUR if lasts else None
        terms = {"note": "", "significance": Significance.CONTENT, "at": at, "until": until}
        fits = self._fits(at, until)
        allowed = self._allowed(Verb.PUBLISH, who, told)
        revision = Revision.objects.get(pk=pk)
        done = _done(lambda: verbs.publish(revision, by=self.people[who], now=self.now, **terms))
        assert done == (allowed and fits)
        if done:
            self.plans.append(Plan(at, pk, until))
            if told.state is State.APPROVED:
                told.state, told.number = State.PUBLISHED, max(each.number or 0 for each in self.told.values()) + 1

    @rule(who=people, ahead=hours)
    def retire(self, who, ahead):
        at = self.now + ahead * HOUR
        retire = lambda: verbs.retire(self.article, by=self.people[who], at=at, now=self.now)  # noqa: E731
        done = _done(retire)
        assert done == (Role.PUBLISHER in PEOPLE[who] and self._fits(at, None))
        if done:
            self.plans.append(Plan(at, None))

    @rule(who=people, which=st.integers(0, 99), ahead=st.integers(1, 5), lasts=st.sampled_from((None, 2)))
    def move_a_plan(self, who, which, ahead, lasts):
        if not (ahead_of_us := [plan for plan in self.plans if plan.at > self.now]):
            return
        plan = ahead_of_us[which % len(ahead_of_us)]
        at = self.now + ahead * HOUR
        until = at + lasts * HOUR if lasts and plan.revision else None
        row = self.article.live_changes.get(at=plan.at)
        others = [each for each in self.plans if each is not plan]
        done = _done(lambda: verbs.move_plan(row, by=self.people[who], at=at, until=until, now=self.now))
        assert done == (Role.PUBLISHER in PEOPLE[who] and self._fits(at, until, others))
        if done:
            self.plans = [*others, Plan(at, plan.revision, until)]

    @rule(who=people, which=st.integers(0, 99))
    def call_off_a_plan(self, who, which):
        if not (ahead_of_us := [plan for plan in self.plans if plan.at > self.now]):
            return
        plan = ahead_of_us[which % len(ahead_of_us)]
        row = self.article.live_changes.get(at=plan.at)
        done = _done(lambda: verbs.withdraw_plan(row, by=self.people[who], now=self.now))
        assert done == (Role.PUBLISHER in PEOPLE[who])
        if done:
            self.plans.remove(plan)

    @rule(hours=st.integers(1, 3))
    def wait(self, hours):
        self.readers_see_exactly_what_the_plans_say()
        for at in (self.now, self.now + HOUR - AN_INSTANT):
            self.past[at] = self._live(at)
        self.now += hours * HOUR + AN_INSTANT

    # ---- What always holds ----

    @invariant()
    def readers_see_exactly_what_the_plans_say(self):
        instants = {self.now, *self.past}
        for at, _revision in self._changes():
            instants |= {at, at - AN_INSTANT}
        for at in instants:
            live = self.article.revisions.live(at).first()
            assert (live and live.pk) == self._live(at)
        assert {at: self._live(at) for at in self.past} == self.past  # what readers saw stays what they saw

    @invariant()
    def every_revision_is_where_the_model_has_it(self):
        stored = {row.pk: (row.state, row.number, row.body["title"]) for row in self.article.revisions.all()}
        assert stored == {pk: (told.state, told.number, told.words) for pk, told in self.told.items()}

    @invariant()
    def only_what_was_approved_is_before_readers(self):
        assert {self.told[plan.revision].state for plan in self.plans if plan.revision} <= {State.PUBLISHED}

    # ---- The model ----

    def _pick(self, which: int) -> tuple[int, Told]:
        pk = sorted(self.told)[which % len(self.told)]
        return pk, self.told[pk]

    def _changes(self) -> list[tuple[datetime, int | None]]:
        """The plans as a list of changes; an end brings back what was live just before its plan."""
        changes = [(plan.at, plan.revision) for plan in self.plans]
        for plan in sorted((plan for plan in self.plans if plan.until), key=lambda plan: plan.until):
            changes.append((plan.until, live_at(changes, plan.at - AN_INSTANT)))
        return changes

    def _live(self, at: datetime) -> int | None:
        return live_at(self._changes(), at)

    def _allowed(self, verb: Verb, who: str, told: Told) -> bool:
        live, key = self._live(self.now), next(pk for pk, each in self.told.items() if each is told)
        behind = live is not None and live not in (told.base, key)
        terms = {"wrote": who in told.writers, "behind": behind, "four_eyes": self.four_eyes}
        return obstacle(verb, told.state, PEOPLE[who], **terms) is None

    def _done(self, verb, who, pk, act) -> bool:
        """Do it; it happens just if the rules allow it."""
        revision, allowed = Revision.objects.get(pk=pk), self._allowed(verb, who, self.told[pk])
        done = _done(lambda: act(revision, by=self.people[who], now=self.now))
        assert done == allowed
        return done

    def _fits(self, at: datetime, until: datetime | None, plans: list[Plan] | None = None) -> bool:
        """Not in the past, nor at an instant that is taken; nothing else between `at` and `until`."""
        others = self.plans if plans is None else plans
        taken = {instant for plan in others for instant in (plan.at, plan.until) if instant}
        if at < self.now or at in taken:
            return False
        return until is None or (until > self.now and not any(at < instant <= until for instant in taken))


def _done(verb):
    try:
        with transaction.atomic():
            verb()
    except Refused:
        return False
    return True


@pytest.mark.django_db
def test_every_story_ends_as_the_model_tells_it():
    run(Story, settings=settings(max_examples=20, stateful_step_count=25))
