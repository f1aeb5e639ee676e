"""Save a draft, publish, retire: what each does, whole or not at all."""

from datetime import timedelta
from itertools import permutations

import pytest

from helpcenter.domain.findings import Refused
from helpcenter.domain.versions import Significance
from helpcenter.publishing.behind import course
from helpcenter.publishing.desk.lists import LISTS
from helpcenter.publishing.models import LiveChange, Revision, State
from helpcenter.publishing.verbs import begin_draft, move_plan, publish, retire, save_draft, withdraw_plan
from tests.builders import (
    a_body,
    a_draft,
    a_fact,
    a_sheet,
    a_sheet_body,
    a_user,
    an_article,
    at,
    live_changes,
    reviewed,
)
from tests.replay import replayed

pytestmark = pytest.mark.django_db

DAY = timedelta(days=1)
NOW = at("2026-11-20")
SOON = at("2090-01-01")
"""Ahead of the database's clock, so that what is planned has not happened for its triggers."""
TOMORROW = at("2026-11-21")
NEXT_WEEK = at("2026-11-27")


@pytest.fixture
@replayed
def article():
    return an_article(history={"2026-11-01": a_body("first")})


def go_live(revision, moment=NOW, *, now=NOW, by=None, note="what changed"):
    return publish(revision, by=by, note=note, significance=Significance.MAJOR, at=moment, now=now)


def codes(refused):
    return [finding.code for finding in refused.value.findings]


class TestADraft:
    def test_it_has_no_number_and_no_reader(self, article):
        draft = a_draft(article, a_body("draft"))
        assert (draft.state, draft.number) == (State.DRAFT, None)
        assert article.revisions.live(NEXT_WEEK).get().body["title"] == "first"

    def test_an_editor_goes_on_with_the_draft_that_is_there(self, article):
        earlier = a_draft(article, a_body("half"))
        later = save_draft(earlier, a_body("whole"), by=None, now=NOW)
        assert later.pk == earlier.pk
        assert article.revisions.newest_draft().body["title"] == "whole"

    def test_a_new_draft_begins_after_publishing(self, article):
        published = a_draft(article, a_body("second"))
        go_live(published)
        assert a_draft(article, a_body("third")).pk != published.pk
        published.refresh_from_db()
        assert published.body["title"] == "second"

    def test_who_saves_the_words_of_another_unchanged_does_not_become_their_author(self, article):
        author, publisher = a_user("author"), a_user("publisher")
        draft = a_draft(article, a_body("hers"), author)
        assert save_draft(draft, a_body("hers"), by=publisher, now=NOW).author == author
        assert save_draft(draft, a_body("his"), by=publisher, now=NOW).author == publisher

    def test_it_may_be_as_wrong_as_it_likes(self, article):
        assert a_draft(article, {"title": ""}).body == {"title": ""}


class TestPublishing:
    def test_it_numbers_the_revision_and_remembers_who_what_and_how_much(self, article):
        author, publisher = a_user("author"), a_user("publisher")
        change = go_live(reviewed(a_draft(article, a_body("second"), author)), by=publisher, note="Said better.")
        revision = Revision.objects.get(pk=change.revision.pk)
        assert (revision.number, revision.state, revision.author) == (2, State.PUBLISHED, author)
        assert (revision.note, revision.significance) == ("Said better.", Significance.MAJOR)
        assert (change.by, change.at, change.recorded_at) == (publisher, NOW, NOW)

    def test_numbers_count_up_within_each_document(self, article):
        other = an_article("other", history={"2026-11-01": a_body()})
        for day in ("2026-11-20", "2026-11-21"):
            go_live(a_draft(article, a_body(day)), at(day), now=at(day))
        numbers = lambda document: sorted(document.revisions.values_list("number", flat=True))  # noqa: E731
        assert numbers(article) == [1, 2, 3]
        assert numbers(other) == [1]

    def test_a_planned_version_has_its_number_at_once_and_its_readers_later(self, article):
        revision = a_draft(article, a_body("planned"))
        assert go_live(revision, NEXT_WEEK).revision.number == 2
        assert article.revisions.live(NOW).get().number == 1
        assert article.revisions.live(NEXT_WEEK).get().number == 2

    def test_something_may_go_live_before_what_is_planned(self, article):
        go_live(a_draft(article, a_body("planned")), NEXT_WEEK)
        go_live(a_draft(article, a_body("sooner")), TOMORROW)
        assert article.revisions.live(TOMORROW).get().body["title"] == "sooner"
        assert article.revisions.live(NEXT_WEEK).get().body["title"] == "planned"

    def test_an_old_version_goes_live_again_as_it_is(self, article):
        first = article.revisions.get()
        go_live(a_draft(article, a_body("second")))
        go_live(first, TOMORROW, now=TOMORROW, note="Back to the first.")
        assert article.revisions.live(TOMORROW).get() == first
        assert article.revisions.count() == 2
        first.refresh_from_db()
        assert first.note == "note"  # the past is never edited

    def test_errors_refuse_it_with_all_findings_and_it_stays_a_draft(self, article):
        draft = a_draft(article, a_body(title="", summary="", text="{{no.such}}"))
        with pytest.raises(Refused) as refused:
            go_live(draft)
        assert codes(refused) == ["field-empty", "field-empty"]
        draft.refresh_from_db()
        assert (draft.state, draft.number) == (State.DRAFT, None)
        assert len(live_changes(article)) == 1

    def test_a_warning_lets_it_pass(self, article):
        draft = a_draft(article, a_body(text="## A heading without an id"))
        assert go_live(draft).revision.number == 2

    def test_an_old_version_is_checked_again_before_it_comes_back(self, article):
        bad = Revision.objects.create(document=article, body={}, state=State.PUBLISHED, number=9)
        with pytest.raises(Refused) as refused:
            go_live(bad)
        assert "field-empty" in codes(refused)

    def test_there_is_one_change_per_document_and_instant(self, article):
        go_live(a_draft(article, a_body("one")), NEXT_WEEK)
        draft = a_draft(article, a_body("two"))
        with pytest.raises(Refused) as refused:
            go_live(draft, NEXT_WEEK)
        assert codes(refused) == ["live-change-in-the-way"]
        assert Revision.objects.get(pk=draft.pk).state == State.DRAFT

    def test_nothing_goes_live_before_what_has_already_happened(self, article):
        draft = a_draft(article, a_body("late"))
        with pytest.raises(Refused) as refused:
            go_live(draft, at("2026-10-01"))
        assert codes(refused) == ["live-change-in-the-way"]

    def test_a_version_is_not_slipped_between_the_last_change_and_now(self, article):
        draft = a_draft(article, a_body("late"))
        with pytest.raises(Refused) as refused:
            go_live(draft, at("2026-11-10"), now=NOW)
        assert codes(refused) == ["live-change-in-the-way"]
        assert article.revisions.live(at("2026-11-11")).get().number == 1

    def test_only_a_documents_first_version_may_hold_since_an_earlier_day(self):
        article = an_article(history={})
        go_live(a_draft(article, a_body("bundled")), at("2026-10-01"), now=NOW)
        assert article.revisions.live(at("2026-10-02")).get().body["title"] == "bundled"

    def test_words_that_somebody_changed_meanwhile_are_not_published_unseen(self, article):
        hers = a_draft(article, a_body("hers"))
        save_draft(Revision.objects.get(pk=hers.pk), a_body("his"), by=None, now=NOW)
        with pytest.raises(Refused) as refused:
            go_live(hers)
        assert codes(refused) == ["draft-changed-meanwhile"]
        assert article.revisions.newest_draft().body["title"] == "his"

    def test_a_draft_that_somebody_published_meanwhile_is_not_published_over(self, article):
        hers = a_draft(article, a_body("same"))
        go_live(Revision.objects.get(pk=hers.pk))
        with pytest.raises(Refused) as refused:
            go_live(hers, TOMORROW, now=TOMORROW)
        assert codes(refused) == ["draft-changed-meanwhile"]

    def test_it_happens_whole_or_not_at_all(self, article, monkeypatch):
        draft = a_draft(article, a_body("second"))

        def power_cut(_change):
            raise KeyboardInterrupt

        monkeypatch.setattr(LiveChange, "save", power_cut)
        with pytest.raises(KeyboardInterrupt):
            go_live(draft)
        assert Revision.objects.get(pk=draft.pk).state == State.DRAFT
        assert len(live_changes(article)) == 1


class TestPlans:
    """What readers see is the plan that began last of those that have not ended."""

    def plan(self, article, title, begins, ends=None, now=SOON, base=None):
        when = {"at": SOON + begins * DAY, "until": SOON + ends * DAY if ends else None, "now": now}
        draft = begin_draft(article, a_body(title), by=None, now=now, base=base)
        return publish(draft, by=None, note="n", significance=Significance.CONTENT, **when)

    def seen(self, article, *days):
        return [article.revisions.live(SOON + day * DAY).get().body["title"] for day in days]

    def test_an_urgent_fix_outlives_the_plan_during_which_it_was_made(self, article):
        self.plan(article, "campaign", 1, ends=4)
        self.plan(article, "fix", 2, now=SOON + 2 * DAY)
        assert self.seen(article, 1.5, 2.5, 4.5) == ["campaign", "fix", "fix"]

    @pytest.mark.parametrize("order", permutations(range(3)))
    def test_plans_may_overlap_and_be_made_in_any_order(self, article, order):
        plans = [("long", 1, 10), ("overlapping", 8, 12), ("nested", 3, 5)]
        for number in order:
            title, begins, ends = plans[number]
            self.plan(article, title, begins, ends=ends)
        seen = self.seen(article, 0.5, 2, 4, 6, 9, 11, 13)
        assert seen == ["first", "long", "nested", "long", "overlapping", "overlapping", "first"]

    def test_the_end_of_a_plan_can_be_moved_and_called_off(self, article):
        plan = self.plan(article, "campaign", 1, ends=4)
        now = SOON + 2 * DAY
        move_plan(LiveChange.objects.get(ends=plan), by=None, at=SOON + 6 * DAY, until=None, now=now)
        assert self.seen(article, 5, 7) == ["campaign", "first"]
        with pytest.raises(Refused) as early:
            move_plan(LiveChange.objects.get(ends=plan), by=None, at=SOON + 0.5 * DAY, until=None, now=SOON)
        assert codes(early) == ["plan-ends-too-early"]
        withdraw_plan(LiveChange.objects.get(ends=plan), by=None, now=now)
        assert self.seen(article, 7) == ["campaign"]

    def test_what_is_made_from_a_plan_is_not_behind(self, article):
        plan = self.plan(article, "planned", 3)
        sue = a_user("sue")
        following = begin_draft(article, a_body("following"), by=sue, now=SOON, base=plan.revision)
        approved = reviewed(following)
        go_live(approved, SOON + 5 * DAY, by=sue, now=SOON)
        assert self.seen(article, 4, 6) == ["planned", "following"]

    def test_the_desk_and_the_page_of_a_text_agree_on_what_is_behind(self, article):
        late = self.plan(article, "late", 10)
        early = self.plan(article, "early", 5, base=late.revision)
        there = course(article.pk)
        assert [there.behind_before(plan) for plan in (early, late)] == [False, True]
        assert len(LISTS["plans-behind"].rows(a_user("sue"), SOON)) == 1

    def test_a_plan_that_was_called_off_is_no_way_around_what_went_live_meanwhile(self, article):
        sue = a_user("sue")
        approved = reviewed(a_draft(article, a_body("planned"), sue))
        plan = go_live(approved, SOON + 7 * DAY, by=sue, now=SOON)
        self.plan(article, "fix", 0)
        withdraw_plan(plan, by=sue, now=SOON)
        with pytest.raises(Refused) as refused:
            go_live(Revision.objects.get(pk=approved.pk), SOON + DAY, by=sue, now=SOON + 0.5 * DAY)
        assert codes(refused) == ["behind-live"]

    def test_nothing_goes_live_that_a_planned_change_of_the_facts_would_make_wrong(self, article):
        sheet = a_sheet({"2026-10-01": a_sheet_body()})
        richer = a_sheet_body()
        richer["facts"]["new.fact"] = a_fact("7")
        self_ending = Revision.objects.create(document=sheet, body=richer)
        terms = {"by": None, "note": "n", "significance": Significance.CONTENT, "now": SOON}
        publish(self_ending, **terms, at=SOON, until=SOON + 5 * DAY)
        with pytest.raises(Refused) as refused:
            go_live(a_draft(article, a_body(text="{{new.fact}}")), SOON + DAY, now=SOON)
        assert codes(refused)[0] == "wrong-from"
        publish(a_draft(article, a_body(text="{{new.fact}}")), **terms, at=SOON + DAY, until=SOON + 4 * DAY)


class TestRetiring:
    def test_readers_see_nothing_and_the_versions_stay(self, article):
        publisher = a_user()
        change = retire(article, by=publisher, at=NOW, now=NOW)
        assert (change.revision, change.by) == (None, publisher)
        assert not article.revisions.live(NOW).exists()
        assert article.revisions.count() == 1

    def test_it_may_be_planned(self, article):
        retire(article, by=None, at=NEXT_WEEK, now=NOW)
        assert article.revisions.live(TOMORROW).exists()
        assert not article.revisions.live(NEXT_WEEK).exists()

    def test_the_past_is_not_retired(self, article):
        with pytest.raises(Refused):
            retire(article, by=None, at=at("2026-10-15"), now=NOW)
