"""A second factor for who is signed in by a test, and codes to type where one signs in as people do."""

import time
from itertools import count
from typing import Any

from allauth.mfa.models import Authenticator
from cryptography.hazmat.primitives.asymmetric import ec
from django.contrib.auth.models import User
from django.test import Client
from fido2.cose import ES256
from fido2.utils import websafe_encode
from fido2.webauthn import AttestationObject, AttestedCredentialData, AuthenticatorData

from helpcenter.accounts.sessions import SECOND_FACTOR

CODES = [f"{number:08}" for number in range(1, 100)]
_next = count()


def prove(client: Client, user: User) -> None:
    """What the session of somebody says who has typed the code, too."""
    session = client.session
    session[SECOND_FACTOR] = str(user.pk)
    session.save()


def prove_again(client: Client, user: User) -> None:
    """What the session says of somebody who has signed in just now."""
    session = client.session
    session["account_authentication_methods"] = [{"method": "password", "at": time.time()}]
    session["account_authentication_methods_user"] = str(user.pk)
    session.save()


def an_app(user: User) -> Any:
    """A second factor: an app, and recovery codes that a test knows (`CODES`), each good for once."""
    Authenticator.objects.create(user=user, type="recovery_codes", data={"migrated_codes": [*CODES]})
    return Authenticator.objects.create(user=user, type="totp", data={"secret": "JBSWY3DPEHPK3PXP"})


def a_passkey(user: User, name: str = "My phone") -> Any:
    """Another second factor, as a device would have made it."""
    key = ec.generate_private_key(ec.SECP256R1()).public_key()
    data = AttestedCredentialData.create(bytes(16), b"a key", ES256.from_cryptography_key(key))
    made = AuthenticatorData.create(bytes(32), AuthenticatorData.FLAG.UP | AuthenticatorData.FLAG.AT, 0, data)
    answer = {
        "clientDataJSON": websafe_encode(
            b'{"type": "webauthn.create", "challenge": "AA", "origin": "http://testserver"}'
        ),
        "attestationObject": websafe_encode(AttestationObject.create("none", made, {})),
    }
    place = websafe_encode(b"a key")
    credential = {"id": place, "rawId": place, "type": "public-key", "response": answer}
    return Authenticator.objects.create(user=user, type="webauthn", data={"name": name, "credential": credential})


def a_code() -> str:
    """One that has not been used yet."""
    return CODES[next(_next) % len(CODES)]


PASSWORD = "correct horse battery"


def by_password(client: Client, name: str, password: str = PASSWORD, **surroundings: Any) -> Any:
    """The answer to a name and a password."""
    return client.post("/admin/account/login/", {"login": name, "password": password}, **surroundings)


def as_people_do(client: Client, user: User) -> Client:
    """Signed in by password and by a code; the account gets an app if it has none."""
    if not Authenticator.objects.filter(user=user).exists():
        an_app(user)
    by_password(client, user.get_username())
    client.post("/admin/account/factors/authenticate/", {"code": a_code()})
    return client
