"""What is typed and not saved is kept, offered again after a crash, and never in anybody's way."""

import pytest
from django.urls import reverse

from helpcenter.domain.review import Role
from helpcenter.publishing.models import Unsaved
from tests.builders import a_body, a_site, a_user, an_article, without_four_eyes
from tests.desk import typed
from tests.replay import replayed

pytestmark = pytest.mark.django_db


@pytest.fixture
@replayed
def article():
    a_site()
    without_four_eyes()
    return an_article("topic", history={"2026-01-02": a_body("Topic", text="Live.")})


@pytest.fixture
def desk(client, article):
    client.force_login(a_user())
    return client


def at(article, page="change"):
    return reverse(f"admin:articles_translation_{page}", args=[article.pk])


def english(desk, url):
    return desk.get(url, headers={"accept-language": "en"})


def leave(desk, article, text):
    """Somebody types, and the browser is gone before anything is saved."""
    sent = {**typed(desk.get(at(article))), "text": text}
    assert desk.post(at(article, "typed"), sent).status_code == 200
    return sent


def test_after_a_crash_the_words_are_offered_and_can_be_gone_on_with(desk, article):
    leave(desk, article, "Half a sent")
    page = english(desk, at(article))
    assert "did not save it" in page.content.decode()
    assert typed(page)["text"] == "Live."
    unsaved = Unsaved.objects.get()
    restored = typed(desk.get(f"{at(article)}?restore={unsaved.pk}"))
    assert restored["text"] == "Half a sent"
    assert desk.post(at(article), {**restored, "_save": "1"}).status_code == 302
    assert article.revisions.newest_draft().body["text"] == "Half a sent"
    assert not Unsaved.objects.exists()


def test_nothing_of_it_is_a_version_or_a_draft(desk, article):
    leave(desk, article, "Half a sent")
    assert article.revisions.count() == 1


def test_what_cannot_be_saved_is_kept_too(desk, article):
    sent = {**typed(desk.get(at(article))), "title": "", "checked_on": "soon", "text": "Words."}
    desk.post(at(article, "typed"), sent)
    restored = desk.get(f"{at(article)}?restore={Unsaved.objects.get().pk}")
    assert typed(restored)["text"] == "Words."
    assert typed(restored)["checked_on"] == "soon"


def test_it_can_be_forgotten(desk, article):
    sent = leave(desk, article, "Half a sent")
    assert desk.post(at(article, "typed"), {"_forget": sent["_tab"]}).status_code == 302
    assert not Unsaved.objects.exists()


def test_two_tabs_do_not_keep_over_each_other(desk, article):
    leave(desk, article, "First tab")
    leave(desk, article, "Second tab")
    assert {each.fields["text"][0] for each in Unsaved.objects.all()} == {"First tab", "Second tab"}


def test_a_second_tab_is_told_and_keeps_its_text(desk, article):
    desk.post(at(article), {**typed(desk.get(at(article))), "text": "Begun.", "_save": "1"})
    first, second = typed(desk.get(at(article))), typed(desk.get(at(article)))
    desk.post(at(article), {**first, "text": "First.", "_save": "1"})
    kept = desk.post(at(article, "typed"), {**second, "text": "Second."}, headers={"accept-language": "en"})
    assert "has changed this draft meanwhile" in kept.content.decode()
    conflict = desk.post(at(article), {**second, "text": "Second.", "_save": "1"})
    assert conflict.status_code == 200
    assert typed(conflict)["text"] == "Second."
    assert "<del>First</del><ins>Second</ins>" in conflict.content.decode()
    assert article.revisions.newest_draft().body["text"] == "First."


def test_restored_words_meet_the_draft_that_they_were_typed_over(desk, article):
    desk.post(at(article), {**typed(desk.get(at(article))), "text": "Begun.", "_save": "1"})
    leave(desk, article, "Mine.")
    other = article.revisions.newest_draft()
    desk.post(at(article), {**typed(desk.get(at(article))), "text": "Theirs.", "_save": "1"})
    restored = typed(desk.get(f"{at(article)}?restore={Unsaved.objects.get().pk}"))
    assert restored["_started"] == str(other.pk)
    assert desk.post(at(article), {**restored, "_save": "1"}).status_code == 200
    assert article.revisions.newest_draft().body["text"] == "Theirs."


def test_nobody_sees_what_another_types(desk, client, article):
    leave(desk, article, "Secret.")
    unsaved = Unsaved.objects.get()
    client.force_login(a_user("other"))
    page = english(client, f"{at(article)}?restore={unsaved.pk}").content.decode()
    assert "Secret." not in page
    assert "did not save it" not in page


def test_who_may_not_write_keeps_nothing(client, article):

    client.force_login(a_user("publisher", Role.PUBLISHER))
    assert client.post(at(article, "typed"), {"text": "x"}).status_code == 403
    assert client.get(at(article, "typed")).status_code == 403


def test_what_is_wrong_is_said_while_one_types(desk, article):
    page = typed(desk.get(at(article)))
    kept = desk.post(at(article, "typed"), {**page, "text": "{{no.such_fact}}"}, headers={"accept-language": "en"})
    assert "no.such_fact" in kept.content.decode()
    assert 'hx-swap-oob="true"' in kept.content.decode()
    mended = desk.post(at(article, "typed"), page).content.decode()
    assert 'hx-swap-oob="true"' in mended
    assert "finding--" not in mended


def test_half_a_form_is_kept_and_not_checked(desk, article):
    half = desk.post(at(article, "typed"), {**typed(desk.get(at(article))), "title": ""}).content.decode()
    assert "hx-swap-oob" not in half
