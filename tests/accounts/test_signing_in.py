"""Signing in: two proofs, one page, no hint at who has an account, and an end to guessing."""

import json
import re
import subprocess
import sys
import threading
from pathlib import Path

import pytest
from allauth.mfa.models import Authenticator
from django.contrib.auth.models import User
from django.core import mail
from django.core.management import CommandError, call_command
from django.db import connection
from django.test import Client, TestCase
from django.urls import NoReverseMatch, reverse

from helpcenter.accounts.views import TAKES
from tests.builders import a_user
from tests.signing_in import CODES, PASSWORD, a_code, an_app, as_people_do, by_password

pytestmark = pytest.mark.django_db

LOGIN, CODE, FACTORS = "/admin/account/login/", "/admin/account/factors/authenticate/", "/admin/account/factors/"
FORGOTTEN = "/admin/account/password/forgotten/"


def words(answer):
    """What the page says, without what differs from one time to the next."""
    token = r'(name="csrfmiddlewaretoken" value="|nonce="|name="(?:login|email)" value=")[^"]*'
    return answer.status_code, answer.headers.get("Location"), re.sub(token, r"\1", answer.content.decode())


def at_the_desk(client):
    return client.get("/admin/jsi18n/").status_code == 200


def test_a_password_and_a_code_open_the_desk(browser):
    an_app(a_user())
    assert by_password(browser, "editor").headers["Location"] == CODE
    assert not at_the_desk(browser)
    assert browser.post(CODE, {"code": a_code()}).headers["Location"] == "/admin/"
    assert at_the_desk(browser)


def test_a_code_is_good_for_once(browser):
    user = a_user()
    an_app(user)
    for expected in (True, False):
        by_password(browser, "editor")
        browser.post(CODE, {"code": CODES[-1]})
        assert at_the_desk(browser) is expected
        browser.logout()


def test_a_code_of_the_app_is_good_for_once_in_all_processes(browser):
    from allauth.mfa.totp.internal.auth import format_hotp_value, hotp_value, yield_hotp_counters_from_time

    app = an_app(a_user())
    code = format_hotp_value(hotp_value(app.data["secret"], next(yield_hotp_counters_from_time())))
    assert app.wrap().validate_code(code)
    assert not app.wrap().validate_code(code)
    with connection.cursor() as cursor:  # where all of them look
        cursor.execute("SELECT count(*) FROM accounts_limits WHERE cache_key LIKE '%totp%'")
        assert cursor.fetchone() == (1,)


def test_the_first_sign_in_leads_to_where_a_factor_is_set_up(browser):
    a_user()
    assert by_password(browser, "editor").headers["Location"] == "/admin/"
    answer = browser.get("/admin/", follow=True)
    assert answer.redirect_chain[-1][0] == FACTORS
    assert "set up a passkey or an app now" in answer.content.decode()


@pytest.mark.parametrize("host", ["localhost:8000", "guide.example"])
def test_a_name_offers_passkeys(browser, host, settings):
    settings.ALLOWED_HOSTS = ["*"]
    browser.force_login(a_user())
    assert "Add a passkey" in browser.get(FACTORS, HTTP_HOST=host).content.decode()


@pytest.mark.parametrize(
    ("host", "named"), [("127.0.0.1:8000", "http://localhost:8000"), ("[::1]:8000", "http://localhost:8000")]
)
def test_a_number_names_the_name_of_this_machine(browser, host, named, settings):
    settings.ALLOWED_HOSTS = ["*"]
    browser.force_login(a_user())
    page = browser.get(FACTORS, HTTP_HOST=host).content.decode()
    assert "Add a passkey" not in page
    assert f'href="{named}{FACTORS}"' in page


def test_the_admins_own_page_takes_no_password(browser):
    an_app(a_user())
    answer = browser.post("/admin/login/", {"username": "editor", "password": PASSWORD, "next": "/admin/"})
    assert answer.headers["Location"] == f"{LOGIN}?next=/admin/"
    assert "_auth_user_id" not in browser.session


@pytest.mark.parametrize("elsewhere", ["https://evil.example/", "//evil.example", "javascript:alert(1)"])
def test_nobody_is_led_elsewhere(browser, elsewhere):
    assert browser.get("/admin/login/", {"next": elsewhere}).headers["Location"] == f"{LOGIN}?next=/admin/"


def test_who_is_not_staff_is_refused_and_not_sent_in_circles(browser):
    browser.force_login(User.objects.create_user("reader"))
    assert browser.get("/admin/", follow=True).status_code == 403


def test_nobody_makes_an_account_for_themselves(browser):
    with pytest.raises(NoReverseMatch):
        reverse("account_signup")
    assert browser.get("/admin/account/signup/", follow=True).redirect_chain[-1][0].startswith(LOGIN)


@pytest.mark.parametrize("password", ["wrong", PASSWORD])
def test_an_account_that_is_not_there_or_closed_answers_as_a_wrong_password_does(browser, password):
    a_user("editor")
    User.objects.filter(pk=a_user("closed").pk).update(is_active=False)
    wrong = words(by_password(browser, "editor", "wrong"))
    assert wrong[0] == 200
    assert words(by_password(browser, "nobody", password)) == wrong
    assert words(by_password(browser, "closed", password)) == wrong


def test_an_unknown_name_costs_the_hash_of_a_password_too(browser, monkeypatch):
    from django.contrib.auth.hashers import Argon2PasswordHasher

    hashed, encode = [], Argon2PasswordHasher.encode
    monkeypatch.setattr(Argon2PasswordHasher, "encode", lambda *said: hashed.append(1) or encode(*said))
    by_password(browser, "nobody", "wrong")
    assert hashed == [1]


def test_passwords_are_kept_with_argon2_and_those_of_before_become_so(browser):
    assert User.objects.create_user("new", password=PASSWORD).password.startswith("argon2$argon2id$")
    user = a_user("editor")
    assert user.password.startswith("pbkdf2")
    by_password(browser, "editor")
    user.refresh_from_db()
    assert user.password.startswith("argon2$argon2id$")


def sent(settings, browser, address):
    """The answer to somebody who has forgotten a password, and whom a mail went to."""
    settings.SENDS_MAIL = True
    settings.MAILERS = {"default": {"BACKEND": "django.core.mail.backends.locmem.EmailBackend"}}
    mail.outbox = []
    with TestCase.captureOnCommitCallbacks(execute=True):
        answer = browser.post(FORGOTTEN, {"email": address})
    for thread in threading.enumerate():
        if thread is not threading.current_thread() and not thread.daemon:
            thread.join(10)
    return words(answer), [to for message in mail.outbox for to in message.to]


def test_a_forgotten_password_is_answered_alike_and_mailed_to_its_owner_alone(settings, browser):
    User.objects.create_user("editor", email="editor@guide.example", password=PASSWORD)
    known, mailed = sent(settings, browser, "editor@guide.example")
    assert mailed == ["editor@guide.example"]
    assert sent(settings, browser, "nobody@guide.example") == (known, [])


def test_a_forgotten_password_takes_as_long_for_everybody(settings, browser, monkeypatch):
    User.objects.create_user("editor", email="editor@guide.example", password=PASSWORD)
    waited = []
    monkeypatch.setattr("helpcenter.accounts.views.monotonic", iter([0, 0.05, 0, 0.01]).__next__)
    monkeypatch.setattr("helpcenter.accounts.views.sleep", waited.append)
    for address in ("editor@guide.example", "nobody@guide.example"):
        sent(settings, browser, address)
    assert waited == [pytest.approx(TAKES - 0.05), pytest.approx(TAKES - 0.01)]


def test_a_link_by_mail_sets_a_new_password_and_asks_for_the_factor_all_the_same(settings, browser):
    user = User.objects.create_user("editor", email="editor@guide.example", password=PASSWORD, is_staff=True)
    an_app(user)
    sent(settings, browser, "editor@guide.example")
    link = re.search(r"/admin/account/password/forgotten/\S+", mail.outbox[0].body)[0]
    page = browser.get(link, follow=True)
    new = "another long password"
    browser.post(page.redirect_chain[-1][0], {"password1": new, "password2": new})
    assert not at_the_desk(browser)
    assert by_password(browser, "editor", new).headers["Location"] == CODE


def test_a_mail_that_cannot_be_sent_shows_nothing(settings, browser, monkeypatch):
    User.objects.create_user("editor", email="editor@guide.example", password=PASSWORD)

    def fail(*said, **more):
        raise ConnectionRefusedError

    monkeypatch.setattr("django.core.mail.backends.locmem.EmailBackend.send_messages", fail)
    known, _mailed = sent(settings, browser, "editor@guide.example")
    assert known == sent(settings, browser, "nobody@guide.example")[0]


def test_without_mail_the_page_says_what_an_administrator_does(browser):
    page = browser.get(FORGOTTEN).content.decode()
    assert "manage.py changepassword" in page
    assert "manage.py remove_factors" in page
    assert words(browser.post(FORGOTTEN, {"email": "a@b.example"}))[2] == words(browser.get(FORGOTTEN))[2]


def test_ten_wrong_passwords_lock_that_name_from_there_alone(browser):
    an_app(a_user("editor"))
    a_user("other")
    for _try in range(9):
        assert by_password(browser, "editor", "wrong", REMOTE_ADDR="192.0.2.1").status_code == 200
    answer = by_password(browser, "editor", "wrong", REMOTE_ADDR="192.0.2.1")
    assert answer.status_code == 429
    assert "Too many tries" in answer.content.decode()


@pytest.fixture
def locked(settings):
    """The name `editor` is locked at 192.0.2.1. (All at once: what a network may try in a minute is another limit.)"""
    from axes.models import AccessAttempt

    an_app(a_user("editor"))
    said = {"username": "editor", "ip_address": "192.0.2.1", "failures_since_start": 10}
    AccessAttempt.objects.create(**said, user_agent="x", http_accept="x", path_info="x")


@pytest.mark.usefixtures("locked")
def test_who_is_locked_out_gets_no_further_with_the_right_password(browser):
    assert by_password(browser, "editor", REMOTE_ADDR="192.0.2.1").status_code == 429


@pytest.mark.usefixtures("locked")
def test_knowing_a_name_locks_nobody_else_out(browser):
    assert by_password(browser, "editor", REMOTE_ADDR="192.0.2.2").headers["Location"] == CODE


@pytest.mark.usefixtures("locked")
def test_an_administrator_unlocks(browser):
    call_command("axes_reset_username", "editor")
    assert by_password(browser, "editor", REMOTE_ADDR="192.0.2.1").headers["Location"] == CODE


@pytest.mark.usefixtures("locked")
def test_half_an_hour_unlocks(browser, time_machine):
    import datetime as dt

    time_machine.move_to(dt.datetime.now(dt.UTC) + dt.timedelta(minutes=31))
    assert by_password(browser, "editor", REMOTE_ADDR="192.0.2.1").headers["Location"] == CODE


def test_a_name_that_is_not_there_is_locked_as_well(browser):
    for _try in range(9):
        by_password(browser, "nobody", "wrong")
    assert by_password(browser, "nobody", "wrong").status_code == 429


def test_wrong_codes_count_as_wrong_passwords_do(browser):
    an_app(a_user("editor"))
    by_password(browser, "editor")
    answers = [browser.post(CODE, {"code": "000000"}).status_code for _try in range(10)]
    assert answers == [200] * 9 + [429]
    assert browser.post(CODE, {"code": a_code()}).status_code == 429
    assert by_password(Client(), "editor").status_code == 429


def test_what_was_typed_wrongly_is_kept_nowhere(browser):
    from axes.models import AccessAttempt

    an_app(a_user("editor"))
    by_password(browser, "editor", "a wrong password")
    by_password(browser, "editor")
    browser.post(CODE, {"code": "12345678"})
    kept = [attempt.get_data + attempt.post_data for attempt in AccessAttempt.objects.all()]
    assert kept
    assert not re.search("a wrong password|12345678", "".join(kept))


def test_behind_a_proxy_it_is_the_address_that_the_proxy_says(settings, browser):
    settings.CLIENT_ADDRESS = "HTTP_X_REAL_IP"
    an_app(a_user("editor"))
    for _try in range(10):
        by_password(browser, "editor", "wrong", HTTP_X_REAL_IP="2001:db8::1")
    assert by_password(browser, "editor", HTTP_X_REAL_IP="2001:db8::2").status_code == 429, "of the same household"
    assert by_password(browser, "editor", HTTP_X_REAL_IP="192.0.2.1").headers["Location"] == CODE


TRY = """
import django, json, sys
django.setup()
from django.conf import settings
from django.test import Client, TestCase
settings.ALLOWED_HOSTS = ["testserver"]
settings.STORAGES["staticfiles"]["BACKEND"] = "django.contrib.staticfiles.storage.StaticFilesStorage"
said = {"login": "editor", "password": sys.argv[1]}
print(json.dumps([Client().post("/admin/account/login/", said).status_code for _ in range(int(sys.argv[2]))]))
"""


def in_a_new_process(database, password, times):
    """The answers to a password that is tried so many times."""
    where = database.settings
    address = f"sqlite:///{database.name}"
    if connection.vendor == "postgresql":
        host = f"{where['USER']}:{where['PASSWORD']}@{where['HOST']}:{where['PORT'] or 5432}"
        address = f"postgresql://{host}/{database.name}"
    surroundings = {"DATABASE_URL": address, "DJANGO_SETTINGS_MODULE": "helpcenter.settings", "SECRET_KEY": "x"}
    command = [sys.executable, "-c", TRY, password, str(times)]
    root = Path(__file__).parents[2]
    said = subprocess.run(command, env=surroundings, cwd=root, capture_output=True, text=True, check=True, timeout=120)
    return json.loads(said.stdout)


def test_the_lock_survives_a_restart(own_database):
    own_database.do(lambda: a_user("editor").pk)
    assert in_a_new_process(own_database, "wrong", 10) == [200] * 9 + [429]
    assert in_a_new_process(own_database, PASSWORD, 1) == [429]


def test_who_has_lost_everything_is_helped_on_the_server(browser, capsys):
    user = a_user()
    as_people_do(browser, user)
    assert at_the_desk(browser)
    call_command("remove_factors", "editor")
    assert "1 second factors taken away" in capsys.readouterr().out
    assert not Authenticator.objects.exists()
    assert not at_the_desk(browser), "its sessions have ended"
    by_password(browser, "editor")
    assert browser.get("/admin/", follow=True).redirect_chain[-1][0] == FACTORS


def test_a_name_that_is_mistyped_on_the_server_is_told():
    with pytest.raises(CommandError, match="no account with the name 'edtior'"):
        call_command("remove_factors", "edtior")
