"""The desk's first page: what waits, as numbers, each the length of the list that it opens; every list as CSV."""

import csv
import re
from datetime import timedelta
from io import StringIO

import pytest
from django.contrib import admin
from django.contrib.auth.models import Group, User
from django.urls import reverse
from django.utils import timezone

from articles.models import Article, Picture, Translation
from articles.translating import begin_in_all_languages
from helpcenter.domain.review import Role
from helpcenter.domain.versions import Significance
from helpcenter.feedback.models import Vote
from helpcenter.publishing.desk.tables import as_csv
from helpcenter.publishing.models import Revision
from helpcenter.publishing.people import close_account
from helpcenter.publishing.verbs import approve, begin_draft, publish, retire, save_draft, send_back, submit
from helpcenter.search.models import Question
from tests.builders import a_body, a_draft, a_site, a_user, an_article, at
from tests.desk import typed
from tests.pages import Page
from tests.signing_in import prove_again

pytestmark = pytest.mark.django_db


@pytest.fixture
def editor(client):
    """Somebody with every role, at the desk."""
    a_site()
    user = a_user("editor")
    client.force_login(user)
    return user


def page(client, url="/admin/"):
    return client.get(url, headers={"accept-language": "en"})


def numbers(client):
    """The numbers of the desk by the list that each opens."""
    found = re.findall(r'href="/admin/desk/([a-z-]+)/"[^>]*><b>(\d+)</b>', page(client).content.decode())
    return {key: int(number) for key, number in found}


def lines(client, key):
    response = client.get(f"/admin/desk/{key}/?_csv=1", headers={"accept-language": "en"})
    return list(csv.reader(StringIO(response.content.decode("utf-8-sig"))))


def some_of_everything(editor, name):
    """One thing for every list."""
    now = timezone.now()
    other = a_user(f"other-{name}")
    original = an_article(f"{name}-1", "zh-hant", history={"2026-02-01": a_body("原文", checked_on="2026-01-15")})
    begin_in_all_languages(original.article)
    text = an_article(f"{name}-2", history={"2026-02-01": a_body(checked_on="2026-01-15")})
    Article.objects.update(check_every=1)
    a_draft(text, a_body(text="[x](nowhere)"), other)
    submit(a_draft(original, a_body("B"), other), by=other, now=now, note="Please.")
    sent = submit(a_draft(original, a_body("C"), editor), by=editor, now=now, note="Mine.", reviewer=other)
    send_back(sent, by=other, now=timezone.now(), note="Not yet.")
    waiting = submit(a_draft(original, a_body("D"), other), by=other, now=now, note="Good.")
    approve(waiting, by=editor, now=timezone.now())
    for days in (2, 30):
        plan = Revision.objects.create(document=text, body=a_body(f"In {days}"))
        terms = {"by": None, "note": "n", "significance": Significance.CONTENT}
        publish(plan, **terms, at=now + timedelta(days=days), now=now)
    begin_in_all_languages(text.article)
    an_article(f"{name}-3", "zh-hant", history={"2026-02-01": a_body("原文")})
    behind = Translation.objects.create(article=Article.objects.get(slug=f"{name}-3"), language="en")
    Vote.objects.create(revision=text.revisions.get(number=1), helped=False, comment="No.", at=now)
    Question.objects.create(language="en", words=name, asked_as=name, times=2, last_asked=now)
    late = begin_draft(behind, a_body("Late"), by=None, now=now)
    publish(late, by=None, note="n", significance=Significance.CONTENT, at=now, now=now)


def test_each_number_is_the_length_of_the_list_that_it_opens(client, editor):
    some_of_everything(editor, "first")
    there = numbers(client)
    assert {*there} == {
        *("review", "sent-back", "approved", "this-week", "plans-behind", "calendar"),
        *("overdue", "translations-behind", "translations-missing", "broken-links", "comments", "searches"),
    }
    assert all(there.values()), there
    for key, number in there.items():
        assert page(client, f"/admin/desk/{key}/").content.decode().count("<tr><td>") == number
        assert len(lines(client, key)) == number + 1


def test_the_count_of_questions_does_not_grow_with_the_content(client, editor, django_assert_max_num_queries):
    some_of_everything(editor, "first")
    with django_assert_max_num_queries(200) as few:
        page(client)
    asked = len(few.captured_queries)
    for name in ("second", "third"):
        some_of_everything(editor, name)
    with django_assert_max_num_queries(asked):
        page(client)


def test_stock_menus_say_nothing_in_english(client, editor):
    Question.objects.create(language="en", words="a", asked_as="a", times=1, last_asked=timezone.now())
    page = client.get("/admin/search/question/", headers={"accept-language": "zh-hant"}).content.decode()
    assert '<option value="" selected>–</option>' in page


def test_own_words_do_not_wait_for_my_review(client, editor):
    text = an_article("topic")
    submit(a_draft(text, a_body("Mine"), editor), by=editor, now=timezone.now(), note="n")
    assert numbers(client)["review"] == 0


def test_what_was_given_to_another_reviewer_does_not_wait_for_me(client, editor):
    text, author, other = an_article("topic"), a_user("author"), a_user("other")
    submit(a_draft(text, a_body("x"), author), by=author, now=timezone.now(), note="n", reviewer=other)
    assert numbers(client)["review"] == 0


def test_what_waits_for_somebody_who_may_not_approve_it_waits_for_me(client, editor):
    author, other, now = a_user("author"), a_user("other"), timezone.now()
    closed = submit(a_draft(an_article("one"), a_body("x"), author), by=author, now=now, note="n", reviewer=other)
    assert numbers(client)["review"] == 0
    close_account(other)
    assert numbers(client)["review"] == 1
    wrote = a_user("wrote")
    draft = save_draft(a_draft(an_article("two"), a_body("x"), wrote), a_body("y"), by=author, now=now)
    submit(draft, by=author, now=now, note="n", reviewer=wrote)
    assert numbers(client)["review"] == 2
    assert closed.reviewer == other


def test_who_wrote_on_a_draft_is_not_offered_as_its_reviewer(client, editor):
    text, author = an_article("topic"), a_user("author")
    draft = a_draft(text, a_body("x"), author)
    offered = page(client, f"/admin/articles/translation/{text.pk}/change/?revision={draft.pk}").context["submitting"]
    assert author not in offered.fields["reviewer"].queryset


def test_what_was_sent_back_is_told_to_all_who_worked_on_it(client, editor):
    other, now = a_user("other"), timezone.now()
    draft = save_draft(a_draft(an_article("topic"), a_body("x"), editor), a_body("y"), by=other, now=now)
    send_back(submit(draft, by=other, now=now, note="n"), by=a_user("reviewer"), now=now, note="No.")
    assert numbers(client)["sent-back"] == 1
    draft.refresh_from_db()
    save_draft(draft, a_body("half of it"), by=other, now=timezone.now())
    assert numbers(client)["sent-back"] == 1


def test_who_may_not_plan_is_led_from_the_calendar_to_what_is_planned(client, editor):
    text, now = an_article("topic"), timezone.now()
    plan = Revision.objects.create(document=text, body=a_body("Sale"))
    terms = {"by": None, "note": "n", "significance": Significance.CONTENT}
    publish(plan, **terms, at=now + timedelta(days=1), until=now + timedelta(days=2), now=now)
    retire(an_article("other"), by=None, at=now + timedelta(days=1), now=now)
    client.force_login(a_user("author", Role.AUTHOR))
    links = re.findall(r'<tr><td><a href="([^"]*)"', page(client, "/admin/desk/calendar/").content.decode())
    assert len(links) == 3
    assert {client.get(link.replace("&amp;", "&")).status_code for link in links} == {200}


def test_who_has_no_role_for_it_has_nothing_waiting(client):
    a_site()
    author = a_user("author", Role.AUTHOR)
    text = an_article("topic")
    submit(a_draft(text, a_body("x"), a_user("other")), by=a_user("one"), now=timezone.now(), note="n")
    client.force_login(author)
    assert (numbers(client)["review"], numbers(client)["approved"]) == (0, 0)


def test_without_a_role_there_is_no_desk(client):
    a_site()
    stranger = a_user("stranger", Role.AUTHOR)
    stranger.user_permissions.clear()
    client.force_login(stranger)
    assert numbers(client) == {}
    assert client.get("/admin/desk/calendar/").status_code == 404


def test_the_calendar_says_what_goes_up_and_what_comes_down(client, editor):
    text, now = an_article("topic"), timezone.now()
    plan = Revision.objects.create(document=text, body=a_body("Sale"))
    terms = {"by": None, "note": "n", "significance": Significance.CONTENT}
    publish(plan, **terms, at=now + timedelta(days=1), until=now + timedelta(days=2), now=now)
    rows = [row[1:3] for row in lines(client, "calendar")[1:]]
    assert rows == [
        ["A title · English", "goes up: version 2"],
        ["A title · English", "comes down, then again: version 1"],
    ]


@pytest.mark.parametrize("url", ["articles/translation", "articles/article", "references/reference", "auth/user"])
def test_every_list_leaves_as_csv_with_what_its_filters_leave(client, editor, url):
    url = f"/admin/{url}/"
    User.objects.create(username="topic")
    User.objects.filter(pk=editor.pk).update(is_superuser=True)
    prove_again(client, editor)
    an_article("topic", history={"2026-02-01": a_body(text="{{site.account}}")})
    html = page(client, f"{url}?q=topic").content.decode()
    assert "?q=topic&amp;_csv=1" in html
    response = client.get(f"{url}?q=topic&_csv=1")
    assert response.headers["Content-Type"] == "text/csv; charset=utf-8"
    rows = list(csv.reader(StringIO(response.content.decode("utf-8-sig"))))
    shown = page(client, f"{url}?q=topic").context["cl"].result_count
    assert len(rows) == shown + 1


@pytest.mark.parametrize("asked", ["pk__in=a", "nosuch__foo=1"])
def test_a_filter_that_is_none_leaves_as_csv_no_more_than_as_a_list(client, editor, asked):
    User.objects.filter(pk=editor.pk).update(is_superuser=True)
    listed, left = (client.get(f"/admin/articles/translation/?{asked}{csv}") for csv in ("", "&_csv=1"))
    assert (left.status_code, left.headers["Location"]) == (302, listed.headers["Location"])


def test_a_csv_says_what_the_list_shows(client, editor):
    an_article("topic", history={"2026-02-01": a_body()}, topic="plans")
    picture = Picture.objects.create(key="shot", by=editor, at=at("2026-02-01"))
    picture.renditions.create(width=10, height=8, digest="0" * 16, content=b"x")
    articles = client.get("/admin/articles/article/?q=topic&_csv=1", headers={"accept-language": "en"})
    assert "Plans" in articles.content.decode()
    pictures = client.get("/admin/articles/picture/?_csv=1").content.decode()
    assert "<img" not in pictures
    assert "2026-02-01 20:00" in pictures  # in Taipei


@pytest.mark.parametrize("cell", ["=1+1", "+1", "-1", "@x", "\t=1", "\r=1", "\n=1", "＝1"])
def test_a_cell_is_no_formula(cell):
    table = as_csv("x", ["a"], [[cell]]).content.decode("utf-8-sig")
    (row,) = list(csv.reader(StringIO(table, newline="")))[1:]
    assert row == [f"'{cell}"]


def test_an_account_is_closed_and_opened_again_never_deleted_and_what_was_done_stays(client, editor):
    User.objects.filter(pk=editor.pk).update(is_superuser=True)
    prove_again(client, editor)
    author = a_user("author")
    author.groups.add(Group.objects.first())
    text = an_article("topic")
    submitted = submit(a_draft(text, a_body("x"), author), by=author, now=timezone.now(), note="n")
    address = f"/admin/auth/user/{author.pk}/change/"
    form = typed(client.get(address))
    client.post(address, {name: value for name, value in form.items() if name != "is_active"})
    author = User.objects.get(username="author")
    assert (author.is_active, author.is_staff, author.has_usable_password()) == (False, False, False)
    assert not author.groups.exists()
    assert not author.user_permissions.exists()
    assert submitted.events.first().by == author
    client.post(address, {**typed(client.get(address)), "is_active": "on"})
    author.refresh_from_db()
    assert (author.is_active, author.is_staff, author.has_usable_password()) == (True, True, False)
    picked = {"action": "delete_selected", "_selected_action": [author.pk, editor.pk], "post": "yes"}
    client.post("/admin/auth/user/", picked)
    assert client.post(f"/admin/auth/user/{author.pk}/delete/", {"post": "yes"}).status_code == 403
    assert User.objects.filter(username__in=["author", "editor"]).count() == 2
    assert "delete_selected" not in page(client, "/admin/auth/user/").content.decode()


def test_nobody_closes_their_own_account(client, editor):
    User.objects.filter(pk=editor.pk).update(is_superuser=True)
    prove_again(client, editor)
    address = f"/admin/auth/user/{editor.pk}/change/"
    form = typed(client.get(address))
    assert "is_active" not in form
    client.post(address, form)
    editor.refresh_from_db()
    assert editor.is_active


@pytest.mark.parametrize("language", ["en", "zh-hant", "zh-hans"])
def test_the_page_of_an_account_has_no_words_of_programmers(client, editor, language):
    User.objects.filter(pk=editor.pk).update(is_superuser=True)
    prove_again(client, editor)
    for address in ("add/", f"{editor.pk}/change/", f"{a_user('author').pk}/change/", ""):
        shown = client.get(f"/admin/auth/user/{address}", headers={"accept-language": language})
        words = Page(shown).soup.select_one("#content-start").get_text(" ").lower()
        for word in OF_PROGRAMMERS:
            assert word not in words, (address, word)


OF_PROGRAMMERS = ("staff", "permission", "algorithm", "hash", "raw password", "工作人員", "权限", "權限", "職員", "is_")


@pytest.mark.django_db
def test_an_address_that_names_no_field_is_as_one_without(admin_client):
    for model in admin.site._registry:
        address = reverse(f"admin:{model._meta.app_label}_{model._meta.model_name}_change", args=["1"])
        assert admin_client.get(f"{address}?_to_field=").status_code < 500, model
