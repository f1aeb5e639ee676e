"""Articles at the editors' desk: write, check, preview, publish, retire; and who may."""

import pytest
from django.contrib.auth.models import Group, User
from django.urls import reverse
from django.utils import timezone

from articles.models import Retirement, Translation
from helpcenter.domain.review import Role
from helpcenter.facts.models import FactSheetDocument
from helpcenter.publishing.verbs import retire
from tests.builders import LANGUAGES, a_body, a_site, a_user, an_article, without_four_eyes
from tests.desk import typed
from tests.replay import replayed

pytestmark = pytest.mark.django_db

LIST = "/admin/articles/translation/"


@pytest.fixture
@replayed
def article():
    a_site()
    return an_article("topic", history={"2026-01-02": a_body("Topic", text="A sentense.", steps=("one", "two"))})


@pytest.fixture
def desk(client, article):
    """A desk without four eyes, where one person does it all; tests/publishing/test_desk.py has the other."""
    without_four_eyes()
    client.force_login(a_user())
    return client


def change(article):
    return reverse("admin:articles_translation_change", args=[article.pk])


def send(desk, article, button, **changes):
    sent = {**typed(desk.get(change(article))), "note": "Spelling.", "significance": "typo"}
    return desk.post(change(article), {**sent, **changes, button: "1"})


def live(article):
    return article.revisions.live(timezone.now()).first()


@pytest.mark.parametrize(("field", "value"), [("slug", "wizard"), ("slug", "refund"), ("check_every", "4000000")])
def test_what_would_lead_elsewhere_or_never_be_due_is_refused_beside_its_field(desk, article, field, value):
    page = reverse("admin:articles_article_change", args=[article.article.pk])
    answer = desk.post(page, {**typed(desk.get(page)), field: value})
    assert answer.context["adminform"].form.errors.keys() == {field}


@pytest.mark.parametrize("opened", ["2026-13-45T00:00:00", "2026-01-01T00:00:00", "x", ""])
def test_words_are_kept_whatever_the_hidden_fields_say(desk, article, opened):
    assert send(desk, article, "_save", _opened=opened, text="A long day of typing.").status_code == 302
    assert article.revisions.newest_draft().body["text"] == "A long day of typing."


def test_an_editor_corrects_a_sentence_and_publishes_it_in_at_most_six_requests(desk, article):
    pages = [desk.get(LIST)]
    assert change(article) in pages[0].content.decode()
    pages.append(desk.get(change(article)))
    sent = {**typed(pages[-1]), "note": "Spelling.", "significance": "typo", "_publish": "1"}
    sent["text"] = sent["text"].replace("sentense", "sentence")
    pages.append(desk.post(change(article), sent))
    pages.append(desk.get(pages[-1].url))
    pages.append(desk.get("/en/articles/topic/"))
    assert "A sentence." in pages[-1].content.decode()
    assert len(pages) <= 6
    assert [page.status_code for page in pages] == [200, 200, 302, 200, 200]


def test_only_what_was_changed_changes(desk, article):
    send(desk, article, "_publish", text="A sentence.")
    assert live(article).body == a_body("Topic", text="A sentence.", steps=("one", "two"))


def test_author_publisher_note_and_significance_are_recorded(desk, article, client):
    send(desk, article, "_save", text="Hers.")
    publisher = a_user("publisher")
    client.force_login(publisher)
    send(client, article, "_publish")
    revision = live(article)
    assert revision.author.username == "editor"
    assert revision.live_changes.get().by == publisher
    assert (revision.note, revision.significance) == ("Spelling.", "typo")
    history = client.get(change(article)).content.decode()
    assert "<td>editor</td><td>publisher</td>" in history


def test_a_draft_is_kept_and_seen_by_no_reader(desk, article):
    assert send(desk, article, "_save", text="Half written.").status_code == 302
    assert "Half written." in desk.get(change(article)).content.decode()
    assert "Half written." not in desk.get("/en/articles/topic/").content.decode()


def test_publishing_asks_for_a_change_note_and_keeps_the_typing(desk, article):
    response = send(desk, article, "_publish", text="Typed.", note="")
    assert response.context["submitting"].errors.keys() == {"note"}
    assert "Typed." in response.content.decode()
    assert live(article).number == 1


def test_a_finding_refuses_it_and_the_text_is_kept_as_a_draft(desk, article):
    response = send(desk, article, "_publish", text="See {{refund.gpu_limit}}.")
    assert "refund.gpu_limit" in response.context["findings"][0][1]
    assert response.context["findings"][0][0] == "error"
    assert live(article).number == 1
    assert article.revisions.newest_draft().body["text"] == "See {{refund.gpu_limit}}."
    assert "refund.gpu_limit" in desk.get(change(article)).content.decode()


class TestPreview:
    def url(self, desk, article):
        response = send(desk, article, "_preview", text="Not **yet**.")
        assert response.status_code == 302
        return response.url

    def test_it_is_the_readers_page_and_kept_nowhere(self, desk, article):
        page = desk.get(self.url(desk, article))
        assert "articles/article.html" in [template.name for template in page.templates]
        assert "Not <strong>yet</strong>." in page.content.decode()
        assert "no-store" in page["Cache-Control"]
        assert "public" not in page["Cache-Control"]

    def test_it_is_in_the_language_of_the_text(self, desk):
        article = Translation.objects.get(article__slug="walked", language="zh-hant")
        page = desk.get(self.url(desk, article))
        assert '<html lang="zh-Hant">' in page.content.decode()

    def test_nobody_else_sees_it(self, desk, article, client):
        url = self.url(desk, article)
        client.logout()
        response = client.get(url)
        assert response.status_code == 302
        assert "/login/" in response.url

    def test_a_revision_of_another_document_is_not_found_here(self, desk, article):
        other = Translation.objects.filter(article__slug="walked").first().revisions.get()
        assert desk.get(f"{LIST}{article.pk}/preview/{other.pk}/").status_code == 404


class TestWithoutTheRightToPublish:
    @pytest.fixture
    def desk(self, client, article):
        client.force_login(a_user("writer", Role.AUTHOR))
        return client

    def test_there_is_no_button(self, desk, article):
        page = desk.get(change(article)).content.decode()
        assert 'name="_publish"' not in page
        assert "/retire/" not in page
        assert 'name="_save"' in page

    def test_nothing_is_published(self, desk, article):
        assert send(desk, article, "_publish", text="Mine.").status_code == 200
        assert live(article).number == 1

    def test_nothing_is_retired(self, desk, article):
        assert desk.post(f"{LIST}{article.pk}/retire/", {"note": "Mine."}).status_code == 403
        assert live(article).number == 1

    def test_a_draft_may_be_written(self, desk, article):
        assert send(desk, article, "_save", text="Mine.").status_code == 302
        assert article.revisions.newest_draft().author.username == "writer"


def test_the_desk_is_closed_to_readers(client, article):
    for url in (LIST, change(article), f"{LIST}{article.pk}/compare/"):
        assert "/login/" in client.get(url).url


def test_a_publisher_retires_an_article_and_its_versions_stay(desk, article):
    desk.post(f"{LIST}{article.pk}/retire/", {"note": "Wrong.", "at": "", "zone": "UTC"})
    assert live(article) is None
    assert desk.get("/en/articles/topic/").status_code == 410
    assert desk.get("/en/articles/topic/versions/1/").status_code == 200
    assert "retired" in desk.get(LIST, headers={"accept-language": "en"}).content.decode()


PUBLISHING = {"en": ("publish", "live"), "zh-hant": ("發布", "上線"), "zh-hans": ("发布", "上线")}


@pytest.mark.parametrize("language", PUBLISHING)
def test_who_plans_to_take_an_article_down_is_not_told_of_publishing(desk, article, language):
    def said(answer):
        """The words of a page that are about what is asked, and what was said of what was done."""
        asked = answer.context
        form = [str(asked[name]) for name in ("title", "button")] + [str(asked["form"])] if "button" in asked else []
        return " ".join([*form, *map(str, asked["messages"])])

    def sent(page, **fields):
        answer = desk.post(page, {"note": "Wrong.", "zone": "UTC", **fields}, follow=True, headers=asks)
        return said(answer)

    asks, page = {"accept-language": language}, f"{LIST}{article.pk}/retire/"
    heard = [said(desk.get(page, headers=asks)), sent(page, at="2001-01-01T12:00"), sent(page, at="2031-01-01T12:00")]
    plan = article.live_changes.get(revision=None)
    page = f"{LIST}{article.pk}/plan/{plan.pk}/"
    heard += [said(desk.get(page, headers=asks)), sent(page, at="2001-01-01T12:00"), sent(page, at="2032-01-01T12:00")]
    heard += [sent(page, _withdraw="1")]
    assert all(heard)
    for word in PUBLISHING[language]:
        assert [words for words in heard if word in words.lower()] == []


def test_nothing_can_be_deleted_at_the_desk(desk, article):
    assert desk.post(f"{LIST}{article.pk}/delete/", {"post": "yes"}).status_code == 403
    desk.post(LIST, {"action": "delete_selected", "_selected_action": [article.pk], "post": "yes"})
    assert Translation.objects.filter(pk=article.pk).exists()


class TestSteps:
    def keys(self, article):
        return [step["key"] for step in live(article).body.get("steps", [])]

    def test_one_is_added(self, desk, article):
        new = {"key": "three", "title": "Do three", "text": "How.", "see": "This.", "if_not": "That.", "ORDER": "3"}
        send(desk, article, "_publish", **{f"steps-2-{name}": words for name, words in new.items()})
        assert self.keys(article) == ["one", "two", "three"]

    def test_they_change_places(self, desk, article):
        send(desk, article, "_publish", **{"steps-0-ORDER": "2", "steps-1-ORDER": "1"})
        assert self.keys(article) == ["two", "one"]

    def test_one_is_taken_away(self, desk, article):
        send(desk, article, "_publish", **{"steps-0-DELETE": "on"})
        assert self.keys(article) == ["two"]

    def test_two_with_one_key_are_refused(self, desk, article):
        response = send(desk, article, "_publish", **{"steps-1-key": "one"})
        assert response.status_code == 200
        assert self.keys(article) == ["one", "two"]

    def test_a_missing_word_is_told_beside_its_field(self, desk, article):
        response = send(desk, article, "_publish", **{"steps-1-see": " "})
        _, steps = response.context["typed"]
        assert [list(form.errors) for form in steps][:2] == [[], ["see"]]


def test_a_new_article_has_a_text_to_write_in_each_language(desk):
    added = desk.post(
        "/admin/articles/article/add/",
        {"slug": "brand-new", "topic": "plans", "path": "", "order": "5", "check_every": "90"},
    )
    texts = {text.language: text for text in Translation.objects.filter(article__slug="brand-new")}
    assert {*texts} == {*LANGUAGES}
    assert added.headers["Location"] == change(texts["zh-hant"])
    words = {"title": "New", "summary": "Short.", "text": "Words.", "sources": "a page", "checked_on": "2026-10-07"}
    assert send(desk, texts["en"], "_publish", **words).status_code == 302
    assert "Words." in desk.get("/en/articles/brand-new/").content.decode()
    assert desk.get(f"{LIST}add/").status_code == 403


def test_the_draft_is_compared_with_what_is_live(desk, article):
    send(desk, article, "_save", text="A sentence.")
    page = desk.get(f"{LIST}{article.pk}/compare/").content.decode()
    assert "<del>sentense</del><ins>sentence</ins>" in page


@pytest.mark.parametrize("pk", ["abc", "0", "99999999999999999999999"])
def test_what_is_no_document_is_not_found(desk, pk):
    assert desk.get(f"{LIST}{pk}/change/").status_code in (302, 404)


@pytest.mark.parametrize("query", ["Topic", "topic", "sentense"])
def test_an_article_is_found_by_its_words(desk, article, query):
    assert change(article) in desk.get(LIST, {"q": query}).content.decode()


def test_an_articles_step_that_the_flow_needs_is_not_taken_away(desk):
    walked = Translation.objects.get(article__slug="walked", language="zh-hant")
    response = send(desk, walked, "_publish", **{"steps-0-DELETE": "on", "steps-1-DELETE": "on"})
    assert response.status_code == 200
    assert live(walked).number == 1


def test_a_publisher_goes_back_to_an_earlier_version(desk, article):
    send(desk, article, "_publish", text="Second thoughts.")
    assert live(article).number == 2
    first = article.revisions.get(number=1)
    again = f"{LIST}{article.pk}/again/{first.pk}/"
    assert f'href="{again}"' in desk.get(change(article)).content.decode()
    assert desk.post(again, {**typed(desk.get(again)), "note": ""}).status_code == 200
    assert live(article).number == 2
    desk.post(again, {**typed(desk.get(again)), "note": "The first was right."})
    assert live(article).number == 1
    assert article.live_changes.first().note == "The first was right."
    assert article.revisions.count() == 2


@pytest.mark.parametrize("unknown", ["0", "99999999999999999"])
def test_a_version_that_is_not_there_does_not_go_live(desk, article, unknown):
    assert desk.post(f"{LIST}{article.pk}/again/{unknown}/", {"note": "Back."}).status_code == 404


class TestTwoEditorsAtOnce:
    @pytest.fixture
    def opened(self, desk, article):
        """The fields as somebody opened them before another editor published."""
        page = {**typed(desk.get(change(article))), "note": "Mine.", "significance": "content"}
        send(desk, article, "_publish", text="Theirs.")
        return page

    def test_the_later_does_not_undo_the_earlier_unseen(self, desk, article, opened):
        response = desk.post(change(article), {**opened, "title": "My title", "_publish": "1"})
        page = response.content.decode()
        assert live(article).body["text"] == "Theirs."
        assert article.revisions.newest_draft().body["title"] == "My title"
        assert 'value="My title"' in page
        assert "<ins>Theirs</ins>" in page
        again = {**typed(response), "note": "Mine.", "significance": "content", "_publish": "1"}
        assert desk.post(change(article), again).status_code == 200
        assert desk.post(change(article), {**again, "_taken_over": str(live(article).pk)}).status_code == 302
        assert live(article).body["title"] == "My title"

    def test_a_mistake_in_a_field_does_not_hide_it(self, desk, article, opened):
        response = desk.post(change(article), {**opened, "title": "", "_save": "1"})
        desk.post(change(article), {**typed(response), "title": "My title", "_save": "1"})
        assert "<ins>Theirs</ins>" in desk.get(change(article)).content.decode()

    def test_of_two_on_one_draft_the_later_is_told_and_both_are_kept(self, desk, article):
        send(desk, article, "_save", text="Before.")
        opened = typed(desk.get(change(article)))
        send(desk, article, "_save", text="Hers.")
        sent = {**opened, "text": "His.", "_save": "1"}
        response = desk.post(change(article), sent, headers={"accept-language": "en"})
        assert response.status_code == 200
        page = response.content.decode()
        assert "<del>Hers</del><ins>His</ins>" in page
        assert "you changed it meanwhile in another tab" in page
        assert "somebody else" not in page
        assert desk.post(change(article), {**typed(response), "_save": "1"}).status_code == 302
        assert {draft.body["text"] for draft in article.revisions.open()} == {"Hers.", "His."}

    def test_of_two_who_begin_at_once_the_later_is_told_and_both_are_kept(self, desk, article):
        opened = typed(desk.get(change(article)))
        send(desk, article, "_save", text="Hers.")
        response = desk.post(change(article), {**opened, "text": "His.", "_save": "1"})
        assert response.status_code == 200
        assert article.revisions.open().count() == 1
        assert desk.post(change(article), {**typed(response), "_save": "1"}).status_code == 302
        assert {draft.body["text"] for draft in article.revisions.open()} == {"Hers.", "His."}


@pytest.mark.parametrize(
    ("orders", "keys"),
    [({2: "1"}, "three one two"), ({0: "3"}, "two three one"), ({0: "2"}, "two one three"), ({2: ""}, "one two three")],
)
def test_a_moved_step_takes_the_place_that_was_typed(desk, orders, keys):
    moved = an_article("moved", history={"2026-01-02": a_body("Moved", steps=("one", "two", "three"))})
    response = send(desk, moved, "_save", **{f"steps-{index}-ORDER": order for index, order in orders.items()})
    assert response.status_code == 302
    draft = moved.revisions.newest_draft() or live(moved)
    assert [step["key"] for step in draft.body["steps"]] == keys.split()
    compared = desk.get(f"{LIST}{moved.pk}/compare/", headers={"accept-language": "en"}).content.decode()
    assert ("Steps, in their order" in compared) is any(orders.values())


@pytest.mark.parametrize("key", ["Open", "open page", "open_page", "-"])
def test_a_step_key_that_cannot_stand_in_an_address_is_told_beside_its_field(desk, article, key):
    response = send(desk, article, "_save", **{"steps-0-key": key})
    assert list(response.context["typed"][1][0].errors) == ["key"]


def test_places_are_named_in_the_editors_words(desk, article):
    sent = {**typed(desk.get(change(article))), "note": "n", "text": "{{refund.gpu_limit}}", "_publish": "1"}
    sent |= {"steps-0-if_not": "{{no.fact}}", "significance": "typo"}
    response = desk.post(change(article), sent, headers={"accept-language": "zh-TW"})
    words = " ".join(words for _, words, _ in response.context["findings"])
    assert "內文:" in words
    assert "步驟 1 · 沒看到怎麼辦:" in words


def test_a_missing_change_note_is_told_at_the_top(desk, article):
    response = send(desk, article, "_publish", text="Typed.", note="")
    assert 'class="error"' in response.content.decode()


def test_a_refused_text_says_that_one_goes_on_with_a_draft(desk, article):
    response = send(desk, article, "_publish", text="{{refund.gpu_limit}}")
    assert response.context["draft"] == article.revisions.newest_draft()


def test_the_form_for_one_more_fact_is_whole(desk):
    page = desk.get(reverse("admin:facts_factsheetdocument_change", args=[FactSheetDocument.objects.get().pk]))
    assert page.content.decode().count('name="new-key"') == 1


def test_the_facts_can_be_looked_up_beside_a_text(desk, article):
    assert "<code>{{refund.gpu_minutes}}</code>" in desk.get(change(article)).content.decode()


def test_a_change_note_is_kept_with_the_draft(desk, article):
    send(desk, article, "_save", text="Hers.", note="For the publisher.")
    assert typed(desk.get(change(article)))["note"] == "For the publisher."


def test_the_forms_for_something_new_are_in_the_editors_language(desk):
    for url in (f"{LIST}add/", "/admin/articles/article/add/"):
        assert "Select" not in desk.get(url, headers={"accept-language": "zh-TW"}).content.decode()
    sent = {"slug": "Not a slug", "topic": "plans", "order": "5"}
    page = desk.post("/admin/articles/article/add/", sent, headers={"accept-language": "zh-TW"})
    assert "例如 open-page" in page.content.decode()


def test_who_opens_what_is_taken_down_is_told_since_when_and_where_readers_go(desk, article):
    other, now = an_article("other"), timezone.now()
    change = retire(article, by=None, at=now, now=now)
    Retirement.objects.create(change=change, instead=other.article)
    page = desk.get(f"/admin/articles/translation/{article.pk}/change/", headers={"accept-language": "en"})
    assert "They are sent to “other”." in page.content.decode()
    assert "retired → other" in page.content.decode()


def test_a_role_lets_its_owner_sign_in(desk):
    administrator = User.objects.create_superuser("root")
    desk.force_login(administrator)
    amy = User.objects.create(username="amy")
    page = desk.get(f"/admin/auth/user/{amy.pk}/change/")
    groups = [Group.objects.get(name="作者 Authors").pk]
    desk.post(f"/admin/auth/user/{amy.pk}/change/", {**typed(page), "groups": groups})
    amy.refresh_from_db()
    assert (amy.groups.count(), amy.is_staff) == (1, True)
