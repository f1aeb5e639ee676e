"""What browsers are told beside every page: that it is ours alone, what it never asks for, what the desk may run.

The policy on content itself is Django's: SECURE_CSP and DESK_CSP in the settings. docs/decisions/0021-headers.md
"""

from collections.abc import Mapping

from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseNotAllowed
from django.template.context_processors import csp
from django.views.decorators.csp import csp_override

from helpcenter.accounts.addresses import DESK
from helpcenter.home.cookies import GetResponse

PERMISSIONS = "camera=(), geolocation=(), microphone=(), payment=()"
"""What no page here asks for, and what nobody who gets into one may."""

DRAWINGS = "default-src 'none'; frame-ancestors 'none'"
"""Of the files only they are documents of their own, for whoever opens one by its address."""


def ours_alone(get_response: GetResponse) -> GetResponse:
    """Middleware: other sites cannot load what is here; pages say what they never need."""

    def middleware(request: HttpRequest) -> HttpResponse:
        refused = request.method == "TRACE"  # it would tell what was sent; Django takes it for a question
        response = HttpResponseNotAllowed(["GET", "HEAD"]) if refused else get_response(request)
        response.headers.setdefault("Cross-Origin-Resource-Policy", "same-origin")
        if response.get("Content-Type", "").startswith("text/html"):
            response.headers["Permissions-Policy"] = PERMISSIONS
        elif response.get("Content-Type") == "image/svg+xml":
            response.headers["Content-Type"] = "image/svg+xml; charset=utf-8"
            response.headers["Content-Security-Policy"] = DRAWINGS
            response.headers["X-Frame-Options"] = settings.X_FRAME_OPTIONS
        return response

    return middleware


def desk_has_nonces(get_response: GetResponse) -> GetResponse:
    """Middleware: the desk's pages have a nonce; readers' are the same for all, with none and nothing inline."""
    at_the_desk = csp_override(settings.DESK_CSP)(get_response)

    def middleware(request: HttpRequest) -> HttpResponse:
        if not request.path.startswith(DESK):
            return get_response(request)
        response = at_the_desk(request)
        response.headers["Reporting-Endpoints"] = 'reports="/reports/"'
        return response

    return middleware


def nonce_of_the_desk(request: HttpRequest) -> Mapping[str, object]:
    """Context processor: on readers' pages there is no nonce to find, for django-htmx would write it into them."""
    return csp(request) if request.path.startswith(DESK) else {}
