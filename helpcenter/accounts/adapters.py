"""Where allauth asks the site: who may sign up (nobody), from where somebody asks, how mail is sent."""

import time
from base64 import b32encode, urlsafe_b64encode
from secrets import token_bytes
from threading import Thread
from typing import Any

import structlog
from allauth.account import app_settings
from allauth.account.adapter import DefaultAccountAdapter
from allauth.account.authentication import get_authentication_records
from allauth.core import context
from allauth.core.exceptions import ImmediateHttpResponse
from allauth.mfa.adapter import DefaultMFAAdapter
from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from django.conf import settings
from django.contrib import messages
from django.contrib.auth.models import User
from django.core.mail import EmailMessage
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.crypto import salted_hmac
from django.utils.translation import gettext

from helpcenter.accounts.addresses import network
from helpcenter.accounts.passwords import Hashed
from helpcenter.accounts.sessions import ended_since
from helpcenter.operations.metrics import MAIL_FAILED, MAIL_SENT

log = structlog.get_logger(__name__)

ASKED = "accounts.asked"
SEALED = "gAAAA"
"""How a secret begins that is enciphered: no app's, code or seed as they were kept before does."""
NOWHERE = "0.0.0.0"  # noqa: S104 # not to listen on: who asks without an address shares this one


class Accounts(DefaultAccountAdapter):
    """Accounts are made by administrators."""

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        """Nobody makes an account for themselves."""
        return False

    def get_client_ip(self, request: HttpRequest) -> str:
        """The address that the lock-out counts by."""
        return network(request) or NOWHERE

    def is_reauthentication_required(self, *, app: str, **kwargs: Any) -> bool:
        """Whoever has just signed in has just said who they are."""
        said = get_authentication_records(context.request, context.request.user)
        return not said or time.time() - said[-1]["at"] > app_settings.REAUTHENTICATION_TIMEOUT

    def pre_login(self, request: HttpRequest, user: User, **said: Any) -> HttpResponse | None:
        """The first proof is there. What it was worth is kept until the second one comes."""
        request.session[ASKED] = [user.get_session_auth_hash(), time.time()]
        answer: HttpResponse | None = super().pre_login(request, user, **said)
        return answer

    def login(self, request: HttpRequest, user: User) -> None:
        """Whole or not at all: the pages that ask for a password are in no transaction of the desk's.

        Not if the password, the sessions or the account ended while the second proof was waited for.
        """
        asked, at = request.session.pop(ASKED, ("", 0))
        with transaction.atomic():
            now = User.objects.select_for_update().get(pk=user.pk)
            if now.is_active and asked == now.get_session_auth_hash() and not ended_since(now, at):
                super().login(request, user)
                return
        request.session.flush()
        messages.error(request, self.error_messages["username_password_mismatch"])
        raise ImmediateHttpResponse(redirect("account_login"))

    def set_password(self, user: User, password: Hashed) -> None:
        """Written together with its entry in the audit.

        Who was overtaken meanwhile, by the same link in another browser, is shown what has become of the page.
        """
        before, user.password = user.password, password.hash
        with transaction.atomic():
            now = User.objects.select_for_update().get(pk=user.pk)
            if now.password == before:
                user.save(update_fields=["password"])
                return
        raise ImmediateHttpResponse(redirect(self.request.path))

    def send_mail(self, template_prefix: str, email: str, context: dict[str, Any]) -> None:
        """Written now, sent beside the answer: neither how long it takes nor a failure shows who has an account.

        Not before what it tells of is kept, nor if that is taken back.
        """
        if settings.SENDS_MAIL:
            request = self.request
            message = self.render_mail(template_prefix, email, {"request": request, "email": email, **context})
            transaction.on_commit(Thread(target=_send, args=(message,)).start)

    def send_notification_mail(
        self, template_prefix: str, user: User, context: dict[str, Any] | None = None, email: str | None = None
    ) -> None:
        """To the address that the account has, if it has one."""
        super().send_notification_mail(template_prefix, user, context, email or user.email or None)


def _send(message: EmailMessage) -> None:
    try:
        message.send()
        MAIL_SENT.inc()
    except OSError:
        MAIL_FAILED.inc()
        log.exception("mail could not be sent")


class Factors(DefaultMFAAdapter):
    """Passkeys, apps with codes, recovery codes."""

    def encrypt(self, text: str) -> str:
        """For the database, with a key that is not in it."""
        return _cipher().encrypt(text.encode()).decode()

    def decrypt(self, encrypted_text: str) -> str:
        """What was kept before there was a key is as it is. What no key of ours opens is no secret of anybody's app."""
        if not encrypted_text.startswith(SEALED):
            return encrypted_text
        try:
            return _cipher().decrypt(encrypted_text).decode()
        except InvalidToken:
            log.error("a second factor was kept with another SECRET_KEY: manage.py remove_factors")
            return b32encode(token_bytes(20)).decode()

    def get_totp_issuer(self) -> str:
        """What an app calls its entry."""
        return f"{gettext('Cancelling Midjourney')} ({self._get_site_name()})"

    def build_totp_svg(self, url: str) -> str:
        """For the page itself: the policy on content lets no picture in from a data address."""
        drawing = super().build_totp_svg(url)
        return drawing[drawing.index("<svg") :]


def _cipher() -> MultiFernet:
    """Made from SECRET_KEY; opens what was sealed with those of before, too."""
    keys = [settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS]
    made = (salted_hmac("accounts.factors", "key", secret=key, algorithm="sha256").digest() for key in keys)
    return MultiFernet([Fernet(urlsafe_b64encode(key)) for key in made])
