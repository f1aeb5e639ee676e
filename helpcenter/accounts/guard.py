"""Who gets to the desk, and what asks again who somebody is."""

from collections.abc import Callable
from functools import wraps

from allauth.account.decorators import reauthentication_required
from allauth.core.exceptions import ReauthenticationRequired
from django.conf import settings
from django.contrib import messages
from django.contrib.auth.views import redirect_to_login
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, HttpResponseBase, HttpResponseRedirect
from django.shortcuts import redirect, resolve_url
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _

from helpcenter.accounts.sessions import has_second_factor

type View = Callable[..., HttpResponseBase]


def door(request: HttpRequest) -> HttpResponse:
    """Where the desk's own sign-in page would be: on to whatever is still to be proved. There is no second way in."""
    asked = request.GET.get("next", "")
    if not url_has_allowed_host_and_scheme(asked, {request.get_host()}, require_https=request.is_secure()):
        asked = resolve_url(settings.LOGIN_REDIRECT_URL)
    if not request.user.is_authenticated:
        return redirect_to_login(asked)
    if not request.user.is_staff:
        raise PermissionDenied
    return redirect(asked if has_second_factor(request) else "mfa_index")


def asks_again(view: View) -> View:
    """Say of a view that whoever opens it has just signed in, or says again who they are.

    What was sent meanwhile is not kept, unlike allauth does it: it may have a password in it.
    """
    guarded = reauthentication_required(view)

    @wraps(view)
    def asked(request: HttpRequest, *args: object, **kwargs: object) -> HttpResponseBase:
        try:
            answer: HttpResponseBase = guarded(request, *args, **kwargs)
        except ReauthenticationRequired:
            if request.method != "POST":
                raise
            messages.warning(request, _("Too much time has passed. Say again who you are, then send it once more."))
            return HttpResponseRedirect(request.get_full_path())
        return answer

    return asked
