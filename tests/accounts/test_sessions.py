"""How long a session lasts, what ends others, and what asks again who somebody is."""

import datetime as dt
import re

import pytest
from allauth.mfa.models import Authenticator
from allauth.usersessions.models import UserSession
from django.contrib.auth.models import Group, User
from django.contrib.sessions.models import Session
from django.db import DatabaseError
from django.test import Client

from helpcenter.accounts.addresses import network_of
from helpcenter.audit.models import Act, Entry
from tests.builders import a_user
from tests.desk import typed
from tests.signing_in import PASSWORD, an_app, as_people_do, by_password

pytestmark = pytest.mark.django_db

NOON = dt.datetime(2026, 11, 26, 12, tzinfo=dt.UTC)
AGAIN = "/admin/account/reauthenticate/"


def at_the_desk(client):
    """Whether a page is opened that every editor may open."""
    return client.get("/admin/jsi18n/").status_code == 200


def fails(*args, **kwargs):
    raise DatabaseError("full")


def after(time_machine, **passed):
    time_machine.move_to(NOON + dt.timedelta(**passed), tick=False)


@pytest.fixture
def signed_in(time_machine):
    after(time_machine)
    return as_people_do(Client(), a_user())


def test_a_session_ends_after_30_minutes_without_a_request(signed_in, time_machine):
    after(time_machine, minutes=28)
    assert at_the_desk(signed_in)
    after(time_machine, minutes=57)
    assert at_the_desk(signed_in)
    after(time_machine, minutes=57 + 31)
    assert not at_the_desk(signed_in)


def test_a_session_ends_after_12_hours_however_busy(signed_in, time_machine):
    for minutes in range(0, 12 * 60 + 1, 20):
        after(time_machine, minutes=minutes)
        assert at_the_desk(signed_in), minutes
    after(time_machine, hours=12, seconds=1)
    assert not at_the_desk(signed_in)
    assert not Session.objects.exists()


def test_a_page_within_the_minute_writes_nothing(signed_in, time_machine, django_assert_num_queries):
    after(time_machine, seconds=50)
    with django_assert_num_queries(2):  # the session and who it is
        assert at_the_desk(signed_in)


def test_the_cookie_ends_with_the_browser(signed_in):
    assert signed_in.cookies["sessionid"]["max-age"] == ""
    assert signed_in.cookies["sessionid"]["httponly"]


def test_to_sign_in_makes_a_new_session(signed_in):
    before = signed_in.session.session_key
    signed_in.post("/admin/logout/")
    assert not at_the_desk(signed_in)
    as_people_do(signed_in, User.objects.get())
    assert signed_in.session.session_key != before


@pytest.fixture
def elsewhere(signed_in):
    """The same editor in another browser."""
    return as_people_do(Client(), User.objects.get())


def test_a_new_password_ends_other_sessions(signed_in, elsewhere):
    new = {"oldpassword": PASSWORD, "password1": "another long password", "password2": "another long password"}
    signed_in.post("/admin/account/password/", new)
    assert at_the_desk(signed_in)
    assert not at_the_desk(elsewhere)


def test_a_factor_taken_away_ends_other_sessions_and_the_last_one_asks_for_another(signed_in, elsewhere):
    signed_in.post("/admin/account/factors/totp/deactivate/")
    assert not Authenticator.objects.exists()
    assert not elsewhere.session.get("_auth_user_id")
    assert not at_the_desk(signed_in)
    assert signed_in.get("/admin/", follow=True).redirect_chain[-1][0] == "/admin/account/factors/"


def test_a_new_factor_opens_the_desk_and_ends_other_sessions(own_database):
    """With real commits: allauth tells of it after one."""
    from allauth.mfa.totp.internal.auth import format_hotp_value, hotp_value, yield_hotp_counters_from_time

    def story():
        user, mine, theirs = a_user(), Client(), Client()
        by_password(mine, user.get_username())
        by_password(theirs, user.get_username())  # somebody who has read the password over a shoulder
        secret = mine.get("/admin/account/factors/totp/activate/").context["form"].secret
        code = format_hotp_value(hotp_value(secret, next(yield_hotp_counters_from_time())))
        before = at_the_desk(mine)
        mine.post("/admin/account/factors/totp/activate/", {"code": code})
        return before, at_the_desk(mine), theirs.session.get("_auth_user_id")

    assert own_database.do(story) == (False, True, None)


def test_new_recovery_codes_end_other_sessions(signed_in, elsewhere, django_capture_on_commit_callbacks):
    with django_capture_on_commit_callbacks(execute=True):
        signed_in.post("/admin/account/factors/recovery-codes/generate/")
    assert at_the_desk(signed_in)
    assert not at_the_desk(elsewhere)


def test_an_editor_sees_where_they_are_signed_in_and_ends_the_others(signed_in, elsewhere):
    page = signed_in.get("/admin/account/sessions/")
    assert page.content.decode().count("127.0.0.1") == 2
    signed_in.post("/admin/account/sessions/")
    assert at_the_desk(signed_in)
    assert not at_the_desk(elsewhere)
    assert Entry.objects.get(act=Act.SIGNED_OUT).by == User.objects.get()


def number_of(client):
    """What the list of sessions calls that of a browser."""
    return UserSession.objects.get(session_key=client.session.session_key).pk


def test_an_editor_ends_one_of_their_sessions_and_no_other(signed_in, elsewhere):
    third = as_people_do(Client(), User.objects.get())
    page = signed_in.get("/admin/account/sessions/").content.decode()
    offered = {int(pk) for pk in re.findall(r'name="one" value="([0-9]+)"', page)}
    assert offered == {number_of(elsewhere), number_of(third)}
    signed_in.post("/admin/account/sessions/", {"one": number_of(elsewhere)})
    assert [at_the_desk(client) for client in (signed_in, elsewhere, third)] == [True, False, True]
    assert Entry.objects.get(act=Act.ONE_ENDED).by == User.objects.get()
    assert not Entry.objects.filter(act=Act.SIGNED_OUT).exists()  # that says all of them


@pytest.mark.parametrize("whose", ["mine", "another's", "nobody's", "no number"])
def test_nobody_ends_what_is_not_on_their_list(signed_in, whose):
    other = as_people_do(Client(), a_user("other"))
    one = {"mine": number_of(signed_in), "another's": number_of(other), "nobody's": 10**30, "no number": "x"}[whose]
    assert signed_in.post("/admin/account/sessions/", {"one": one}).status_code == 302
    assert at_the_desk(signed_in)
    assert at_the_desk(other)


def test_a_session_ends_with_its_entry_or_not_at_all(signed_in, elsewhere, monkeypatch):
    signed_in.raise_request_exception = False
    one = number_of(elsewhere)
    monkeypatch.setattr(Entry.objects, "create", fails)
    assert signed_in.post("/admin/account/sessions/", {"one": one}).status_code == 500
    assert at_the_desk(elsewhere)


def test_nobody_elses_session_ends(signed_in, django_capture_on_commit_callbacks):
    other = as_people_do(Client(), a_user("other"))
    with django_capture_on_commit_callbacks(execute=True):
        signed_in.post("/admin/account/factors/recovery-codes/generate/")
    assert at_the_desk(other)


@pytest.mark.parametrize("address", ["totp/deactivate/", "recovery-codes/generate/", "webauthn/add/"])
def test_a_factor_is_changed_by_who_has_just_said_who_they_are(signed_in, time_machine, address):
    after(time_machine, minutes=6)
    asked = f"/admin/account/factors/{address}"
    assert signed_in.get(asked).headers["Location"].startswith(AGAIN)
    signed_in.post(AGAIN, {"password": "wrong"})
    assert signed_in.post(asked).headers["Location"].startswith(AGAIN)
    signed_in.post(AGAIN, {"password": PASSWORD})
    assert signed_in.get(asked).status_code == 200


@pytest.fixture
def boss(time_machine):
    after(time_machine)
    somebody = a_user("boss")
    somebody.groups.add(Group.objects.get(name__contains="Administrators"))
    return as_people_do(Client(), somebody)


def test_roles_are_given_by_who_has_just_said_who_they_are(boss, time_machine):
    author = a_user("author")
    address = f"/admin/auth/user/{author.pk}/change/"
    publishers = Group.objects.get(name__contains="Publishers")
    form = typed(boss.get(address)) | {"groups": publishers.pk}
    after(time_machine, minutes=6)
    answer = boss.post(address, form)
    assert answer.headers["Location"] == address
    assert boss.get(address).headers["Location"].startswith(AGAIN)
    assert not author.groups.exists()
    boss.post(AGAIN, {"password": PASSWORD})
    assert boss.post(address, form).status_code == 302
    assert author.groups.get() == publishers


@pytest.mark.parametrize(
    "address",
    ["user/", "user/add/", "user/{}/change/", "user/{}/password/", "group/", "group/add/"],
)
def test_accounts_and_groups_ask_again(boss, time_machine, address):
    User.objects.filter(username="boss").update(is_superuser=True)
    asked = f"/admin/auth/{address.format(User.objects.get().pk)}"
    assert boss.get(asked).status_code == 200
    after(time_machine, minutes=6)
    assert boss.get(asked).headers["Location"].startswith(AGAIN)


def test_what_was_sent_too_late_is_not_kept_anywhere(boss, time_machine):
    after(time_machine, minutes=6)
    secret = "PasswordInTheForm"
    boss.post("/admin/auth/user/add/", {"username": "x", "password1": secret, "password2": secret})
    boss.get("/admin/auth/user/add/")
    assert not any(secret in str(session.get_decoded()) for session in Session.objects.all())


def test_proof_is_bound_to_who_gave_it(browser):
    """Whoever has shown a passkey of one account and then signs in to another by password has one proof, not two."""
    session = browser.session
    session["accounts.second_factor"] = str(a_user("closed").pk)
    session.save()
    a_user("other")
    by_password(browser, "other")
    assert not at_the_desk(browser)


def test_an_administrators_list_does_not_show_secrets(boss):
    User.objects.update(is_superuser=True)
    an_app(a_user("other"))
    for address in ("mfa/authenticator/", "usersessions/usersession/", "account/emailaddress/", "axes/accesslog/"):
        assert boss.get(f"/admin/{address}").status_code == 404, address


def test_readers_pages_know_nothing_of_it(browser, signed_in):
    answer = signed_in.get("/robots.txt")
    assert "Set-Cookie" not in answer.headers
    assert "no-store" in signed_in.get("/admin/account/sessions/").headers["Cache-Control"]
    assert "no-store" in browser.get("/admin/account/login/").headers["Cache-Control"]


@pytest.mark.parametrize(
    ("said", "meant"),
    [
        ("9.9.9.9", "9.9.9.9"),
        ("::ffff:9.9.9.9", "9.9.9.9"),  # as Granian says it where it listens on ::
        ("2001:db8:1:2:3::4", "2001:db8:1:2::"),
        ("unknown", ""),
    ],
)
def test_a_network_is_an_address_or_a_household(said, meant):
    assert network_of({"REMOTE_ADDR": said}) == meant
