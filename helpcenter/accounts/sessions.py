"""What a session at the desk has proved, how long it lasts, and when others end.

30 minutes without a request are Django's SESSION_COOKIE_AGE; 12 hours in all are counted here.
"""

import time
from collections.abc import Callable
from typing import Any

from allauth.account import app_settings
from allauth.mfa.models import Authenticator
from allauth.mfa.signals import authenticator_added, authenticator_removed, authenticator_reset, authenticator_used
from allauth.mfa.utils import decrypt, encrypt
from allauth.usersessions.models import UserSession
from django.contrib.auth import logout
from django.contrib.auth.models import User
from django.contrib.auth.signals import user_logged_in
from django.core.cache import cache
from django.db import transaction
from django.dispatch import Signal
from django.http import HttpRequest, HttpResponse
from django.utils.cache import add_never_cache_headers

from helpcenter.accounts.addresses import DESK

LONGEST = 12 * 60 * 60
"""Seconds that a session lasts, however busy."""
SEEN_AFTER = 60
"""Seconds after which a request prolongs its session: not each of them has to write."""

SECOND_FACTOR = "accounts.second_factor"
_ENDED = "accounts.ended.%s"
BEGAN, SEEN = "accounts.began", "accounts.seen"

type GetResponse = Callable[[HttpRequest], HttpResponse]


def has_second_factor(request: HttpRequest) -> bool:
    """Whether whoever is signed in has proved it by more than a password, in this session."""
    return bool(request.user.is_authenticated and request.session.get(SECOND_FACTOR) == str(request.user.pk))


def sessions_end(get_response: GetResponse) -> GetResponse:
    """Middleware: at the desk nobody keeps a copy, and a session ends after 12 hours, sooner for who does nothing."""

    def middleware(request: HttpRequest) -> HttpResponse:
        if not request.path.startswith(DESK):
            return get_response(request)
        if request.user.is_authenticated:
            now = time.time()
            if now - request.session.get(BEGAN, 0) > LONGEST:
                logout(request)
            elif now - request.session.get(SEEN, 0) > SEEN_AFTER:
                request.session[SEEN] = now
        response = get_response(request)
        add_never_cache_headers(response)
        return response

    return middleware


sessions_ended = Signal()
"""Somebody has ended sessions, their own or somebody else's: `user`, `by`; `one`, or all."""


def end_sessions(somebody: Any, *, but: str | None = None, one: UserSession | None = None, by: Any = None) -> None:
    """End all sessions of somebody, `but` the one with this key; or no more than `one` of them.

    Whoever does it for its own sake (`by`) is told of. With all end those, too, that wait for a second factor: they
    are nobody's yet, so that only the moment can be kept.
    """
    ending = UserSession.objects.filter(user=somebody).exclude(session_key=but or "")
    if one is None:
        cache.set(_ENDED % somebody.pk, time.time(), app_settings.LOGIN_TIMEOUT)
    else:
        ending = ending.filter(pk=one.pk)
    with transaction.atomic():
        hold(somebody)
        for session in ending:
            session.end()
    if by:
        sessions_ended.send(sender=__name__, user=somebody, by=by, one=one is not None)


def hold(somebody: Any) -> None:
    """Until the transaction ends: a session that gets another key with a new password is ended before or after."""
    User.objects.select_for_update(no_key=True).get(pk=somebody.pk)


def ended_since(somebody: User, began: float) -> bool:
    """Whether the sessions of somebody were ended after a sign-in of theirs began."""
    return bool(began < cache.get(_ENDED % somebody.pk, 0))


def listen() -> None:
    """To what happens to sessions and factors."""
    user_logged_in.connect(_begin, dispatch_uid="accounts")
    authenticator_used.connect(_prove, dispatch_uid="accounts")
    authenticator_used.connect(_seal, dispatch_uid="accounts.sealed")
    authenticator_added.connect(_add, dispatch_uid="accounts")
    for signal in (authenticator_removed, authenticator_reset):
        signal.connect(_change, dispatch_uid="accounts")


def _begin(request: HttpRequest, **kwargs: Any) -> None:
    request.session[BEGAN] = request.session[SEEN] = time.time()


def _prove(request: HttpRequest, user: User, **kwargs: Any) -> None:
    request.session[SECOND_FACTOR] = str(user.pk)


def _seal(authenticator: Authenticator, **kwargs: Any) -> None:
    """With the newest key, whatever the secret was kept with before."""
    with transaction.atomic():
        kept = Authenticator.objects.select_for_update().get(pk=authenticator.pk)  # with the codes that are used up
        for name in {"secret", "seed"} & set(kept.data):
            kept.data[name] = encrypt(decrypt(kept.data[name]))
        kept.save(update_fields=["data"])


def _add(request: HttpRequest, user: User, authenticator: Authenticator, **kwargs: Any) -> None:
    """To add one takes to use it."""
    _prove(request, user)
    _change(request, user)


def _change(request: HttpRequest, user: User, **kwargs: Any) -> None:
    """Other sessions end. Whoever has taken away the last factor is asked for one again."""
    end_sessions(user, but=request.session.session_key)
    if not Authenticator.objects.filter(user=user).exclude(type=Authenticator.Type.RECOVERY_CODES).exists():
        request.session.pop(SECOND_FACTOR, None)
