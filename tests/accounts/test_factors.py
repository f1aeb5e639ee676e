"""What second factors are made of, and how they are kept."""

import base64
import datetime as dt
import json
import secrets
import time
from math import log2

import pytest
from allauth.mfa.models import Authenticator
from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from allauth.mfa.totp.internal.auth import TOTP, format_hotp_value, generate_totp_secret, hotp_value
from django.test import Client

from tests.builders import a_user
from tests.pages import Page
from tests.signing_in import by_password

pytestmark = pytest.mark.django_db

LOGIN = "/admin/account/factors/webauthn/login/"
CODE = "/admin/account/factors/authenticate/"


def code_of(secret):
    return format_hotp_value(hotp_value(secret, int(time.time()) // 30))


def at_the_desk(client):
    return client.get("/admin/jsi18n/").status_code == 200


def signed_in(code):
    """Whether it opens the desk."""
    client = Client()
    by_password(client, "editor")
    client.post(CODE, {"code": code})
    return at_the_desk(client)


@pytest.fixture
def app():
    """An app's secret, and its row as the site keeps it."""
    secret = generate_totp_secret()
    return secret, TOTP.activate(a_user(), secret).instance


def test_no_copy_of_the_database_has_an_apps_secret_or_a_recovery_code(app):
    secret, row = app
    codes = RecoveryCodes.activate(row.user)
    kept = json.dumps(list(Authenticator.objects.values_list("data", flat=True)))
    seed = codes.generate_codes()
    assert secret not in kept
    assert not [code for code in seed if code in kept]
    assert kept.count("gAAAA") == 2
    assert signed_in(code_of(secret))
    assert signed_in(seed[0])
    assert not signed_in(seed[0])
    assert signed_in(seed[1])


def test_what_was_kept_openly_before_works_and_is_enciphered_when_it_is_used(app):
    secret, row = app
    row.data = {"secret": secret}
    row.save()
    assert signed_in(code_of(secret))
    row.refresh_from_db()
    assert row.data["secret"].startswith("gAAAA")


def test_a_new_key_opens_with_the_old_one_beside_it_and_then_alone(app, settings):
    secret, row = app
    settings.SECRET_KEY, settings.SECRET_KEY_FALLBACKS = "the next key", [settings.SECRET_KEY]
    assert signed_in(code_of(secret))
    settings.SECRET_KEY_FALLBACKS = []
    row.refresh_from_db()
    assert row.wrap().instance.data["secret"]
    assert TOTP(row).validate_code(code_of(secret)) is False, "that code was used"
    from allauth.mfa.utils import decrypt

    assert decrypt(row.data["secret"]) == secret


def test_with_another_key_no_code_is_right_and_nothing_fails(app, settings):
    secret, row = app
    codes = RecoveryCodes.activate(row.user).generate_codes()
    settings.SECRET_KEY = "another key"
    assert not signed_in(code_of(secret))
    assert not signed_in(codes[0])


def test_secrets_come_from_the_systems_chance(monkeypatch):
    drawn = []

    def watched(name):
        real = getattr(secrets, name)
        return lambda size: drawn.append(size) or real(size)

    for name in ("token_bytes", "token_hex"):
        monkeypatch.setattr(secrets, name, watched(name))
    made = {generate_totp_secret() for _ in range(5)} | {RecoveryCodes.generate_seed() for _ in range(5)}
    assert len(made) == 10
    assert sorted(set(drawn)) == [20, 40]  # bytes


def test_a_recovery_code_is_hard_to_guess():
    codes = RecoveryCodes.activate(a_user()).generate_codes()
    assert len(set(codes)) == 10
    assert all(code.isdigit() for code in codes)
    assert log2(10 ** min(map(len, codes))) > 20


def test_a_code_of_the_app_is_good_for_30_seconds(app, time_machine):
    secret, _row = app
    began = dt.datetime(2026, 11, 26, 12, tzinfo=dt.UTC)
    time_machine.move_to(began, tick=False)
    code = code_of(secret)
    time_machine.move_to(began + dt.timedelta(seconds=30), tick=False)
    assert not signed_in(code)
    time_machine.move_to(began + dt.timedelta(seconds=29), tick=False)
    assert signed_in(code)


def test_a_passkey_is_asked_for_something_new_and_long_each_time():
    asked = [Client(headers={"x-requested-with": "XMLHttpRequest"}).get(LOGIN).json() for _ in range(5)]
    said = {each["request_options"]["publicKey"]["challenge"] for each in asked}
    assert len(said) == 5
    assert {len(base64.urlsafe_b64decode(each + "==")) for each in said} == {32}


def test_the_page_has_no_secret_of_a_factor_that_is_set_up(app):
    secret, row = app
    client = Client()
    client.force_login(row.user)
    assert secret not in str(Page(client.get("/admin/account/factors/")).soup)
