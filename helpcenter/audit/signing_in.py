"""Writes down who signs in and out, and what is refused; by Django's signals, whatever code does the signing in."""

from datetime import timedelta
from typing import Any

from axes.signals import user_locked_out
from django.contrib.auth.models import User
from django.contrib.auth.signals import user_logged_in, user_logged_out, user_login_failed
from django.utils import timezone

from helpcenter.accounts.sessions import sessions_ended
from helpcenter.audit.models import Act, Entry
from helpcenter.audit.recording import record

MOST_REFUSED = 20
"""Refused sign-ins of one account that are kept of one hour: whoever tries passwords does not fill the disk."""


def watch() -> None:
    """Listen."""
    user_logged_in.connect(_signed_in, dispatch_uid="audit")
    user_logged_out.connect(_signed_out, dispatch_uid="audit")
    user_login_failed.connect(_refused, dispatch_uid="audit")
    user_locked_out.connect(_locked_out, dispatch_uid="audit")
    sessions_ended.connect(_ended, dispatch_uid="audit")


def _signed_in(user: User, **kwargs: Any) -> None:
    record(Act.SIGN_IN, user, user)


def _signed_out(user: User | None, **kwargs: Any) -> None:
    if user:
        record(Act.SIGN_OUT, user, user)


def _refused(credentials: dict[str, Any], **kwargs: Any) -> None:
    _turned_away(Act.REFUSED, credentials.get("username"))


def _locked_out(username: str | None, **kwargs: Any) -> None:
    _turned_away(Act.LOCKED_OUT, username)


def _ended(user: User, by: User, *, one: bool, **kwargs: Any) -> None:
    record(Act.ONE_ENDED if one else Act.SIGNED_OUT, user, by)


def _turned_away(act: Act, name: str | None) -> None:
    """Of a name that nobody has nothing is kept: some type their password there."""
    asked = User.objects.filter(username=name or "").first()
    if asked is None:
        return
    lately = Entry.objects.filter(act=act, kind="auth.User", key=str(asked.pk))
    if lately.filter(at__gt=timezone.now() - timedelta(hours=1)).count() < MOST_REFUSED:
        record(act, asked, None)
