"""Old addresses reach the right page in exactly one step, or say that it is gone."""

from datetime import timedelta
from io import StringIO

import pytest
from django.core.management import call_command
from django.test import Client
from django.utils import timezone
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.django import TestCase

from articles.dangling import dangling
from articles.models import Article, FormerSlug, MissingPage, Redirect, Translation
from articles.redirects import MOST_MISSING, note_missing, rename
from helpcenter.domain.review import Role
from helpcenter.publishing.models import Revision
from helpcenter.publishing.verbs import retire, withdraw_plan
from tests.builders import (
    LANGUAGES,
    a_body,
    a_sheet,
    a_site,
    a_user,
    an_article,
    at,
    live,
    the_bundled_site,
    without_four_eyes,
)
from tests.desk import typed
from tests.pages import WizardPage
from tests.replay import replayed

pytestmark = pytest.mark.django_db


@pytest.fixture
@replayed
def article():
    a_site()
    for language in LANGUAGES:
        text = an_article("a", language, history={"2026-02-01": a_body("Topic"), "2026-02-02": a_body("Topic anew")})
    return text.article


def one_step(client, old, new):
    """An old address leads to the new one, which is there."""
    response = client.get(old)
    assert (response.status_code, response.headers.get("Location")) == (301, new)
    assert client.get(new).status_code == 200


@pytest.mark.parametrize("typed_as", ["/zh-hant/退款/", "/zh-hant/%E9%80%80%E6%AC%BE/"])
def test_a_redirect_may_be_typed_as_browsers_copy_it(client, article, typed_as):
    desk = Client()
    desk.force_login(a_user("publisher", *Role))
    sent = {**typed(desk.get("/admin/articles/redirect/add/")), "path": typed_as, "article": article.pk}
    assert desk.post("/admin/articles/redirect/add/", sent).status_code == 302
    one_step(client, "/zh-hant/退款/", "/zh-hant/articles/a/")


@pytest.mark.parametrize("path", ["//elsewhere.example/", "no-slash", "/a?b", "/a#b"])
def test_a_redirect_that_no_reader_can_ask_for_is_refused(article, path):
    desk = Client(headers={"accept-language": "en"})
    desk.force_login(a_user("publisher", *Role))
    assert desk.post("/admin/articles/redirect/add/", {"path": path}).context["errors"]
    assert not Redirect.objects.exists()


class TestRenaming:
    @pytest.mark.parametrize("language", LANGUAGES)
    def test_a_to_b_to_c_to_a_leaves_every_old_address_one_step_away(self, client, article, language):
        for slug in ("b", "c", "a"):
            rename(article, slug, now=timezone.now())
        assert client.get(f"/{language}/articles/a/").status_code == 200
        for old in ("b", "c"):
            one_step(client, f"/{language}/articles/{old}/", f"/{language}/articles/a/")
            one_step(client, f"/{language}/articles/{old}/versions/", f"/{language}/articles/a/versions/")
            one_step(client, f"/{language}/articles/{old}/versions/1/", f"/{language}/articles/a/versions/1/")
            compare = "versions/compare/?from=1&to=2"
            one_step(client, f"/{language}/articles/{old}/{compare}", f"/{language}/articles/a/{compare}")
            one_step(
                client, f"/{language}/articles/{old}/?as_of=2026-02-03", f"/{language}/articles/a/?as_of=2026-02-03"
            )

    def test_there_and_back_and_there_again_each_slug_is_known_by_its_days(self, article):
        for day, slug in (("2026-03-01", "b"), ("2026-04-01", "a"), ("2026-05-01", "b")):
            rename(article, slug, now=at(day))
        assert [article.slug_at(at(day)) for day in ("2026-02-15", "2026-03-15", "2026-04-15", "2026-05-15")] == [
            *"abab"
        ]

    def test_a_comparison_of_what_was_taken_down_has_moved_with_it(self, client, article):
        rename(article, "b", now=timezone.now())
        now = timezone.now()
        retire(article.translations.get(language="en"), by=None, at=now, now=now)
        asked = "/versions/compare/?from=1&to=2"
        one_step(client, f"/en/articles/a{asked}", f"/en/articles/b{asked}")

    def test_a_comparison_shows_the_address_that_each_version_had(self, client, article):
        rename(article, "b", now=at("2026-03-01"))
        live(article.translations.get(language="en"), {"2026-04-01": a_body("Third")})
        page = client.get("/en/articles/b/versions/compare/?from=2&to=3").content.decode()
        assert ">Address</h2>" in page
        assert "<del>a</del>" in page
        assert "<ins>b</ins>" in page

    def test_a_slug_that_is_used_again_wins_over_history(self, client, article):
        rename(article, "b", now=timezone.now())
        an_article("a", history={"2026-02-01": a_body("Another")})
        assert "Another" in client.get("/en/articles/a/").content.decode()
        rename(Article.objects.get(slug="a"), "c", now=timezone.now())
        one_step(client, "/en/articles/a/", "/en/articles/c/")

    def test_a_slug_that_is_used_again_leads_on_until_readers_see_what_is_there_now(self, client, article):
        rename(article, "b", now=timezone.now())
        client.force_login(a_user())
        page = typed(client.get("/admin/articles/article/add/"))
        english = {"accept-language": "en"}
        sent = {**page, "slug": "a", "topic": "plans"}
        added = client.post("/admin/articles/article/add/", sent, follow=True, headers=english)
        assert any("“b”" in str(said) for said in added.context["messages"])
        one_step(client, "/en/articles/a/", "/en/articles/b/")

    def test_the_desk_names_the_former_addresses_that_lead_to_an_article(self, client, article):
        rename(article, "b", now=timezone.now())
        mistaken = Article.objects.create(slug="first", topic="plans")
        rename(mistaken, "a", now=timezone.now())
        client.force_login(a_user())
        shown = [
            client.get(f"/admin/articles/article/{each.pk}/change/").content.decode() for each in (article, mistaken)
        ]
        assert ['<div class="readonly">a</div>' in html for html in shown] == [True, False]
        assert '<div class="readonly">first</div>' in shown[1]

    def test_an_article_that_nobody_has_seen_leaves_no_link_dangling(self, article):
        an_article("linking", history={"2026-02-01": a_body(text="[x](a#sources)")})
        rename(article, "b", now=timezone.now())
        Article.objects.create(slug="a", topic="plans")
        assert not [str(each) for each in dangling(timezone.now())]

    def test_bundled_words_go_to_the_article_that_they_were_of(self, client):
        the_bundled_site()
        rename(Article.objects.get(slug="plans"), "prices", now=timezone.now())
        empty = an_article("plans", history={})
        call_command("load_content", stdout=StringIO())
        assert not empty.revisions.exists()

    def test_the_wizard_and_the_texts_still_find_it(self, client, article):
        an_article("linking", history={"2026-02-01": a_body(text="[x](walked)")})
        rename(Article.objects.get(slug="walked"), "strolled", now=timezone.now())
        step = WizardPage.at("/en/wizard/").choose("walk")
        assert step.heading.startswith("Do ")
        said = StringIO()
        call_command("check_links", stdout=said)
        assert said.getvalue() == "0 lead to nothing\n"
        one_step(client, "/en/articles/walked/", "/en/articles/strolled/")


class TestAnyRenamings(TestCase):
    @settings(max_examples=25)
    @given(st.lists(st.tuples(st.integers(0, 2), st.sampled_from("abcdef")), max_size=12))
    def test_every_address_that_ever_was_is_there_or_one_step_away(self, renamings):
        a_sheet()
        texts = [
            an_article(f"first-{number}", history={"2026-02-01": a_body(f"Number {number}")}) for number in range(3)
        ]
        last = {f"first-{number}": number for number in range(3)}
        for number, slug in renamings:
            if not Article.objects.filter(slug=slug).exists():
                rename(Article.objects.get(pk=texts[number].article_id), slug, now=timezone.now())
                last[slug] = number
        client = Client()
        for slug, number in last.items():
            response = client.get(f"/en/articles/{slug}/")
            if response.status_code == 301:
                response = client.get(response.headers["Location"])
            assert response.status_code == 200
            assert f"Number {number}" in response.content.decode()
        found = Article.objects.under([*last, "nowhere"], "en", timezone.now())
        assert {each.revision.document_id for each in found} == {texts[number].pk for number in last.values()}


class TestWhatIsUnderNames:
    def under(self, *names):
        return [each.text.title for each in Article.objects.under(names, "en", timezone.now())]

    def test_what_was_renamed_is_found_once_by_all_its_names(self, article):
        rename(article, "b", now=timezone.now())
        assert self.under("a", "b", "c") == ["Topic anew"]
        assert self.under("a") == ["Topic anew"]
        assert self.under("c") == self.under() == []

    def test_a_name_that_was_given_away_leads_on_until_readers_have_seen_what_is_there(self, article):
        rename(article, "b", now=at("2026-03-01"))
        another = an_article("a", history={})
        assert self.under("a") == ["Topic anew"]
        live(another, {"2026-04-01": a_body("Another")})
        assert self.under("a") == ["Another"]
        now = timezone.now()
        retire(another, by=None, at=now, now=now)
        assert self.under("a") == []

    def test_of_two_that_had_a_name_the_last_is_meant(self, article):
        rename(article, "b", now=at("2026-03-01"))
        another = an_article("a", history={"2026-02-01": a_body("Another")})
        rename(another.article, "c", now=at("2026-04-01"))
        assert self.under("a") == ["Another"]
        assert self.under("b", "c") == ["Topic anew", "Another"]


class TestTakingDown:
    @pytest.fixture
    def desk(self, client, article):
        without_four_eyes()
        client.force_login(a_user())
        return client

    def retire(self, desk, slug, instead=None, **asked):
        text = Translation.objects.get(article__slug=slug, language="en")
        chosen = Article.objects.get(slug=instead).pk if instead else ""
        sent = {"note": "No longer true.", "instead": chosen, "zone": "UTC", **asked}
        assert desk.post(f"/admin/articles/translation/{text.pk}/retire/", sent).status_code == 302
        return text

    def test_readers_are_told_that_it_is_gone(self, desk):
        self.retire(desk, "a")
        response = desk.get("/en/articles/a/")
        assert response.status_code == 410
        assert "This page was taken down" in response.content.decode()
        assert desk.get("/zh-hant/articles/a/").status_code == 200
        assert desk.get("/en/articles/a/versions/1/").status_code == 200

    def test_or_sent_elsewhere_at_once_to_the_last_of_a_chain(self, desk):
        for slug in ("b", "c"):
            an_article(slug, history={"2026-02-01": a_body(slug)})
        self.retire(desk, "a", "b")
        one_step(desk, "/en/articles/a/", "/en/articles/b/")
        self.retire(desk, "b", "c")
        one_step(desk, "/en/articles/a/", "/en/articles/c/")
        rename(Article.objects.get(slug="a"), "aa", now=timezone.now())
        one_step(desk, "/en/articles/a/", "/en/articles/c/")
        rename(Article.objects.get(slug="c"), "cc", now=timezone.now())
        one_step(desk, "/en/articles/a/", "/en/articles/cc/")

    def test_nobody_is_sent_to_what_readers_have_never_seen(self, desk):
        unseen = an_article("unseen", history={})
        text = Translation.objects.get(article__slug="a", language="en")
        page = f"/admin/articles/translation/{text.pk}/retire/"
        sent = {"note": "n", "instead": unseen.article_id, "zone": "UTC"}
        refused = desk.post(page, sent, headers={"accept-language": "en"})
        assert refused.context["form"].errors.keys() == {"instead"}
        assert "Leave it empty to take it down now." in refused.content.decode()

    def test_in_a_circle_they_are_told_that_it_is_gone(self, desk):
        an_article("b", history={"2026-02-01": a_body("b")})
        self.retire(desk, "a", "b")
        self.retire(desk, "b", "a")
        assert desk.get("/en/articles/a/").status_code == 410

    def test_what_is_planned_has_not_happened_and_can_be_called_off(self, desk, time_machine):
        an_article("b", history={"2026-02-01": a_body("b")})
        then = timezone.now() + timedelta(days=3)
        text = self.retire(desk, "a", "b", at=then.strftime("%Y-%m-%dT%H:%M"))
        assert desk.get("/en/articles/a/").status_code == 200
        plan = text.live_changes.first()
        time_machine.move_to(then + timedelta(days=1))
        one_step(Client(), "/en/articles/a/", "/en/articles/b/")
        time_machine.move_to(then - timedelta(days=1))
        withdraw_plan(plan, by=None, now=timezone.now())
        time_machine.move_to(then + timedelta(days=1))
        assert Client().get("/en/articles/a/").status_code == 200

    def test_a_plan_that_is_moved_still_sends_them_elsewhere(self, desk, time_machine):
        an_article("b", history={"2026-02-01": a_body("b")})
        then = timezone.now() + timedelta(days=3)
        text = self.retire(desk, "a", "b", at=then.strftime("%Y-%m-%dT%H:%M"))
        moved = (then + timedelta(days=1)).strftime("%Y-%m-%dT%H:%M")
        page = f"/admin/articles/translation/{text.pk}/plan/{text.live_changes.first().pk}/"
        assert desk.post(page, {"at": moved, "zone": "UTC", "_do": "1"}).status_code == 302
        time_machine.move_to(then + timedelta(hours=1))
        assert Client().get("/en/articles/a/").status_code == 200
        time_machine.move_to(then + timedelta(days=2))
        one_step(Client(), "/en/articles/a/", "/en/articles/b/")

    @pytest.mark.parametrize("rest", ["", "/?utm_source=x", "/versions/"])
    def test_in_one_step_whatever_else_is_in_the_address(self, desk, rest):
        an_article("b", history={"2026-02-01": a_body("b")})
        rename(Article.objects.get(slug="a"), "aa", now=timezone.now())
        self.retire(desk, "aa", "b")
        one_step(desk, f"/en/articles/a{rest}", "/en/articles/b/")

    def test_what_was_before_is_still_to_be_read_by_its_day_and_number(self, desk):
        rename(Article.objects.get(slug="a"), "aa", now=timezone.now())
        self.retire(desk, "aa")
        one_step(desk, "/en/articles/a/?as_of=2026-10-10", "/en/articles/aa/?as_of=2026-10-10")
        one_step(desk, "/en/articles/a/versions/1/", "/en/articles/aa/versions/1/")


class TestWhatWasNeverThere:
    def test_a_forgotten_slash_is_nothing_to_be_sorry_about(self, client, article):
        assert client.get("/en/articles/a").headers["Location"] == "/en/articles/a/"
        assert not MissingPage.objects.exists()

    def test_what_is_wanted_pushes_out_what_nobody_asks_for_any_more(self):
        now = timezone.now()
        MissingPage.objects.bulk_create(MissingPage(path=f"/en/{n}/", last_asked=now) for n in range(MOST_MISSING))
        for _ in range(2):
            note_missing("/en/wanted/", now)
        note_missing("/en/once/", now)
        assert MissingPage.objects.count() == MOST_MISSING
        assert MissingPage.objects.get(path="/en/wanted/").times == 2

    def test_an_address_with_a_blank_gets_its_redirect_too(self, client, article):
        client.get("/en/how%20to%20cancel/")
        client.force_login(a_user())
        page = typed(client.get("/admin/articles/redirect/add/?path=%2Fen%2Fhow+to+cancel%2F"))
        assert client.post("/admin/articles/redirect/add/", {**page, "article": article.pk}).status_code == 302
        one_step(client, "/en/how%20to%20cancel/", "/en/articles/a/")

    def test_it_is_counted_without_what_was_asked_of_it(self, client, article):
        for _ in range(3):
            assert client.get("/en/articles/nowhere/?secret=1").status_code == 404
        client.get("/wp-login.php")
        assert list(MissingPage.objects.values_list("path", "times")) == [("/en/articles/nowhere/", 3)]

    def test_only_so_many_are_kept(self):
        now = timezone.now()
        MissingPage.objects.bulk_create(MissingPage(path=f"/en/{n}/", last_asked=now) for n in range(MOST_MISSING))
        note_missing("/en/one-more/", now)
        note_missing("/en/1/", now)
        note_missing("/en/" + "x" * 300, now)
        assert MissingPage.objects.count() == MOST_MISSING
        assert MissingPage.objects.get(path="/en/1/").times == 2

    def test_a_publisher_makes_a_redirect_of_it(self, client, article):
        client.get("/en/how-to-cancel/")
        client.force_login(a_user("publisher", Role.PUBLISHER))
        listed = client.get("/admin/articles/missingpage/").content.decode()
        assert "/admin/articles/redirect/add/?path=%2Fen%2Fhow-to-cancel%2F" in listed
        page = client.get("/admin/articles/redirect/add/?path=%2Fen%2Fhow-to-cancel%2F")
        assert client.post("/admin/articles/redirect/add/", {**typed(page), "article": article.pk}).status_code == 302
        one_step(client, "/en/how-to-cancel/", "/en/articles/a/")
        assert not MissingPage.objects.exists()

    def test_a_redirect_to_nothing_says_that_it_is_gone_and_a_page_that_is_there_wins(self, client, article):
        Redirect.objects.create(path="/en/old/")
        assert client.get("/en/old/").status_code == 410
        Redirect.objects.create(path="/en/articles/a/")
        assert client.get("/en/articles/a/").status_code == 200

    def test_a_redirect_leads_on_if_its_article_was_renamed(self, client, article):
        Redirect.objects.create(path="/zh-hant/old/", article=article)
        rename(article, "b", now=timezone.now())
        one_step(client, "/zh-hant/old/", "/zh-hant/articles/b/")


class TestWhoMay:
    @pytest.mark.parametrize(("role", "may"), [(Role.AUTHOR, False), (Role.REVIEWER, False), (Role.PUBLISHER, True)])
    def test_change_an_address_that_readers_know(self, client, article, role, may):
        client.force_login(a_user("somebody", role, Role.AUTHOR))
        page = client.get(f"/admin/articles/article/{article.pk}/change/")
        sent = {**typed(page), "slug": "renamed", "topic": "plans", "order": "1", "check_every": "100"}
        client.post(f"/admin/articles/article/{article.pk}/change/", sent)
        assert Article.objects.filter(slug="renamed").exists() is may
        assert FormerSlug.objects.filter(slug="a").exists() is may

    def test_a_slug_that_is_taken_is_told_beside_its_field(self, client, article):
        client.force_login(a_user())
        page = client.get(f"/admin/articles/article/{article.pk}/change/")
        response = client.post(f"/admin/articles/article/{article.pk}/change/", {**typed(page), "slug": "walked"})
        assert response.status_code == 200
        assert "slug" in response.context["adminform"].form.errors
        assert Article.objects.filter(slug="a").exists()

    def test_a_bundled_article_that_was_renamed_is_not_made_again(self, article):
        the_bundled_site()
        rename(Article.objects.get(slug="plans"), "prices", now=timezone.now())
        call_command("load_content", stdout=StringIO())
        assert not Article.objects.filter(slug="plans").exists()
        revisions = Revision.objects.filter(document__translation__article__slug="prices")
        assert [revision.number for revision in revisions] == len(LANGUAGES) * [1]
