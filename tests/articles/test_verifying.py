"""Somebody looks whether a text is still right: readers see when, editors when it is due again."""

from datetime import timedelta
from io import StringIO

import pytest
from django.contrib.auth.models import User
from django.core.management import call_command
from django.utils import timezone

from articles.models import Article, Translation, Verification
from articles.verifying import checked, overdue, verify
from helpcenter.domain.findings import Refused
from helpcenter.domain.review import Role
from helpcenter.publishing.models import Revision
from helpcenter.publishing.verbs import retire
from tests.builders import a_body, a_site, a_user, an_article, at, live
from tests.desk import typed
from tests.replay import replayed

pytestmark = pytest.mark.django_db


@pytest.fixture
@replayed
def text():
    a_site()
    return an_article("topic", history={"2026-02-01": a_body("Topic", checked_on="2026-01-15")}, check_every=100)


def days(text, when):
    each = checked(at(when))[text.pk]
    return each.last.isoformat(), each.due.isoformat()


def test_readers_see_when_it_was_last_checked_and_no_version_is_made(client, time_machine, text):
    verify(text, by=a_user(), now=at("2026-03-10"))
    time_machine.move_to(at("2026-03-11"))
    assert 'Main points checked <time datetime="2026-03-10">' in client.get("/en/articles/topic/").content.decode()
    before = client.get("/en/articles/topic/?as_of=2026-03-01").content.decode()
    assert 'Main points checked <time datetime="2026-01-15">' in before
    assert text.revisions.count() == 1


def test_it_is_due_again_an_interval_after_somebody_looked(text):
    verify(text, by=a_user(), now=at("2026-03-10"))
    assert days(text, "2026-03-11") == ("2026-03-10", "2026-06-18")
    assert text.pk not in overdue(at("2026-06-18"))
    assert text.pk in overdue(at("2026-06-19"))


def test_a_text_that_nobody_looked_at_is_due_before_its_interval_ends(text):
    last, due = days(text, "2026-03-01")
    assert last == "2026-01-15"
    assert "2026-03-06" <= due <= "2026-04-25"


def test_what_its_author_checked_later_counts_too(text):
    verify(text, by=a_user(), now=at("2026-03-10"))
    live(text, {"2026-03-12": a_body("Topic", checked_on="2026-03-12")})
    assert days(text, "2026-03-13")[0] == "2026-03-12"


def test_only_what_readers_see_can_be_checked_and_only_by_somebody_with_a_role(text):
    with pytest.raises(Refused, match="role-missing"):
        verify(text, by=a_stranger(), now=at("2026-03-10"))
    retire(text, by=None, at=at("2026-03-01"), now=at("2026-03-01"))
    with pytest.raises(Refused, match="nothing-live"):
        verify(text, by=a_user(), now=at("2026-03-10"))
    assert text.pk not in overdue(at("2029-01-01"))


def a_stranger():
    return User.objects.create(username="stranger", is_staff=True)


def test_the_command_lists_what_is_overdue_and_ends_with_one(time_machine, text):
    time_machine.move_to(at("2026-02-02"))
    said = StringIO()
    call_command("overdue", stdout=said)
    assert said.getvalue() == "0 overdue\n"
    time_machine.move_to(at("2029-01-01"))
    with pytest.raises(SystemExit) as ended:
        call_command("overdue", stdout=said)
    assert ended.value.code == 1
    assert "topic · English: last checked 2026-01-15, due " in said.getvalue()


def test_it_is_asked_with_as_many_questions_for_many_as_for_one(text, django_assert_num_queries):
    for number in range(5):
        an_article(f"more-{number}")
    with django_assert_num_queries(2):
        assert len(checked(timezone.now())) > 5


class TestAtTheDesk:
    @pytest.mark.parametrize("role", [Role.AUTHOR, Role.REVIEWER, Role.PUBLISHER])
    def test_one_button_says_that_it_is_still_correct(self, client, text, role):
        client.force_login(a_user("somebody", role))
        page = f"/admin/articles/translation/{text.pk}/"
        sent = {**typed(client.get(f"{page}verify/")), "note": "Read the page anew."}
        assert client.post(f"{page}verify/", sent).status_code == 302
        looked = Verification.objects.get()
        assert (looked.by.username, looked.note, looked.revision) == (
            "somebody",
            "Read the page anew.",
            text.revisions.get(),
        )
        assert "Read the page anew." in client.get(f"{page}verify/").content.decode()

    def test_nobody_vouches_for_words_that_went_live_while_they_looked(self, client, text):
        client.force_login(a_user())
        page = f"/admin/articles/translation/{text.pk}/verify/"
        sent = typed(client.get(page))
        live(text, {"2026-11-20": a_body("Other words")})
        assert client.post(page, sent).status_code == 200
        assert not Verification.objects.exists()

    def test_the_list_finds_what_is_overdue(self, client, text):
        client.force_login(a_user())
        Article.objects.update(check_every=10_000)
        Article.objects.filter(slug="topic").update(check_every=1)
        assert timezone.now() - at("2026-01-15") > timedelta(days=1)
        html = client.get("/admin/articles/translation/", {"check": "overdue"}).content.decode()
        assert f"/translation/{text.pk}/change/" in html
        walked = Translation.objects.filter(article__slug="walked").first()
        assert f"/translation/{walked.pk}/change/" not in html
        assert Revision.objects.filter(document=text).count() == 1
