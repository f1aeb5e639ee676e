"""Readers' pages know no cookies, not even those that a browser sends."""

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse

from helpcenter.accounts.addresses import DESK

type GetResponse = Callable[[HttpRequest], HttpResponse]


def readers_have_none(get_response: GetResponse) -> GetResponse:
    """Middleware: outside the desk no cookie is seen, so that no page can depend on one or be marked as if it did."""

    def middleware(request: HttpRequest) -> HttpResponse:
        if not request.path.startswith(DESK):
            request.COOKIES = {}
        return get_response(request)

    return middleware
