"""What is sent in the place of a passkey's answer is a wrong answer, whatever it is."""

import base64
import json

import pytest
from django.contrib.auth.models import User

from tests.builders import a_user
from tests.signing_in import an_app, by_password, prove, prove_again

pytestmark = pytest.mark.django_db

FACTORS = "/admin/account/factors/"


def an_answer(**said):
    """All that an answer has, some of it not as it should be."""
    client_data = {"type": "webauthn.get", "challenge": "AA", "origin": 1, **said}
    response = {
        "clientDataJSON": base64.urlsafe_b64encode(json.dumps(client_data).encode()).decode(),
        "authenticatorData": "A" * 50,
        "attestationObject": "oA",
        "signature": "AA",
        "userHandle": "MQ",
    }
    return json.dumps({"id": "AA", "rawId": "AA", "type": "public-key", "response": response})


NO_ANSWERS = {
    "no-keys": '{"id":1}',
    "a-list": "[1]",
    "a-number": "1",
    "nothing": "{}",
    "not-json": "{",
    "too-deep": "[" * 100_000,
    "too-long": "1" * 5000,
    "half-a-letter": '{"id":"\\ud800"}',
    "an-address-that-is-a-number": an_answer(),
    "another-type": an_answer(type=1),
    "another-challenge": an_answer(challenge=1),
}


def alone(browser):
    browser.get(f"{FACTORS}webauthn/login/", headers={"x-requested-with": "XMLHttpRequest"})
    return f"{FACTORS}webauthn/login/"


def second(browser):
    by_password(browser, "editor")
    return f"{FACTORS}authenticate/"


def again(browser):
    return signed_in(browser, f"{FACTORS}webauthn/reauthenticate/")


def added(browser):
    return signed_in(browser, f"{FACTORS}webauthn/add/")


def signed_in(browser, place):
    somebody = User.objects.get()
    browser.force_login(somebody)
    prove(browser, somebody)
    prove_again(browser, somebody)
    return place


@pytest.mark.parametrize("sent", NO_ANSWERS.values(), ids=NO_ANSWERS)
@pytest.mark.parametrize("asked", [alone, second, again, added], ids=lambda asked: asked.__name__)
def test_it_is_wrong(browser, asked, sent):
    an_app(a_user())
    place = asked(browser)
    assert browser.get(place).status_code in {200, 302}
    answer = browser.post(place, {"credential": sent}, follow=True)
    assert answer.status_code == 200
    assert "_auth_user_id" not in browser.session or asked in {again, added}
