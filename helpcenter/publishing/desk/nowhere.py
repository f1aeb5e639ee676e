"""What the desk says instead of a page: it is nothing, it is not for this account, or a form came too late."""

from http import HTTPStatus
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from helpcenter.accounts.sessions import has_second_factor
from helpcenter.publishing.people import administrators


def not_there(request: HttpRequest) -> HttpResponse:
    """An address of the desk at which there is nothing."""
    return render(request, "admin/nowhere.html", {"why": "nothing"}, status=HTTPStatus.NOT_FOUND)


def refused(request: HttpRequest) -> HttpResponse:
    """A page that no role of theirs opens. Whom to ask is said to those whom a password alone has not let in.

    Nobody is told to ask themselves: what an administrator may not do, superusers may.
    """
    somebody: Any = request.user
    asked: Any = administrators().exclude(pk=somebody.pk) if has_second_factor(request) else ()
    if asked and somebody.has_perm("auth.change_user"):
        asked = asked.filter(is_superuser=True)
    return render(request, "admin/nowhere.html", {"why": "role", "administrators": asked}, status=HTTPStatus.FORBIDDEN)


def too_old(request: HttpRequest) -> HttpResponse:
    """A form whose token is none of this session."""
    return render(request, "admin/nowhere.html", {"why": "token"}, status=HTTPStatus.FORBIDDEN)
