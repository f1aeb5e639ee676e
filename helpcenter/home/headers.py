"""What browsers are told beside every page: that it is ours alone, what it never asks for, what the desk may run.

The policy on content itself is Django's: SECURE_CSP and DESK_CSP in the settings. docs/decisions/0021-headers.md
"""

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.template.context_processors import csp
from django.views.decorators.csp import csp_override

from helpcenter.home.cookies import DESK, GetResponse

PERMISSIONS = "camera=(), geolocation=(), microphone=(), payment=()"
"""What no page here asks for, and what nobody who gets into one may. Copying a link is not among it."""


def ours_alone(get_response: GetResponse) -> GetResponse:
    """Middleware: other sites cannot load what is here; pages say what they never need and where refusals are told."""

    def middleware(request: HttpRequest) -> HttpResponse:
        response = get_response(request)
        response.headers.setdefault("Cross-Origin-Resource-Policy", "same-origin")
        if response.get("Content-Type", "").startswith("text/html"):
            response.headers["Permissions-Policy"] = PERMISSIONS
            response.headers["Reporting-Endpoints"] = 'reports="/reports/"'
        return response

    return middleware


def desk_has_nonces(get_response: GetResponse) -> GetResponse:
    """Middleware: readers' pages are the same for all, so they have no nonce and nothing inline; the desk's have one."""
    at_the_desk = csp_override(settings.DESK_CSP)(get_response)

    def middleware(request: HttpRequest) -> HttpResponse:
        return (at_the_desk if request.path.startswith(DESK) else get_response)(request)

    return middleware


def nonce_of_the_desk(request: HttpRequest) -> dict[str, object]:
    """For templates (a context processor): on readers' pages there is none to find, for Django's tags would write it."""
    return csp(request) if request.path.startswith(DESK) else {}
