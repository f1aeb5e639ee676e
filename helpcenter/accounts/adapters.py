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
from allauth.mfa.models import Authenticator
from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from django.conf import settings
from django.contrib import messages
from django.contrib.auth.models import AnonymousUser, User
from django.core.mail import EmailMessage
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.crypto import salted_hmac
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from helpcenter.accounts import mails
from helpcenter.accounts.addresses import network
from helpcenter.accounts.passwords import Hashed
from helpcenter.accounts.sessions import ended_since
from helpcenter.operations.metrics import MAIL_FAILED, MAIL_SENT

log = structlog.get_logger(__name__)

ASKED = "accounts.asked"
SEALED = "gAAAA"
"""How a secret begins that is enciphered: no app's, code or seed as they were kept before does."""
WRONG_CODE = _("This code or passkey is not right, or it was used already. Try it once more, or another one.")
AGAIN = {
    "reauthenticate": _("Use your password"),
    "mfa_reauthenticate": _("Use a code"),
    "mfa_reauthenticate:webauthn": _("Use a passkey"),
}
"""How one can say again who one is, by allauth's names."""
NOWHERE = "0.0.0.0"  # noqa: S104 # not to listen on: who asks without an address shares this one


class Accounts(DefaultAccountAdapter):
    """Accounts are made by administrators."""

    error_messages = DefaultAccountAdapter.error_messages | {
        "enter_current_password": _("This is not your present password."),
        "incorrect_code": WRONG_CODE,
        "incorrect_password": _("This password is not right."),
        "too_many_login_attempts": _("Too many tries from your network. Wait a minute, then go on."),
        "username_password_mismatch": _("Username and password do not belong together. Large and small letters count."),
    }

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

    def get_reauthentication_methods(self, user: User | AnonymousUser) -> list[dict[str, Any]]:
        """Passkeys are called so here, too."""
        return [way | {"description": AGAIN[way["id"]]} for way in super().get_reauthentication_methods(user)]

    def get_password_change_redirect_url(self, request: HttpRequest) -> str:
        """To the page from which one came, not to the same form."""
        return reverse("mfa_index")

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

        Who was overtaken meanwhile, by the same link in another browser or by the end of the account, is shown what has
        become of the page.
        """
        before, user.password = user.password, password.hash
        with transaction.atomic():
            now = User.objects.select_for_update().get(pk=user.pk)
            if now.is_active and now.password == before:
                user.save(update_fields=["password"])
                return
        raise ImmediateHttpResponse(redirect(self.request.path))

    def format_email_subject(self, subject: str) -> str:
        """With the name of the site before it."""
        return f"[{gettext('Cancelling Midjourney')}] {subject}"

    def send_mail(self, template_prefix: str, email: str, context: dict[str, Any]) -> None:
        """Written now, sent beside the answer: neither how long it takes nor a failure shows who has an account.

        Not before what it tells of is kept, nor if that is taken back.
        """
        if settings.SENDS_MAIL:
            pages = {"desk": "admin:index", "forgotten": "account_reset_password"}
            said = {name: self.request.build_absolute_uri(reverse(page)) for name, page in pages.items()} | context
            subject = self.format_email_subject(mails.subject(template_prefix, said))
            message = EmailMessage(subject, mails.body(template_prefix, said), self.get_from_email(), [email])
            transaction.on_commit(Thread(target=_send, args=(message,)).start)

    def send_notification_mail(
        self, template_prefix: str, user: User, context: dict[str, Any] | None = None, email: str | None = None
    ) -> None:
        """To the address that the account has, if it has one; in our words, what is told by allauth as well.

        Nothing in it was typed or sent by whom it tells of: that could be somebody else, with words of their own.
        """
        said = {"what": mails.HAPPENED.get(template_prefix), "advice": mails.ADVICE, "username": user.get_username()}
        super().send_notification_mail(
            "account/email/notice", user, said | (context or {}), email or user.email or None
        )


def _send(message: EmailMessage) -> None:
    try:
        message.send()
        MAIL_SENT.inc()
    except OSError:
        MAIL_FAILED.inc()
        log.exception("mail could not be sent")


class Factors(DefaultMFAAdapter):
    """Passkeys, apps with codes, recovery codes."""

    error_messages = DefaultMFAAdapter.error_messages | {"incorrect_code": WRONG_CODE}

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

    def generate_authenticator_name(self, user: User, type: Authenticator.Type) -> str:  # noqa: A002 # allauth's
        """What stands in the field for the name of a passkey; its owner may write another."""
        return gettext("Passkey %d") % (Authenticator.objects.filter(user=user, type=type).count() + 1)

    def build_totp_svg(self, url: str) -> str:
        """For the page itself: the policy on content lets no picture in from a data address."""
        drawing = super().build_totp_svg(url)
        return drawing[drawing.index("<svg") :]


def _cipher() -> MultiFernet:
    """Made from SECRET_KEY; opens what was sealed with those of before, too."""
    keys = [settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS]
    made = (salted_hmac("accounts.factors", "key", secret=key, algorithm="sha256").digest() for key in keys)
    return MultiFernet([Fernet(urlsafe_b64encode(key)) for key in made])
