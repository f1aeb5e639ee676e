"""A sign-in that waits for its second factor ends with what else ends."""

import pytest
from django.contrib.auth.models import Group, User
from django.test import Client

from helpcenter.publishing.people import close_account
from tests.builders import a_user
from tests.desk import typed
from tests.signing_in import PASSWORD, a_code, an_app, as_people_do, by_password

pytestmark = pytest.mark.django_db

CODE = "/admin/account/factors/authenticate/"
NEW = "some staple of better horses"


@pytest.fixture
def boss():
    somebody = a_user("boss")
    somebody.groups.add(Group.objects.get(name__contains="Administrators"))
    return as_people_do(Client(), somebody)


def a_link(boss, somebody):
    page = f"/admin/auth/user/{somebody.pk}/password/"
    boss.post(page, typed(boss.get(page)))


def an_end_of_their_sessions(boss, somebody):
    boss.post("/admin/auth/user/", {"action": "end_their_sessions", "_selected_action": [somebody.pk]})


def a_closed_account(boss, somebody):
    close_account(somebody)


def an_account_that_is_not_active(boss, somebody):
    User.objects.filter(pk=somebody.pk).update(is_active=False)


def another_password(boss, somebody):
    words = {"oldpassword": PASSWORD, "password1": NEW, "password2": NEW}
    as_people_do(Client(), somebody).post("/admin/account/password/", words)


@pytest.mark.parametrize(
    "what",
    [a_link, an_end_of_their_sessions, a_closed_account, an_account_that_is_not_active, another_password],
    ids=lambda what: what.__name__,
)
def test_a_code_typed_afterwards_signs_nobody_in(boss, browser, what):
    somebody = a_user()
    an_app(somebody)
    by_password(browser, "editor")
    what(boss, somebody)
    answer = browser.post(CODE, {"code": a_code()}, follow=True)
    assert answer.redirect_chain == [("/admin/account/login/", 302)]
    assert "do not belong together" in answer.content.decode()
    assert set(browser.session.keys()) <= {"mfa.webauthn.state"}


def test_who_begins_anew_after_the_end_of_their_sessions_is_let_in(boss, browser):
    somebody = a_user()
    an_app(somebody)
    an_end_of_their_sessions(boss, somebody)
    as_people_do(browser, somebody)
    assert browser.get("/admin/jsi18n/").status_code == 200
