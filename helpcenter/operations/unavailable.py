"""503, in words: what cannot be done just now, and when to come back. Needs neither the database nor a context."""

from http import HTTPStatus
from math import ceil

from django.http import HttpRequest, HttpResponse
from django.template.loader import render_to_string
from django.utils.translation import get_language, get_language_from_path, override


def come_back(request: HttpRequest, seconds: float, *, readonly: bool = False) -> HttpResponse:
    """Nothing was done; in so many seconds it may be. `readonly`: somebody is at work on the site, on purpose."""
    with override(get_language_from_path(request.path_info) or get_language()):
        body = render_to_string("503.html", {"readonly": readonly, "minutes": ceil(seconds / 60)})
    headers = {"Retry-After": str(ceil(seconds)), "Cache-Control": "no-store"}
    return HttpResponse(body, status=HTTPStatus.SERVICE_UNAVAILABLE, headers=headers)
