"""A second factor for who is signed in by a test, and codes to type where one signs in as people do."""

from itertools import count
from typing import Any

from allauth.mfa.models import Authenticator
from django.contrib.auth.models import User
from django.test import Client

from helpcenter.accounts.sessions import SECOND_FACTOR

CODES = [f"{number:08}" for number in range(1, 100)]
_next = count()


def prove(client: Client, user: User) -> None:
    """What the session of somebody says who has typed the code, too."""
    session = client.session
    session[SECOND_FACTOR] = str(user.pk)
    session.save()


def an_app(user: User) -> Any:
    """A second factor: an app, and recovery codes that a test knows (`CODES`), each good for once."""
    Authenticator.objects.create(user=user, type="recovery_codes", data={"migrated_codes": [*CODES]})
    return Authenticator.objects.create(user=user, type="totp", data={"secret": "JBSWY3DPEHPK3PXP"})


def a_code() -> str:
    """One that has not been used yet."""
    return CODES[next(_next) % len(CODES)]
