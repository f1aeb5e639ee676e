"""Mails to whom an account belongs: somebody signed in from elsewhere, was locked out, or changed what it is called.

Where mail is set up and the account has an address. Of passwords and factors allauth tells by itself (mails.HAPPENED).
"""

from typing import Any

from allauth.account.adapter import get_adapter
from axes.models import AccessLog
from axes.signals import user_locked_out
from django.conf import settings
from django.contrib.auth.models import User
from django.contrib.auth.signals import user_logged_in
from django.core.cache import cache
from django.http import HttpRequest
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from helpcenter.accounts.addresses import network
from helpcenter.accounts.mails import ADVICE

QUIET = 60 * 60
"""Seconds after a mail about a lock until there is another: whoever tries passwords does not fill a mailbox."""

ELSEWHERE = _("Somebody has signed in to your account from a new network.")
LOCKED = _("Your account is locked at one network: too many wrong passwords or codes were typed there.")
STILL_CLOSED = _(
    "These tries let nobody in. If they were yours, wait half an hour or sign in from elsewhere. If not, somebody may "
    "know your password: choose a new one and tell an administrator."
)


def tell(
    request: HttpRequest, somebody: User, what: str | Promise, *, advice: str | Promise = ADVICE, at: str = ""
) -> None:
    """Say it to the address of the account, or to the one that it had."""
    said = {"what": what, "advice": advice}
    get_adapter(request).send_notification_mail("account/email/notice", somebody, said, at or None)


def listen() -> None:
    """To sign-ins and locks."""
    user_logged_in.connect(_signed_in, dispatch_uid="notices")
    user_locked_out.connect(_locked_out, dispatch_uid="notices")


def _signed_in(request: HttpRequest, user: User, **kwargs: Any) -> None:
    """From a network that it has not come from as long as sign-ins are kept; axes has written down this one."""
    if settings.SENDS_MAIL:
        signed_in = AccessLog.objects.filter(username=user.get_username())
        if signed_in.count() > 1 and signed_in.filter(ip_address=network(request)).count() == 1:
            tell(request, user, ELSEWHERE)


def _locked_out(request: HttpRequest, username: str | None, **kwargs: Any) -> None:
    somebody = User.objects.filter(username=username or "").first()
    if settings.SENDS_MAIL and somebody and cache.add(f"accounts.locked.{somebody.pk}", "told", QUIET):
        tell(request, somebody, LOCKED, advice=STILL_CLOSED)
