"""Nobody waits for a password that is being hashed: the database is free meanwhile."""

import re
import threading

import pytest
from django.contrib.auth import HASH_SESSION_KEY
from django.contrib.auth.hashers import Argon2PasswordHasher, PBKDF2PasswordHasher, make_password
from django.contrib.auth.models import User
from django.contrib.sessions.models import Session
from django.core import mail
from django.db import DatabaseError, connection
from django.test import Client

from helpcenter.accounts.sessions import end_sessions
from helpcenter.audit.models import Act, Entry
from tests.builders import a_user
from tests.signing_in import PASSWORD, as_people_do, by_password, prove_again

pytestmark = pytest.mark.django_db

ACCOUNT = "/admin/account/"
NEW = {"password1": "another long password", "password2": "another long password"}


def sign_in():
    a_user()
    return by_password(Client(), "editor").status_code == 302


def sign_in_wrongly():
    a_user()
    return by_password(Client(), "editor", "a wrong password").status_code == 200


def sign_in_by_a_name_that_nobody_has():
    return by_password(Client(), "nobody").status_code == 200


def say_again_who_one_is():
    client = as_people_do(Client(), a_user())
    return client.post(f"{ACCOUNT}reauthenticate/", {"password": PASSWORD}).status_code == 302


def take_another():
    client = as_people_do(Client(), a_user())
    client.post(f"{ACCOUNT}password/", {"oldpassword": PASSWORD, **NEW})
    return User.objects.get().check_password(NEW["password1"])


def set_a_first_one():
    user, client = a_user(), Client()
    user.set_unusable_password()
    user.save()
    client.force_login(user)
    prove_again(client, user)
    client.post(f"{ACCOUNT}password/set/", NEW)
    user.refresh_from_db()
    return user.check_password(NEW["password1"])


def set_one_by_mail():
    User.objects.create_user("editor", email="editor@guide.example", password=PASSWORD)
    client = Client()
    client.post(f"{ACCOUNT}password/forgotten/", {"email": "editor@guide.example"})
    for thread in threading.enumerate():
        if thread.name.endswith("(_send)"):
            thread.join(10)
    link = re.search(rf"{ACCOUNT}password/forgotten/\S+", mail.outbox[0].body)[0]
    page = client.get(link, follow=True).redirect_chain[-1][0]
    client.post(page, NEW)
    return User.objects.get().check_password(NEW["password1"])


@pytest.mark.parametrize(
    "story",
    [
        *(sign_in, sign_in_wrongly, sign_in_by_a_name_that_nobody_has, say_again_who_one_is),
        *(take_another, set_a_first_one, set_one_by_mail),
    ],
    ids=lambda story: story.__name__,
)
def test_the_database_is_free(own_database, monkeypatch, settings, story):
    settings.SENDS_MAIL = True
    settings.MAILERS = {"default": {"BACKEND": "django.core.mail.backends.locmem.EmailBackend"}}
    mail.outbox = []
    held = []

    def watched(takes_long):
        def also(*said, **more):
            held.append(connection.in_atomic_block)
            return takes_long(*said, **more)

        return also

    for hasher in (Argon2PasswordHasher, PBKDF2PasswordHasher):
        monkeypatch.setattr(hasher, "encode", watched(hasher.encode))
    monkeypatch.setattr(Argon2PasswordHasher, "verify", watched(Argon2PasswordHasher.verify))
    monkeypatch.setattr("helpcenter.accounts.views.sleep", watched(lambda seconds: None))
    assert own_database.do(story)
    assert held
    assert not any(held)


def fails(*args, **kwargs):
    raise DatabaseError("full")


def test_a_new_password_is_written_with_its_entry_or_not_at_all(monkeypatch):
    client = as_people_do(Client(raise_request_exception=False), a_user())
    monkeypatch.setattr(Entry.objects, "create", fails)
    client.post(f"{ACCOUNT}password/", {"oldpassword": PASSWORD, **NEW})
    assert User.objects.get().check_password(PASSWORD)


@pytest.mark.parametrize("after", ["entry", "session", "told"])
def test_a_new_password_its_entry_and_the_session_are_one(monkeypatch, after):
    client = as_people_do(Client(raise_request_exception=False), a_user())
    begun, entries = dict(client.session), Entry.objects.count()
    place = {
        "entry": "django.contrib.sessions.backends.db.SessionStore.create",
        "session": "allauth.usersessions.models.UserSessionManager.create_from_request",
        "told": "helpcenter.accounts.adapters.Accounts.send_notification_mail",
    }
    monkeypatch.setattr(place[after], fails)
    assert client.post(f"{ACCOUNT}password/", {"oldpassword": PASSWORD, **NEW}).status_code == 500
    monkeypatch.undo()
    assert User.objects.get().check_password(PASSWORD)
    assert Entry.objects.count() == entries
    assert dict(client.session) == begun
    assert client.get("/admin/jsi18n/").status_code == 200


def test_a_new_password_is_there_when_it_is_there_for_the_session_too(own_database, monkeypatch):
    """Who is killed between the two has either both or none."""

    def story():
        client = as_people_do(Client(raise_request_exception=False), a_user())
        monkeypatch.setattr("django.contrib.sessions.middleware.SessionMiddleware.process_response", fails)
        client.post(f"{ACCOUNT}password/", {"oldpassword": PASSWORD, **NEW})
        user, (kept,) = User.objects.get(), [each.get_decoded() for each in Session.objects.all()]
        return user.check_password(NEW["password1"]), kept["_auth_user_hash"] == user.get_session_auth_hash()

    assert own_database.do(story) == (True, True)


def test_who_signs_in_is_in_with_an_entry_or_not_at_all(own_database, monkeypatch):
    def story():
        a_user("other")
        client = Client(raise_request_exception=False)
        monkeypatch.setattr("helpcenter.audit.signing_in.record", fails)
        by_password(client, "other")
        return User.objects.get().last_login, Entry.objects.filter(act=Act.SIGN_IN).count()

    assert own_database.do(story) == (None, 0)


@pytest.mark.parametrize("page", ["password/", "password/set/"])
def test_a_session_that_is_ended_meanwhile_stays_ended_and_chooses_no_password(monkeypatch, page):
    somebody = a_user()
    client = as_people_do(Client(), somebody)
    if page == "password/set/":
        User.objects.update(password=(none := make_password(None)))
        session = client.session
        session[HASH_SESSION_KEY] = User(password=none).get_session_auth_hash()
        session.save()
    assert client.get(f"{ACCOUNT}{page}").status_code == 200
    before = User.objects.get().password

    def meanwhile(password):
        end_sessions(somebody)
        return make_password(password)

    monkeypatch.setattr("helpcenter.accounts.passwords.make_password", meanwhile)
    assert client.post(f"{ACCOUNT}{page}", {"oldpassword": PASSWORD, **NEW}).status_code == 302
    assert client.get("/admin/").status_code == 302
    assert User.objects.get().password == before
