"""Translations and their originals: how they stand, what readers are told, what may not get lost."""

from datetime import timedelta

import pytest
from django.utils import timezone

from articles.models import Article, Translation
from articles.translating import is_badly_behind, standings
from helpcenter.domain.findings import Refused
from helpcenter.domain.freshness import Freshness
from helpcenter.domain.versions import Significance
from helpcenter.publishing.models import Revision
from helpcenter.publishing.verbs import approve, begin_draft, publish, retire, save_draft, submit
from tests.builders import a_body, a_site, a_user, an_article, at, reviewed, without_four_eyes
from tests.desk import typed
from tests.replay import replayed

pytestmark = pytest.mark.django_db

FULL = "{#why}\n## Why\n\n{{refund.images}} [there](wizard)"


@pytest.fixture
@replayed
def original():
    a_site()
    return an_article("topic", "zh-hant", history={"2026-02-01": a_body("原文", text=FULL, steps=("go",))})


@pytest.fixture
def translation(original):
    text = Translation.objects.create(article=original.article, language="en")
    draft = begin_draft(
        text,
        a_body("Translated", text=FULL, steps=("go",)),
        by=None,
        now=at("2026-02-02"),
        translated_from=original.revisions.get(),
    )
    put_live(draft, at("2026-02-02"))
    return text


def put_live(revision, when, significance=Significance.CONTENT):
    publish(revision, by=None, note="note", significance=significance, at=when, now=when)


def change_original(original, significance, when="2026-03-01", **body):
    body = a_body("新的原文", **{"text": FULL, "steps": ("go",), **body})
    put_live(Revision.objects.create(document=original, body=body), at(when), significance)


def stands(translation, when="2026-04-01"):
    return standings(at(when))[translation.pk]


@pytest.mark.parametrize(
    ("significance", "stands_then", "told"),
    [
        (Significance.TYPO, Freshness.CURRENT, False),
        (Significance.CONTENT, Freshness.BEHIND, False),
        (Significance.MAJOR, Freshness.BADLY_BEHIND, True),
    ],
)
def test_readers_are_told_only_of_what_is_badly_behind(
    client, time_machine, original, translation, significance, stands_then, told
):
    change_original(original, significance)
    time_machine.move_to(at("2026-04-01"))
    assert stands(translation) is stands_then
    page = client.get("/en/articles/topic/").content.decode()
    assert ("The original has changed in important ways" in page) is told
    assert ('href="/zh-hant/articles/topic/" hreflang="zh-Hant">Read the original' in page) is told
    before = client.get("/en/articles/topic/?as_of=2026-02-03").content.decode()
    assert "The original has changed" not in before
    assert "原文在翻譯之後" not in client.get("/zh-hant/articles/topic/").content.decode()


def test_what_says_the_version_that_is_live_is_not_asked_about(translation, django_assert_num_queries):
    now = timezone.now()
    reading, more = Article.objects.shown_with_more("topic", "en", now)
    with django_assert_num_queries(0):
        assert not is_badly_behind(reading, more.live_original, now)


def test_a_text_in_review_that_catches_up_is_on_its_way_but_readers_are_still_told(client, original, translation):
    change_original(original, Significance.MAJOR)
    author = a_user("author")
    draft = begin_draft(
        translation,
        a_body("Caught up", text=FULL, steps=("go",)),
        by=author,
        now=timezone.now(),
        translated_from=original.revisions.get(number=2),
    )
    assert standings(timezone.now())[translation.pk] is Freshness.BADLY_BEHIND
    waiting = submit(draft, by=author, now=timezone.now(), note="Caught up.")
    assert standings(timezone.now())[translation.pk] is Freshness.IN_REVIEW
    assert "The original has changed" in client.get("/en/articles/topic/").content.decode()
    approved = approve(waiting, by=a_user("reviewer"), now=timezone.now())
    now = timezone.now()
    publish(approved, by=author, note="n", significance=Significance.CONTENT, at=now, now=now)
    assert standings(timezone.now())[translation.pk] is Freshness.CURRENT
    assert "The original has changed" not in client.get("/en/articles/topic/").content.decode()


def test_a_draft_that_begins_from_a_translation_says_what_that_one_said(original, translation):
    change_original(original, Significance.CONTENT)
    author = a_user()
    draft = begin_draft(translation, a_body("Spelling"), by=author, now=timezone.now())
    assert draft.translated_from.number == 1
    newest = original.revisions.get(number=2)
    assert (
        save_draft(draft, draft.body, by=author, now=timezone.now(), translated_from=newest).translated_from == newest
    )


def test_how_all_stand_is_asked_with_as_many_questions_for_many_as_for_one(
    original, translation, django_assert_num_queries
):
    for number in range(5):
        an_article(f"more-{number}", "zh-hant")
        Translation.objects.create(article=Article.objects.get(slug=f"more-{number}"), language="en")
    with django_assert_num_queries(4):
        found = standings(timezone.now())
    assert list(found.values()).count(Freshness.MISSING) == 5


def test_a_plan_changes_nothing_before_its_instant(original, translation):
    later = Revision.objects.create(document=original, body=a_body("後來", text=FULL, steps=("go",)))
    terms = {"by": None, "note": "n", "at": at("2027-03-01"), "now": at("2026-02-03")}
    publish(later, significance=Significance.MAJOR, **terms)
    change_original(original, Significance.TYPO)
    assert stands(translation) is Freshness.CURRENT
    assert stands(translation, "2027-04-01") is Freshness.BADLY_BEHIND


def test_a_translation_that_is_planned_is_on_its_way(original, translation):
    change_original(original, Significance.MAJOR)
    newest = original.revisions.get(number=2)
    draft = begin_draft(translation, a_body("T"), by=None, now=at("2026-03-02"), translated_from=newest)
    terms = {"by": None, "note": "n", "significance": Significance.CONTENT}
    Revision.objects.filter(pk=draft.pk).update(body=a_body("T", text=FULL, steps=("go",)))
    publish(Revision.objects.get(pk=draft.pk), **terms, at=at("2027-03-01"), now=at("2026-03-02"))
    assert stands(translation) is Freshness.IN_REVIEW


class TestWhereItWasNeverTranslated:
    def test_the_first_translation_loses_nothing_without_a_reason_either(self, original):
        first = Translation.objects.create(article=original.article, language="en")
        draft = begin_draft(first, a_body("Plain"), by=None, now=at("2026-03-02"))
        with pytest.raises(Refused) as refused:
            submit(draft, by=a_user(), now=timezone.now(), note="n")
        assert {finding.code for finding in refused.value.findings} == {"translation-lost"}

    def test_readers_get_the_original_and_are_told(self, client, original):
        page = client.get("/en/articles/topic/")
        html = page.content.decode()
        assert page.status_code == 200
        assert "Nobody has translated this article yet" in html
        assert '<article class="article" lang="zh-Hant"' in html
        assert '<html lang="en">' in html
        assert '<meta name="robots" content="noindex">' in html
        assert '<link rel="canonical" href="http://testserver/zh-hant/articles/topic/">' in html
        assert 'hreflang="en" href=' not in html

    def test_what_was_retired_is_not_replaced(self, client, translation):
        retire(translation, by=None, at=at("2026-03-01"), now=at("2026-03-01"))
        assert client.get("/en/articles/topic/").status_code == 410

    def test_before_the_original_there_is_nothing(self, client, original):
        assert client.get("/en/articles/topic/?as_of=2026-01-20").status_code == 404


class TestWhatATranslationCarries:
    @pytest.mark.parametrize(
        ("changes", "gone"),
        [
            ({"text": FULL.replace("{{refund.images}}", "20")}, "refund.images"),
            ({"text": FULL.replace("[there](wizard)", "there")}, "wizard"),
            ({"text": FULL.replace("{#why}\n", "")}, "why"),
            ({"steps": ("other",)}, "go"),
        ],
    )
    def test_it_is_not_lost_without_a_reason(self, original, translation, changes, gone):
        author = a_user("author")
        body = a_body("Less", **{"text": FULL, "steps": ("go",), **changes})
        if "steps" in changes:
            change_original(original, Significance.CONTENT, steps=("go", "other"))
        draft = begin_draft(translation, body, by=author, now=timezone.now())
        with pytest.raises(Refused) as refused:
            submit(draft, by=author, now=timezone.now(), note="Less.")
        assert gone in {finding.details["target"] for finding in refused.value.findings}
        submitted = submit(draft, by=author, now=timezone.now(), note="Less.", despite="No such thing in English.")
        assert submitted.events.first().note == "No such thing in English."
        approved = approve(submitted, by=a_user("reviewer"), now=timezone.now())
        now = timezone.now()
        publish(approved, by=author, note="n", significance=Significance.CONTENT, at=now, now=now)
        again = begin_draft(translation, {**body, "title": "Less still"}, by=author, now=timezone.now())
        reviewed(again)  # what was left out on purpose is not asked for again

    def test_it_is_measured_by_the_version_that_it_says(self, original, translation):
        change_original(original, Significance.CONTENT, text=FULL + " {{refund.gpu_minutes}}")
        author = a_user("author")
        body = a_body("Spelling", text=FULL, steps=("go",))
        draft = begin_draft(translation, body, by=author, now=timezone.now())
        draft = submit(draft, by=author, now=timezone.now(), note="Spelling.")
        assert draft.translated_from.number == 1
        newest = original.revisions.get(number=2)
        caught_up = begin_draft(translation, body, by=author, now=timezone.now(), translated_from=newest)
        with pytest.raises(Refused, match=r"refund\.gpu_minutes"):
            submit(caught_up, by=author, now=timezone.now(), note="Caught up.")


class TestTheTranslatorsScreen:
    @pytest.fixture
    def desk(self, client, translation):
        without_four_eyes()
        client.force_login(a_user())
        return client

    def address(self, translation):
        return f"/admin/articles/translation/{translation.pk}/change/"

    def test_it_shows_what_changed_in_the_original_and_asks_whether_it_is_taken_over(self, desk, original, translation):
        change_original(original, Significance.MAJOR, text=FULL + " More.")
        page = desk.get(self.address(translation), headers={"accept-language": "en"})
        assert "More.</ins>" in page.content.decode()
        newest = original.revisions.get(number=2)
        sent = {**typed(page), "_up_to_date": newest.pk, "note": "n", "significance": "content", "_publish": "1"}
        assert desk.post(self.address(translation), sent).status_code == 302
        assert translation.revisions.live(timezone.now()).get().translated_from == newest
        assert (
            "This translation says what the original says."
            in desk.get(self.address(translation), headers={"accept-language": "en"}).content.decode()
        )

    @pytest.mark.parametrize("said", ["_up_to_date", "despite"])
    def test_nobody_forgets_to_say_what_a_first_translation_says(self, desk, original, said):
        first = Translation.objects.create(article=original.article, language="zh-hans")
        page = desk.get(self.address(first))
        live = original.revisions.get(number=1)
        sent = {**typed(page), "title": "T", "summary": "S", "text": live.body["text"], "sources": "s", "note": "n"}
        refused = desk.post(self.address(first), {**sent, "_submit": "1"}, headers={"accept-language": "en"})
        assert "tick the box beside the original" in refused.content.decode()
        sent = {**typed(refused), said: {"_up_to_date": live.pk, "despite": "It says something else."}[said]}
        said_now = desk.post(
            self.address(first), {**sent, "_submit": "1"}, headers={"accept-language": "en"}, follow=True
        )
        assert "tick the box beside the original" not in said_now.content.decode()

    def test_the_difference_and_the_tick_stay_until_readers_see_the_translation(self, desk, original, translation):
        change_original(original, Significance.MAJOR, text=FULL + " More.")
        page = desk.get(self.address(translation), headers={"accept-language": "en"})
        newest = original.revisions.get(number=2)
        sent = {**typed(page), "_up_to_date": newest.pk, "text": "Short.", "note": "n", "_submit": "1"}
        refused = desk.post(self.address(translation), sent, headers={"accept-language": "en"})
        assert "More.</ins>" in refused.content.decode()
        sent = typed(refused)
        assert sent["_up_to_date"] == str(newest.pk)
        del sent["_up_to_date"]
        desk.post(self.address(translation), {**sent, "_save": "1"})
        assert translation.revisions.newest_draft().translated_from.number == 1

    def test_a_planned_version_of_the_original_is_translated_ahead(self, desk, original, translation):
        soon = (timezone.localdate() + timedelta(days=2)).isoformat()
        change_original(original, Significance.MAJOR, when=soon, text=FULL + " Soon.")
        planned = original.revisions.get(number=2)
        page = desk.get(self.address(translation), headers={"accept-language": "en"})
        assert "Soon.</ins>" not in page.content.decode()
        chosen = f"{self.address(translation)}?original={planned.pk}"
        assert f"original={planned.pk}" in page.content.decode()
        page = desk.get(chosen, headers={"accept-language": "en"})
        assert "Soon.</ins>" in page.content.decode()
        desk.post(chosen, {**typed(page), "_up_to_date": planned.pk, "text": "Short.", "note": "n", "_save": "1"})
        draft = translation.revisions.newest_draft()
        assert draft.translated_from == planned
        again = desk.get(f"{self.address(translation)}?revision={draft.pk}").content.decode()
        assert "Soon.</ins>" in again

    def test_who_reviews_it_sees_what_it_says_and_why_something_is_left_out(self, desk, original, translation):
        change_original(original, Significance.MAJOR, text=FULL + " More.")
        page = desk.get(self.address(translation), headers={"accept-language": "en"})
        sent = {**typed(page), "_up_to_date": original.revisions.get(number=2).pk, "text": "Short.", "note": "n"}
        reason = {"despite": "There is no such rule.", "_submit": "1"}
        review = desk.post(
            self.address(translation), {**sent, **reason}, headers={"accept-language": "en"}, follow=True
        )
        html = review.content.decode()
        assert "it says what version 2 of the original says" in html
        assert "More.</ins>" in html
        assert "</strong> There is no such rule." in html

    def test_what_is_lost_is_told_and_passes_with_a_reason(self, desk, translation):
        page = desk.get(self.address(translation), headers={"accept-language": "en"})
        sent = {**typed(page), "text": "Short.", "note": "n", "significance": "content", "_publish": "1"}
        refused = desk.post(self.address(translation), sent, headers={"accept-language": "en"})
        assert refused.status_code == 200
        assert any("refund.images" in words for _, words, _ in refused.context["findings"])
        sent = {**typed(refused), "despite": "There is no such rule.", "significance": "content", "_publish": "1"}
        assert desk.post(self.address(translation), sent).status_code == 302
        assert translation.revisions.live(timezone.now()).get().body["text"] == "Short."

    def test_the_list_says_how_each_stands_and_finds_those_that_are_behind(self, desk, original, translation):
        change_original(original, Significance.CONTENT)
        html = desk.get("/admin/articles/translation/", headers={"accept-language": "en"}).content.decode()
        assert 'field-standing">behind<' in html
        for value, there in (("behind", True), ("current", False)):
            html = desk.get("/admin/articles/translation/", {"translation": value}).content.decode()
            assert (f"/translation/{translation.pk}/change/" in html) is there

    def test_an_original_is_not_asked_what_it_was_translated_from(self, desk, original):
        page = desk.get(self.address(original), headers={"accept-language": "en"}).content.decode()
        assert "The original, version" not in page
        assert 'name="despite"' not in page
