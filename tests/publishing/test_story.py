"""Any story of writing, reviewing, publishing, planning and retiring, told beside a plain model of the desk.

It is told twice: with the verbs, and through the admin's forms as a browser sends them. Its days lie ahead of the
database's clock, so that only our own rules speak here; the triggers have test_past.py.
"""

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Protocol
from unittest.mock import patch

import pytest
from django.db import transaction
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule
from hypothesis.stateful import run_state_machine_as_test as run

from helpcenter.domain.findings import Refused
from helpcenter.domain.review import TRANSITIONS, Role, State, Verb, obstacle
from helpcenter.domain.versions import Significance
from helpcenter.publishing import verbs
from helpcenter.publishing.models import Document, LiveChange, ReviewPolicy, Revision
from tests.builders import a_body, a_sheet, a_user, an_article
from tests.desk import typed

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
    approver: str = ""


@dataclass
class Plan:
    """What goes live at `at` and, with `until`, comes down again then."""

    at: datetime
    revision: int | None
    until: datetime | None = None


class Hands(Protocol):
    """How people at the desk do things. Each says whether it was done."""

    now: datetime

    def begin(self, who: str, words: str) -> bool: ...
    def save(self, who: str, draft: Revision, words: str, taken_over: Revision | None) -> bool: ...
    def move(self, who: str, verb: Verb, revision: Revision) -> bool: ...
    def publish(self, who: str, revision: Revision, at: datetime, until: datetime | None) -> bool: ...
    def retire(self, who: str, at: datetime) -> bool: ...
    def move_plan(self, who: str, plan: LiveChange, at: datetime, until: datetime | None) -> bool: ...
    def withdraw_plan(self, who: str, plan: LiveChange) -> bool: ...


class ByVerbs:
    """They call the service."""

    def __init__(self, article: Document, people, now):
        self.article, self.people, self.now = article, people, now

    def _done(self, verb, *args, who, **terms) -> bool:
        try:
            with transaction.atomic():
                verb(*args, by=self.people[who], now=self.now, **terms)
        except Refused:
            return False
        return True

    def begin(self, who, words):
        return self._done(verbs.begin_draft, self.article, a_body(words), who=who)

    def save(self, who, draft, words, taken_over):
        return self._done(verbs.save_draft, draft, a_body(words), who=who, taken_over=taken_over)

    def move(self, who, verb, revision):
        note = {"note": "why"} if verb in (Verb.SUBMIT, Verb.SEND_BACK, Verb.APPROVE) else {}
        return self._done(getattr(verbs, verb.value), revision, who=who, **note)

    def publish(self, who, revision, at, until):
        terms = {"note": "", "significance": Significance.CONTENT, "at": at, "until": until}
        return self._done(verbs.publish, revision, who=who, **terms)

    def retire(self, who, at):
        return self._done(verbs.retire, self.article, who=who, at=at)

    def move_plan(self, who, plan, at, until):
        return self._done(verbs.move_plan, plan, who=who, at=at, until=until)

    def withdraw_plan(self, who, plan):
        return self._done(verbs.withdraw_plan, plan, who=who)


class ByForms:
    """They open a page of the admin, fill it in and press a button; also one that is not on it."""

    def __init__(self, article: Document, people, now):
        self.article, self.now = article, now
        self.people = people

    def _done(self, who, url, button, **changes) -> bool:
        """Whether it was done: the desk goes on to another page just then. Only what is shown does something."""
        client = Client()
        with patch.object(timezone, "now", lambda: self.now):
            client.force_login(self.people[who])  # days pass between two deeds: they sign in anew
            page = client.get(url)
            response = client.post(url, {**typed(page), **changes, button: "1"})
        assert response.status_code in (200, 302, 403)
        done = response.status_code == 302
        assert f'name="{button}"' in page.content.decode() or not done
        return done

    def _page(self, name, *more) -> str:
        return reverse(f"admin:articles_translation_{name}", args=[self.article.pk, *(each.pk for each in more)])

    def _when(self, at: datetime | None) -> str:
        """As it is typed; now is said by saying nothing."""
        return "" if at in (None, self.now) else at.replace(tzinfo=None).isoformat()

    def begin(self, who, words):
        return self._done(who, f"{self._page('change')}?revision=live", "_save", **self._words(words))

    def save(self, who, draft, words, taken_over):
        over = {"_taken_over": taken_over.pk} if taken_over else {}
        return self._write(who, draft, "_save", **self._words(words), **over)

    def move(self, who, verb, revision):
        if verb in (Verb.SUBMIT, Verb.DISCARD):
            return self._write(who, revision, f"_{verb.value}", **self._words(revision.body["title"]), note="why")
        return self._done(
            who, self._page("review", revision), f"_{verb.value}", _seen=revision.seen_as, review_note="why"
        )

    def publish(self, who, revision, at, until):
        terms = {"note": "why", "at": self._when(at), "until": self._when(until), "zone": "UTC"}
        if revision.state == State.PUBLISHED:
            return self._done(who, self._page("again", revision), "_do", **terms)
        terms |= {"significance": Significance.CONTENT.value, "_seen": revision.seen_as}
        return self._done(who, self._page("review", revision), "_publish", **terms)

    def retire(self, who, at):
        return self._done(who, self._page("retire"), "_do", note="why", at=self._when(at), zone="UTC")

    def move_plan(self, who, plan, at, until):
        when = {"at": self._when(at), "until": self._when(until), "zone": "UTC"}
        return self._done(who, self._page("plan", plan), "_do", **when)

    def withdraw_plan(self, who, plan):
        return self._done(who, self._page("plan", plan), "_withdraw")

    def _write(self, who, draft, button, **changes):
        """From the draft's own page, or from one that was opened while it still was a draft."""
        opened = draft.pk if draft.state == State.DRAFT else "live"
        seen = {"_started": draft.pk, "_seen": draft.seen_as}
        return self._done(who, f"{self._page('change')}?revision={opened}", button, **seen, **changes)

    def _words(self, words: str) -> dict[str, str]:
        body = a_body(words)
        return {**body, "sources": "\n".join(body["sources"])}


class Story(RuleBasedStateMachine):
    """One article and what its readers and the people at the desk do. Revisions are known by their keys."""

    hands_of: type[ByVerbs] | type[ByForms]

    def __init__(self):
        super().__init__()
        self.transaction = transaction.atomic()
        self.transaction.__enter__()
        self.now = timezone.now() + timedelta(days=1)
        a_sheet()
        self.article = an_article("told", history={})
        people = {name: a_user(name, *roles) for name, roles in PEOPLE.items()}
        self.hands: Hands = self.hands_of(self.article, people, self.now)
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
        self.hands.now = self.now

    def teardown(self):
        try:
            self.readers_see_exactly_what_the_plans_say()
        finally:
            transaction.set_rollback(True)
            self.transaction.__exit__(None, None, None)

    # ---- Writing and reviewing ----

    @rule(who=people, words=st.sampled_from("abc"))
    def begin(self, who, words):
        assert self.hands.begin(who, words)
        draft = self.article.revisions.latest("pk")
        self.told[draft.pk] = Told(words, self._live(self.now), writers={who})

    @precondition(lambda self: self.told)
    @rule(who=people, which=st.integers(0, 99), words=st.sampled_from("abc"), taken_over=st.booleans())
    def go_on(self, who, which, words, taken_over):
        draft, told = self._pick(which, Verb.SAVE)
        live = self._live(self.now)
        over = Revision.objects.get(pk=live) if taken_over and live else None
        done = self.hands.save(who, draft, words, over)
        assert done == self._allowed(Verb.SAVE, who, draft)
        if done:
            if words != told.words:
                told.words = words
                told.writers.add(who)
            told.base = live if over else told.base

    @precondition(lambda self: self.told)
    @rule(who=people, which=st.integers(0, 99), verb=st.sampled_from(sorted(set(Verb) - {Verb.SAVE, Verb.PUBLISH})))
    def move_on(self, who, which, verb):
        revision, told = self._pick(which, verb)
        allowed = self._allowed(verb, who, revision)
        done = self.hands.move(who, verb, revision)
        assert done == allowed
        if done:
            told.state = TRANSITIONS[verb].target
            if verb is Verb.APPROVE:
                told.approver = who
                assert not (self.four_eyes and who in told.writers)

    @rule(on=st.booleans())
    def switch_four_eyes(self, on):
        ReviewPolicy.objects.update(four_eyes=on)
        self.four_eyes = on

    # ---- Going live ----

    @precondition(lambda self: self.told)
    @rule(who=people, which=st.integers(0, 99), ahead=hours, lasts=st.sampled_from((None, None, 1, 3)))
    def publish(self, who, which, ahead, lasts):
        revision, told = self._pick(which, Verb.PUBLISH)
        at = self.now + ahead * HOUR
        until = at + lasts * HOUR if lasts else None
        expected = self._allowed(Verb.PUBLISH, who, revision, at) and self._fits(at, until)
        if told.state is State.APPROVED and self.four_eyes and told.approver in told.writers:
            expected = False
        done = self.hands.publish(who, revision, at, until)
        assert done == expected
        if done:
            self.plans.append(Plan(at, revision.pk, until))
            if told.state is State.APPROVED:
                told.state, told.number = State.PUBLISHED, max(each.number or 0 for each in self.told.values()) + 1

    @rule(author=people, reviewer=people, publisher=people, words=st.sampled_from("abc"), ahead=hours)
    def try_to_bring_it_to_readers(self, author, reviewer, publisher, words, ahead):
        self.begin(author, words)
        self.move_on(author, 1, Verb.SUBMIT)
        self.move_on(reviewer, 1, Verb.APPROVE)
        self.publish(publisher, 1, ahead, None)

    @rule(who=people, ahead=hours)
    def retire(self, who, ahead):
        at = self.now + ahead * HOUR
        done = self.hands.retire(who, at)
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
        others = [each for each in self.plans if each is not plan]
        done = self.hands.move_plan(who, self.article.live_changes.get(at=plan.at), at, until)
        assert done == (Role.PUBLISHER in PEOPLE[who] and self._fits(at, until, others))
        if done:
            self.plans = [*others, Plan(at, plan.revision, until)]

    @rule(who=people, which=st.integers(0, 99))
    def call_off_a_plan(self, who, which):
        if not (ahead_of_us := [plan for plan in self.plans if plan.at > self.now]):
            return
        plan = ahead_of_us[which % len(ahead_of_us)]
        done = self.hands.withdraw_plan(who, self.article.live_changes.get(at=plan.at))
        assert done == (Role.PUBLISHER in PEOPLE[who])
        if done:
            self.plans.remove(plan)

    @rule(hours=st.integers(1, 3))
    def wait(self, hours):
        self.readers_see_exactly_what_the_plans_say()
        for at in (self.now, self.now + HOUR - AN_INSTANT):
            self.past[at] = self._live(at)
        self.now += hours * HOUR + AN_INSTANT
        self.hands.now = self.now

    # ---- What always holds ----

    @invariant()
    def readers_see_exactly_what_the_plans_say(self):
        instants = {self.now, *self.past}
        for plan in self.plans:
            for at in (plan.at, plan.until or plan.at):
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

    def _pick(self, which: int, verb: Verb) -> tuple[Revision, Told]:
        """Any revision; more often the newest that stands where the verb may be said, so that stories get on."""
        fitting = [pk for pk, told in self.told.items() if told.state in TRANSITIONS[verb].sources]
        pk = max(fitting) if fitting and which % 4 else sorted(self.told)[which % len(self.told)]
        return Revision.objects.get(pk=pk), self.told[pk]

    def _live(self, at: datetime) -> int | None:
        """The plan that began last of those that have not ended: the rule in one line, the database has it in rows."""
        lasting = [plan for plan in self.plans if plan.at <= at and not (plan.until and plan.until <= at)]
        return max(lasting, key=lambda plan: plan.at, default=Plan(at, None)).revision

    def _allowed(self, verb: Verb, who: str, revision: Revision, at: datetime | None = None) -> bool:
        told = self.told[revision.pk]
        before = max((at or self.now) - AN_INSTANT, self.now)
        seen = any(plan.revision == revision.pk and plan.at <= self.now for plan in self.plans)
        behind = not seen and self._behind(revision.pk, self.now) and self._behind(revision.pk, before)
        terms = {"wrote": who in told.writers, "behind": behind, "four_eyes": self.four_eyes}
        return obstacle(verb, told.state, PEOPLE[who], **terms) is None

    def _behind(self, pk: int, at: datetime) -> bool:
        live, base = self._live(at), self.told[pk].base
        if live is None or live in (pk, base):
            return False
        planned = any(plan.revision == base and plan.at > at for plan in self.plans)
        return not (base and planned) or self._behind(base, at)

    def _fits(self, at: datetime, until: datetime | None, plans: list[Plan] | None = None) -> bool:
        """Not in the past, nor at an instant that is taken."""
        others = self.plans if plans is None else plans
        taken = {instant for plan in others for instant in (plan.at, plan.until) if instant}
        if at < self.now or at in taken:
            return False
        return until is None or (until > self.now and until not in taken)


class StoryByVerbs(Story):
    hands_of = ByVerbs


class StoryByForms(Story):
    hands_of = ByForms


EXAMPLES = settings.default.max_examples
"""A story is some twenty examples long."""


@pytest.mark.django_db
def test_every_story_ends_as_the_model_tells_it():
    run(StoryByVerbs, settings=settings(max_examples=EXAMPLES // 10, stateful_step_count=25))


@pytest.mark.django_db
def test_every_story_told_through_the_forms_ends_as_the_model_tells_it():
    run(StoryByForms, settings=settings(max_examples=EXAMPLES // 25, stateful_step_count=20))
