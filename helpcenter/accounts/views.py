"""What allauth's pages do not say by themselves."""

import ipaddress
from time import monotonic, sleep
from typing import Any

from allauth.account.views import PasswordResetView
from allauth.mfa.base.views import IndexView
from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

TAKES = 0.3
"""Seconds until somebody who has forgotten a password is answered, whether or not a mail had to be written."""


class SecondFactors(IndexView):
    """Passkeys, app and recovery codes of whoever is signed in; on the first sign-in the page that sets them up."""

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """With the address at which passkeys work, where they do not work at this one."""
        return super().get_context_data(**kwargs) | {"named_address": _named_address(self.request)}


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
