"""What allauth's pages do not say by themselves."""

import ipaddress
from time import monotonic, sleep
from typing import Any

from allauth.account.views import PasswordChangeView, PasswordResetFromKeyView, PasswordResetView, PasswordSetView
from allauth.mfa.base.views import IndexView
from allauth.usersessions.views import ListUserSessionsView
from django.conf import settings
from django.contrib import messages
from django.contrib.auth import logout
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.generic.edit import FormView

from helpcenter.accounts.forms import SessionsForm
from helpcenter.accounts.passwords import Hashed
from helpcenter.accounts.sessions import end_sessions, hold

TAKES = 0.3
"""Seconds until somebody who has forgotten a password is answered, whether or not a mail had to be written."""


class SecondFactors(IndexView):
    """Passkeys, app and recovery codes of whoever is signed in; on the first sign-in the page that sets them up."""

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """With the address at which passkeys work, where they do not work at this one."""
        return super().get_context_data(**kwargs) | {"named_address": _named_address(self.request)}


class _Whole(FormView):  # type: ignore[type-arg] # of whatever form
    """A new password with its entry in the audit and the session of who chose it: all of them, or none."""

    def form_valid(self, form: Any) -> HttpResponse:
        """Hashed first; then it is written, unless the session in which it was typed has ended meanwhile."""
        form.cleaned_data["password1"] = Hashed(form.cleaned_data["password1"])
        with transaction.atomic():
            if self.request.user.is_authenticated:
                hold(self.request.user)
            if not self.request.session.exists(self.request.session.session_key or ""):
                logout(self.request)
                return redirect(self.request.path)
            answer = super().form_valid(form)
            self.request.session.save()
            return answer


class ChangePassword(_Whole, PasswordChangeView):
    """Another password, by who knows the old one."""


class SetPassword(_Whole, PasswordSetView):
    """A first password, by who signs in without."""


class PasswordByLink(_Whole, PasswordResetFromKeyView):
    """A password by a link that was mailed, or handed over."""


class Sessions(ListUserSessionsView):
    """Where somebody is signed in. They end all others, or one of them."""

    form_class = SessionsForm

    def form_valid(self, form: Any) -> HttpResponse:
        """Never the one in which they ask: to end that is to sign out."""
        one = form.cleaned_data["one"]
        end_sessions(self.request.user, but=self.request.session.session_key, one=one, by=self.request.user)
        messages.success(self.request, _("It is logged out.") if one else _("The others are logged out."))
        return redirect("usersessions_list")

    def form_invalid(self, form: Any) -> HttpResponse:
        """It has ended meanwhile: the list says so."""
        return redirect("usersessions_list")


def _named_address(request: HttpRequest) -> str:
    """Browsers keep passkeys for names. This machine has one beside its number; of others we know none."""
    host, _colon, port = (
        request.get_host().rpartition(":") if ":" in request.get_host() else (request.get_host(), "", "")
    )
    try:
        number = ipaddress.ip_address(host.strip("[]"))
    except ValueError:
        return ""
    return f"http://localhost:{port}{request.path}" if number.is_loopback else "https://…"


def forgotten(request: HttpRequest) -> HttpResponse:
    """A link by mail; where no mail is sent, what an administrator does."""
    if settings.SENDS_MAIL:
        begun = monotonic()
        answer: HttpResponse = PasswordResetView.as_view()(request)
        if request.method == "POST":
            sleep(max(0, TAKES - (monotonic() - begun)))
        return answer
    return render(request, "account/no_mail.html")
