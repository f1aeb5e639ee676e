"""What is put in the bin is gone from the desk, and comes back as it was."""

from datetime import timedelta

import pytest
from django.utils import timezone

from articles.bin import put, take_out
from articles.models import Article, Redirect, Retirement
from articles.redirects import rename
from articles.sharing import link, share
from helpcenter.domain.findings import Refused
from helpcenter.domain.review import Role
from helpcenter.domain.versions import Significance
from helpcenter.publishing.verbs import publish, retire, submit
from tests.builders import LANGUAGES, a_body, a_draft, a_site, a_user, an_article, at, reviewed
from tests.desk import typed
from tests.replay import replayed

pytestmark = pytest.mark.django_db

ENGLISH = {"accept-language": "en"}


@pytest.fixture
@replayed
def article():
    """One that readers once saw in both languages, by two slugs, with a redirect and a draft."""
    a_site()
    for language in LANGUAGES:
        text = an_article("old", language, history={"2026-02-01": a_body("Seen")})
        now = timezone.now()
        retire(text, by=None, at=now, now=now)
    rename(text.article, "new", now=timezone.now())
    Redirect.objects.create(path="/en/short/", article=text.article)
    a_draft(text, a_body("Half a draft"), a_user("author"))
    return Article.objects.get(slug="new")


@pytest.fixture
def desk(client):
    client.force_login(a_user("somebody"))
    return client


def listed(desk, address):
    page = desk.get(address, headers=ENGLISH)
    return [str(each) for each in page.context["cl"].result_list]


class TestAnArticle:
    def test_leaves_the_desk_with_its_texts_and_drafts_and_comes_back_with_all_of_them(self, article, desk):
        def seen():
            desks = [desk.get(f"/admin/desk/{key}/?_csv=1").content for key in ("broken-links", "translations-missing")]
            return desks, listed(desk, "/admin/articles/translation/"), listed(desk, "/admin/articles/article/")

        before = seen()
        sent = {"post": "yes"}
        gone = desk.post(f"/admin/articles/article/{article.pk}/delete/", sent, headers=ENGLISH, follow=True)
        assert '“new” lies in the bin. <a href="/admin/articles/article/?bin=in">Bin</a>' in gone.content.decode()
        assert "new" not in listed(desk, "/admin/articles/article/")
        assert not any("new" in text for text in listed(desk, "/admin/articles/translation/"))
        assert listed(desk, "/admin/articles/article/?bin=in") == ["new"]
        action = {"action": "take_out_of_the_bin", "_selected_action": [article.pk]}
        desk.post("/admin/articles/article/?bin=in", action, headers=ENGLISH)
        assert seen() == before
        assert article.slugs == ["new", "old"]
        assert article.translations.count() == len(LANGUAGES)
        assert Redirect.objects.get().article == article

    def test_its_permalinks_stay_and_what_leads_to_it_says_that_it_is_gone(self, client, article):
        put(article, now=timezone.now())
        assert "Seen" in client.get("/en/articles/new/versions/1/").content.decode()
        for address in ("/en/articles/new/", "/en/articles/old/", "/en/short/"):
            assert client.get(address).status_code == 410
        take_out(article)
        draft = reviewed(article.translations.get(language="en").revisions.newest_draft() or _draft_in(article, "en"))
        now = timezone.now()
        publish(draft, by=None, note="n", significance=Significance.CONTENT, at=now, now=now)
        for address in ("/en/articles/old/", "/en/short/"):
            assert client.get(address).headers["Location"] == "/en/articles/new/"

    def test_that_readers_see_or_will_see_stays_where_it_is(self, article, desk):
        draft = reviewed(_draft_in(article, "en"))
        soon = at("2090-01-01")
        publish(draft, by=None, note="n", significance=Significance.CONTENT, at=soon, now=timezone.now())
        address = f"/admin/articles/article/{article.pk}/delete/"
        for page in (desk.get(address, headers=ENGLISH), desk.post(address, {"post": "yes"}, headers=ENGLISH)):
            assert "Take it down" in page.content.decode()
            assert 'name="post"' not in page.content.decode()
        assert Article.objects.get(pk=article.pk).binned_at is None
        sent = {"action": "delete_selected", "_selected_action": [article.pk], "post": "yes"}
        desk.post("/admin/articles/article/", sent, headers=ENGLISH, follow=True)
        assert Article.objects.get(pk=article.pk).binned_at is None

    def test_that_a_text_links_to_stays_where_it_is(self, article):
        an_article("linking", history={"2026-02-01": a_body(text="words")})
        a_draft(an_article("writing", history={}), a_body(text="[x](old)"), a_user("another"))
        with pytest.raises(Refused) as refused:
            put(article, now=timezone.now())
        assert [finding.code for finding in refused.value.findings] == ["linked-from"]

    def test_to_which_readers_will_be_sent_by_a_plan_stays_where_it_is(self, article):
        other = an_article("other", history={"2026-02-01": a_body()})
        now = timezone.now()
        planned = retire(other, by=None, at=now + timedelta(days=3), now=now)
        Retirement.objects.create(change=planned, instead=article)
        with pytest.raises(Refused) as refused:
            put(article, now=timezone.now())
        assert [finding.code for finding in refused.value.findings] == ["linked-from"]

    def test_that_nobody_saw_goes_though_texts_still_name_the_article_before_it_so(self, article):
        an_article("linking", history={"2026-02-01": a_body(text="[x](walked)")})
        rename(Article.objects.get(slug="walked"), "strolled", now=timezone.now())
        mistaken = Article.objects.create(slug="walked", topic="plans")
        put(mistaken, now=timezone.now())
        assert Article.objects.get(slug="walked").binned_at
        with pytest.raises(Refused):
            put(Article.objects.get(slug="strolled"), now=timezone.now())

    def test_stays_there_though_somebody_renames_it_who_had_opened_it_before(self, article):
        stale = Article.objects.get(pk=article.pk)
        put(article, now=timezone.now())
        rename(stale, "renamed", now=timezone.now())
        assert Article.objects.get(slug="renamed").binned_at

    def test_shows_none_of_its_drafts_by_a_link_that_was_shared_before(self, client, article):
        draft = article.translations.get(language=LANGUAGES[-1]).revisions.newest_draft()
        shared = share(draft, by=draft.author, days=3, now=timezone.now())
        assert client.get(link(shared)).status_code == 200
        put(article, now=timezone.now())
        assert client.get(link(shared)).status_code == 410

    @pytest.mark.parametrize("page", ["change", "share", "retire", "compare"])
    def test_has_no_pages_at_the_desk(self, article, desk, page):
        text = article.translations.first()
        assert desk.get(f"/admin/articles/translation/{text.pk}/{page}/").status_code == 200
        put(article, now=timezone.now())
        assert desk.get(f"/admin/articles/translation/{text.pk}/{page}/").status_code == 404

    def test_is_not_written_on_while_it_is_there(self, article, desk):
        put(article, now=timezone.now())
        text = article.translations.get(language=LANGUAGES[-1])
        draft = text.revisions.newest_draft() or _draft_in(article, text.language)
        with pytest.raises(Refused) as refused:
            submit(draft, by=draft.author, now=timezone.now(), note="n")
        assert "bin-it-is-in" in {finding.code for finding in refused.value.findings}
        page = desk.get(f"/admin/articles/article/{article.pk}/change/", headers=ENGLISH)
        assert not page.context["has_change_permission"]

    def test_keeps_its_slug(self, article, desk):
        put(article, now=timezone.now())
        page = typed(desk.get("/admin/articles/article/add/"))
        sent = {**page, "slug": "new", "topic": "plans"}
        said = desk.post("/admin/articles/article/add/", sent, headers=ENGLISH)
        assert "in the bin" in str(said.context["adminform"].form.errors["slug"])

    def test_is_no_place_to_send_readers(self, article, desk):
        put(article, now=timezone.now())
        other = an_article("other", history={"2026-02-01": a_body()})
        page = desk.get(f"/admin/articles/translation/{other.pk}/retire/").content.decode()
        assert f'value="{article.pk}"' not in page
        assert not Retirement.objects.exists()


class TestARedirect:
    def test_lies_there_with_the_article_to_which_it_leads(self, article, desk):
        redirect = Redirect.objects.get()
        put(article, now=timezone.now())
        assert listed(desk, "/admin/articles/redirect/") == []
        assert desk.get(f"/admin/articles/redirect/{redirect.pk}/change/").status_code == 302
        again = desk.post("/admin/articles/redirect/add/", {"path": redirect.path, "article": ""}, headers=ENGLISH)
        assert "This one is in the bin." in again.content.decode()
        take_out(article)
        assert listed(desk, "/admin/articles/redirect/") == [str(redirect)]

    def test_leads_nowhere_while_it_is_in_the_bin(self, article, desk):
        redirect = Redirect.objects.get()
        desk.post(f"/admin/articles/redirect/{redirect.pk}/delete/", {"post": "yes"}, headers=ENGLISH)
        assert desk.get("/en/short/").status_code == 404
        assert listed(desk, "/admin/articles/redirect/") == []
        page = typed(desk.get("/admin/articles/redirect/add/"))
        said = desk.post("/admin/articles/redirect/add/", {**page, "path": "/en/short/"}, headers=ENGLISH)
        assert "in the bin" in str(said.context["adminform"].form.errors["path"])
        action = {"action": "take_out_of_the_bin", "_selected_action": [redirect.pk]}
        desk.post("/admin/articles/redirect/?bin=in", action, headers=ENGLISH)
        assert desk.get("/en/short/").status_code == 410

    @pytest.mark.parametrize("role", [Role.AUTHOR, Role.REVIEWER])
    def test_is_put_there_by_publishers_alone(self, client, article, role):
        client.force_login(a_user("one", role))
        redirect = Redirect.objects.get()
        assert client.post(f"/admin/articles/redirect/{redirect.pk}/delete/", {"post": "yes"}).status_code == 403
        action = {"action": "take_out_of_the_bin", "_selected_action": [redirect.pk]}
        client.post("/admin/articles/redirect/", action)
        assert Redirect.objects.get().binned_at is None


def _draft_in(article, language):
    text = article.translations.get(language=language)
    return a_draft(text, a_body("Half a draft"), a_user(f"author-{language}"))
